// A signing key, created anew in each process, so that a test token is valid nowhere else.
import { ConfigError } from "../errors.js";
import { type Algorithm, type AlgorithmRecord, algorithms } from "../token/algorithms.js";
import { nodeCrypto } from "../token/signature.js";

type NodeCrypto = typeof import("node:crypto");
type KeyObject = import("node:crypto").KeyObject;

/** A JSON object, such as a header, claims, or a key. */
export type Members = Readonly<Record<string, unknown>>;

/** A private key or a shared secret, with its public description. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: Algorithm;
  /** The public key as an issuer publishes it. Undefined for a secret. */
  readonly jwk: Members | undefined;
  /** The private key, or the secret. */
  readonly secret: KeyObject;
  /** Signs the text. Returns base64url. */
  sign(text: string): string;
}

/** Creates a key for the algorithm. RSA takes a tenth of a second, the others almost no time. */
export function createSigningKey(name: Algorithm): SigningKey {
  const crypto = requireCrypto();
  const algorithm = algorithms.get(name);
  if (!algorithm) {
    const problem = `is ${JSON.stringify(name)}, which is not a signature algorithm`;
    throw new ConfigError({ option: "algorithm", problem, example: 'algorithm: "ES256"' });
  }
  const kid = crypto.randomBytes(12).toString("base64url");
  if (algorithm.keyType === "oct") {
    const secret = crypto.createSecretKey(crypto.randomBytes(64));
    return { kid, algorithm: name, jwk: undefined, secret, sign: (text) => signHmac(crypto, algorithm, secret, text) };
  }
  const { privateKey, publicKey } = generate(crypto, algorithm);
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: name };
  const sign = (text: string) => signAsymmetric(crypto, algorithm, privateKey, text);
  return { kid, algorithm: name, jwk, secret: privateKey, sign };
}

/**
 * A compact JWS (RFC 7515 §7.1) over any header and payload. Unchecked, since tests also need
 * broken ones.
 */
export function toJws(header: Members, payload: Members, key: Pick<SigningKey, "sign">): string {
  const input = `${encodeBytes(header)}.${encodeBytes(payload)}`;
  return `${input}.${key.sign(input)}`;
}

/** base64url of a value's JSON, or of unchanged text or bytes. */
export function encodeBytes(value: Members | string | Uint8Array): string {
  const isRaw = typeof value === "string" || value instanceof Uint8Array;
  return Buffer.from(isRaw ? value : JSON.stringify(value)).toString("base64url");
}

/** Node's crypto. It signs synchronously, so tokens are plain values. */
export function requireCrypto(): NodeCrypto {
  const crypto = nodeCrypto();
  if (crypto) return crypto;
  throw new TypeError("gatewarden/testing needs node:crypto, which this platform lacks");
}

function generate(
  crypto: NodeCrypto,
  { keyType, curve }: AlgorithmRecord,
): { privateKey: KeyObject; publicKey: KeyObject } {
  if (keyType === "RSA") return crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
  return keyType === "OKP"
    ? crypto.generateKeyPairSync("ed25519")
    : crypto.generateKeyPairSync("ec", { namedCurve: String(curve) });
}

function signAsymmetric(crypto: NodeCrypto, { keyType, hash, pss }: AlgorithmRecord, key: KeyObject, text: string) {
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = crypto.constants;
  const parameters = {
    key,
    ...(keyType === "EC" && { dsaEncoding: "ieee-p1363" as const }),
    ...(pss && { padding, saltLength }),
  };
  return crypto.sign(hash ?? null, Buffer.from(text), parameters).toString("base64url");
}

function signHmac(crypto: NodeCrypto, { hash = "sha256" }: AlgorithmRecord, secret: KeyObject, text: string): string {
  return crypto.createHmac(hash, secret).update(text).digest("base64url");
}
