// The option `keys.secret` → keys that verify HMAC only. A secret is never part of a message.

import { ConfigError } from "../errors.js";
import { importSecret } from "../keys/key.js";
import type { KeySource } from "../keys/key-source.js";
import type { MutableKeyCounts } from "../keys/keys-status.js";
import { toHex } from "../keys/material.js";
import { createPinnedKey, toSource } from "../keys/static.js";
import { maxTries, tryEach } from "../keys/tries.js";
import type { VerificationKey } from "../keys/verification-key.js";
import { allOf, chain } from "../platform/awaitable.js";
import { algorithms } from "../token/algorithms.js";

/** A key source for HMAC only, and the algorithms that its secrets are long enough for. */
export interface ConfiguredSecret {
  readonly keys: KeySource;
  readonly algorithms: readonly string[];
}

/** Reads one secret, or those of a rotation. Throws `ConfigError`. */
export function createSecretSource(option: unknown, counts: MutableKeyCounts): ConfiguredSecret {
  const list: readonly unknown[] = Array.isArray(option) ? option : [option];
  if (list.length === 0 || list.length > maxTries)
    throw badSecret(`lists ${list.length} secrets, not 1 to ${maxTries}`);
  const secrets = list.map(requireSecretBytes);
  const keys = chain(allOf(secrets.map(importSecret)), (imported) =>
    createPinnedKey(toOneKey(imported, counts), counts),
  );
  // The longest secret determines the list. Each key checks by itself what it is long enough for.
  const longest = Math.max(...secrets.map(({ length }) => length));
  const fits = [...algorithms.values()].filter(
    ({ keyType, signatureLength = 0 }) => keyType === "oct" && longest >= signatureLength,
  );
  return { keys: toSource(keys), algorithms: fits.map(({ name }) => name) };
}

/** A token's `kid` cannot be trusted to choose among several secrets, so each is tried. */
function toOneKey(keys: readonly VerificationKey[], counts: MutableKeyCounts): VerificationKey {
  const [first, ...others] = keys;
  if (first !== undefined && others.length === 0) return first;
  const names = new Set(keys.flatMap(({ verifiers }) => [...verifiers.keys()]));
  const verifiers = [...names].map((name) => {
    const each = keys.flatMap((key) => key.verifiers.get(name) ?? []);
    return [name, tryEach(each, counts)] as const;
  });
  return { kid: undefined, identity: "", verifiers: new Map(verifiers) };
}

/** At least as long as the shortest hash (RFC 7518 §3.2), and not publicly known. */
function requireSecretBytes(secret: unknown): Uint8Array {
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : secret;
  if (!(bytes instanceof Uint8Array)) throw badSecret("is neither text nor bytes");
  // A public key used as HMAC secret is the classic confusion: everyone knows it (CVE-2015-9235,
  // CVE-2024-33663).
  const text = new TextDecoder().decode(bytes);
  if (text.includes("-----BEGIN")) throw badSecret("is a PEM key; give it as publicKey");
  if (/^\s*\{/.test(text) && text.includes('"kty"'))
    throw badSecret("is a JWK; give it as publicKey, or a symmetric one's bytes");
  if (/^\s*(ssh-|ecdsa-sha2-|sk-|---- BEGIN)/.test(text)) throw badSecret("is an SSH key");
  if ([bytes, decode(text)].some(isPublicKey)) throw badSecret("is a public key or certificate; give it as publicKey");
  if (bytes.length < 32) throw badSecret("is shorter than 32 bytes, the least for HS256 (RFC 7518 §3.2)");
  return bytes;
}

/** The bytes of PEM without its first and last line. */
function decode(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/**
 * DER that starts as a sequence and names a public key algorithm (RFC 5280 §4.1, RFC 8410), or
 * contains two numbers (RFC 8017 A.1.1).
 */
const publicKey = /^30(8[12].{2,4}?028[12]|.*(06092a864886f70d0101|06072a8648ce3d0201|06032b6570))/;

function isPublicKey(bytes: Uint8Array): boolean {
  return publicKey.test(toHex(bytes.subarray(0, 2048)));
}

function badSecret(problem: string): ConfigError {
  return new ConfigError({
    option: "keys.secret",
    problem,
    example: "keys: { secret: process.env.API_SECRET }, 32 random bytes or more",
  });
}
