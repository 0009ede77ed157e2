// Where a guard decides otherwise than a Wycheproof file says, or a file cannot be followed, and why.

interface Deviation {
  readonly accepted: boolean;
  readonly why: string;
}

const refused = (why: string): Deviation => ({ accepted: false, why });

const otherAlgorithm = refused("the key's alg is another one than the token's (RFC 7517 §4.4)");
const lineNoise = refused("? is no character of base64url (RFC 7515 §2)");
const symmetricSet = refused("a set publishes keys, so no secret is taken from one; it is configured as a secret");

/** By file and case. */
export const deviations: Readonly<Record<string, Readonly<Record<number, Deviation>>>> = {
  json_web_signature: {
    346: otherAlgorithm,
    347: otherAlgorithm,
    350: otherAlgorithm,
    351: otherAlgorithm,
    372: lineNoise,
    373: lineNoise,
  },
  json_web_key: { 2: symmetricSet },
  json_web_crypto: { 48: symmetricSet },
  rsa_pss_2048_sha256_mgf1_0: {
    69: {
      accepted: true,
      why: "wrong for that file, but with a salt of 32 bytes it is a PS256 signature (RFC 7518 §3.5)",
    },
  },
};

/** Cases that the file does not hold as it says. */
export const leftOut: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  json_web_signature: {
    367: "is a valid case byte for byte: the padding that it names was lost",
    370: "is a valid case byte for byte: the padding that it names was lost",
  },
};
