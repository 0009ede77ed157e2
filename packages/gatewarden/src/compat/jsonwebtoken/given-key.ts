// Keys as jsonwebtoken takes them → keys of a guard. The family of the key decides which algorithms
// it verifies, never the token (CVE-2015-9235, CVE-2022-23540).
import { createPublicKey, KeyObject } from "node:crypto";
import type { FixedKeys } from "../../guard/key-guard.js";
import { ConfigError } from "../../index.js";

/** What jsonwebtoken calls a secret: a shared secret, or a public key or certificate as PEM. */
export type Secret =
  | string
  | Uint8Array
  | KeyObject
  | { readonly key: string | Uint8Array; readonly passphrase?: string };

/** Keys of a guard, and a text that is the same for the same key. */
export interface GivenKey {
  readonly keys: FixedKeys;
  readonly identity: string;
  readonly isSecret: boolean;
}

/** Reads a key. `option` is where it was given. Throws `ConfigError`, which does not quote it. */
export function requireGivenKey(option: string, given: unknown): GivenKey {
  if (given instanceof KeyObject) return toObjectMaterial(option, given);
  const inner = typeof given === "object" && given !== null && "key" in given ? given.key : given;
  const isText = typeof inner === "string" && inner !== "";
  if (!isText && !(inner instanceof Uint8Array)) throw toKeyError(option, "must be a secret or a public key");
  const text = isText ? inner : Buffer.from(inner).toString("utf8");
  if (!text.includes("-----BEGIN")) return toSecretMaterial(inner);
  if (/-----BEGIN [A-Z ]*PRIVATE KEY/.test(text))
    throw toKeyError(option, "is a private key, which only the issuer may hold");
  try {
    return toObjectMaterial(option, createPublicKey(text));
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw toKeyError(option, "is not a readable PEM public key or certificate", { cause });
  }
}

function toSecretMaterial(secret: string | Uint8Array): GivenKey {
  return { keys: { secret }, identity: `secret ${Buffer.from(secret).toString("base64")}`, isSecret: true };
}

function toObjectMaterial(option: string, key: KeyObject): GivenKey {
  if (key.type === "private") throw toKeyError(option, "is a private key, which only the issuer may hold");
  if (key.type === "secret") return toSecretMaterial(new Uint8Array(key.export()));
  const pem = key.export({ type: "spki", format: "pem" }).toString();
  return { keys: { publicKey: key }, identity: pem, isSecret: false };
}

function toKeyError(option: string, problem: string, options?: ErrorOptions): ConfigError {
  return new ConfigError({ option, problem, example: `${option}: process.env.JWT_SECRET, 32 random bytes` }, options);
}
