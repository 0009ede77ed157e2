// Signatures that others wrote down to catch bad verifiers: C2SP/wycheproof, where GATEWARDEN_VECTORS names its folder.
import { readPublicKey, readVectors } from "../../../../packages/gatewarden/test/vectors/_wycheproof.js";

/** One signature, in hexadecimal. */
export interface Signature {
  readonly name: string;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly alg: string;
  readonly message: string;
  readonly signature: string;
}

const files: readonly (readonly [string, string])[] = [
  ["ecdsa_secp256r1_sha256_p1363", "ES256"],
  ["ecdsa_secp384r1_sha384_p1363", "ES384"],
  ["ecdsa_secp521r1_sha512_p1363", "ES512"],
  ["ed25519", "EdDSA"],
  ["rsa_signature_2048_sha256", "RS256"],
  ["rsa_signature_2048_sha384", "RS384"],
  ["rsa_signature_4096_sha512", "RS512"],
  ["rsa_pss_2048_sha256_mgf1_32", "PS256"],
  ["rsa_pss_2048_sha384_mgf1_48", "PS384"],
  ["rsa_pss_4096_sha512_mgf1_64", "PS512"],
  // Salts and hashes that JWS does not have (RFC 7518 §3.5).
  ["rsa_pss_2048_sha256_mgf1_0", "PS256"],
  ["rsa_pss_2048_sha256_mgf1sha1_20", "PS256"],
];

/** All of them; none where there is no folder. */
export function readSignatures(): readonly Signature[] {
  return files.flatMap(([file, alg]) =>
    readVectors(file).map((vector) => ({
      name: `${file} ${vector.tcId}`,
      jwk: { ...readPublicKey(vector).key.export({ format: "jwk" }) },
      alg,
      message: vector.msg ?? "",
      signature: vector.sig ?? "",
    })),
  );
}
