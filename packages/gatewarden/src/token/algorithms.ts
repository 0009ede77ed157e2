// The signature algorithms of JOSE that an access token may use (RFC 7518 §3, RFC 8037 §3.1, RFC
// 9864 §2.2). `none` is not one.

/** Asymmetric signature algorithms. All are allowed unless `algorithms` restricts them. */
export type AsymmetricAlgorithm =
  | "RS256"
  | "RS384"
  | "RS512"
  | "PS256"
  | "PS384"
  | "PS512"
  | "ES256"
  | "ES384"
  | "ES512"
  | "EdDSA"
  | "Ed25519";

/** Symmetric algorithms. Used only with a configured secret, which verifies no others. */
export type SymmetricAlgorithm = "HS256" | "HS384" | "HS512";

/** A signature algorithm by its JOSE name. */
export type Algorithm = AsymmetricAlgorithm | SymmetricAlgorithm;

/** What an algorithm requires of a key, and its parameters for the platform. */
export interface AlgorithmRecord {
  readonly name: Algorithm;
  readonly keyType: "RSA" | "EC" | "OKP" | "oct";
  readonly curve?: "P-256" | "P-384" | "P-521" | "Ed25519";
  readonly hash?: "sha256" | "sha384" | "sha512";
  /** RSASSA-PSS; the salt is as long as the hash (RFC 7518 §3.5). */
  readonly pss?: true;
  /** Exact length of a signature in bytes, where the algorithm determines it. */
  readonly signatureLength?: number;
}

const records: readonly AlgorithmRecord[] = [
  { name: "RS256", keyType: "RSA", hash: "sha256" },
  { name: "RS384", keyType: "RSA", hash: "sha384" },
  { name: "RS512", keyType: "RSA", hash: "sha512" },
  { name: "PS256", keyType: "RSA", hash: "sha256", pss: true },
  { name: "PS384", keyType: "RSA", hash: "sha384", pss: true },
  { name: "PS512", keyType: "RSA", hash: "sha512", pss: true },
  { name: "ES256", keyType: "EC", curve: "P-256", hash: "sha256", signatureLength: 64 },
  { name: "ES384", keyType: "EC", curve: "P-384", hash: "sha384", signatureLength: 96 },
  { name: "ES512", keyType: "EC", curve: "P-521", hash: "sha512", signatureLength: 132 },
  { name: "EdDSA", keyType: "OKP", curve: "Ed25519", signatureLength: 64 },
  { name: "Ed25519", keyType: "OKP", curve: "Ed25519", signatureLength: 64 },
  { name: "HS256", keyType: "oct", hash: "sha256", signatureLength: 32 },
  { name: "HS384", keyType: "oct", hash: "sha384", signatureLength: 48 },
  { name: "HS512", keyType: "oct", hash: "sha512", signatureLength: 64 },
];

/** The table by name. A Map, so that `__proto__` and similar are just unknown names. */
export const algorithms: ReadonlyMap<string, AlgorithmRecord> = new Map(records.map((record) => [record.name, record]));

/** The names of all asymmetric algorithms: the default of `algorithms`. */
export const asymmetricAlgorithms: readonly AsymmetricAlgorithm[] = records
  .filter((record) => record.keyType !== "oct")
  .map((record) => record.name as AsymmetricAlgorithm);
