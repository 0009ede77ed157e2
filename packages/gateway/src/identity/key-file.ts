// Keys of internal tokens that several gateways share: a private JWK Set in a file.
import { readFileSync } from "node:fs";
import type { PrivateKeySet } from "./token-issuer.js";

/** Throws `TypeError` without quoting the file: it holds private keys. */
export function loadKeyFile(path: string): PrivateKeySet {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new TypeError("identity.token.keys must name a file with a JWK Set in JSON");
  }
  const keys = (data as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every((key) => typeof key === "object" && key !== null))
    throw new TypeError("identity.token.keys must name a file with a JWK Set that has keys");
  return { keys };
}
