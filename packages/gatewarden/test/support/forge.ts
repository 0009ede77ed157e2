// Makes tokens that no library would make: any bytes as header and payload, any key, any signature.
import {
  constants,
  createHmac,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  type SignKeyObjectInput,
  sign,
} from "node:crypto";

export interface TestKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** What an issuer would publish: with `kid` and `use`, without `alg`. */
  readonly jwk: JsonWebKey & Record<string, unknown>;
}

const curves: Readonly<Record<string, string>> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };

/** A fresh key pair that fits the algorithm. */
export function createKey(alg: string, kid: string = alg.toLowerCase(), bits = 2048): TestKey {
  const { privateKey, publicKey } = generate(alg, bits);
  return { kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, use: "sig" } };
}

function generate(alg: string, modulusLength: number): { privateKey: KeyObject; publicKey: KeyObject } {
  const namedCurve = curves[alg];
  if (namedCurve !== undefined) return generateKeyPairSync("ec", { namedCurve });
  return alg.startsWith("Ed") ? generateKeyPairSync("ed25519") : generateKeyPairSync("rsa", { modulusLength });
}

/** base64url of text, bytes, or a value as JSON. */
export function encode(value: unknown): string {
  const bytes = value instanceof Uint8Array || typeof value === "string" ? value : JSON.stringify(value);
  return Buffer.from(bytes as string).toString("base64url");
}

/** The signature that JOSE's `alg` calls for, over text taken as it is. */
export function signText(alg: string, key: KeyObject, text: string): Buffer {
  const data = Buffer.from(text, "utf8");
  const hash = alg.startsWith("Ed") ? null : `sha${alg.slice(2)}`;
  const input: SignKeyObjectInput = alg.startsWith("PS")
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { key, ...(alg.startsWith("ES") && { dsaEncoding: "ieee-p1363" as const }) };
  return sign(hash, data, input);
}

export function signHmac(alg: string, secret: Uint8Array | string, text: string): Buffer {
  return createHmac(`sha${alg.slice(2)}`, secret)
    .update(text)
    .digest();
}

export interface Forged {
  /** An object becomes JSON; text and bytes are taken as the header's bytes. */
  readonly header: unknown;
  readonly payload: unknown;
  /** Who signs, and how, whatever the header says. Default: the header's `alg`. */
  readonly key: TestKey;
  readonly alg?: string;
}

/** A token with a real signature over whatever header and payload were given. */
export function forge({ header, payload, key, alg = readAlg(header) }: Forged): string {
  return signRaw(encode(header), encode(payload), key, alg);
}

/** As `forge`, from parts that are encoded (well or badly) already. */
export function signRaw(header: string, payload: string, key: TestKey, alg: string): string {
  const input = `${header}.${payload}`;
  return `${input}.${signText(alg, key.privateKey, input).toString("base64url")}`;
}

function readAlg(header: unknown): string {
  const alg = typeof header === "object" && header !== null ? (header as Record<string, unknown>)["alg"] : undefined;
  if (typeof alg !== "string") throw new TypeError("Say which algorithm signs: the header does not");
  return alg;
}
