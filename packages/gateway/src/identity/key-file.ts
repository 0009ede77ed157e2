// Keys of internal tokens that several gateways share: a private JWK Set in a file.
import { readFileSync, statSync } from "node:fs";
import type { PrivateKeySet } from "./token-issuer.js";

/** Throws `TypeError` without quoting the file: it holds private keys. */
export function loadKeyFile(path: string): PrivateKeySet {
  let data: unknown;
  let mode: number;
  try {
    mode = statSync(path).mode;
    data = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new TypeError("identity.token.keys must name a file with a JWK Set in JSON");
  }
  // Its writer could sign anything (CWE-732). Kubernetes mounts Secrets as 0644, so it may be read.
  if ((mode & 0o002) !== 0) throw new TypeError("identity.token.keys names a file that every user may write");
  const keys = (data as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every((key) => typeof key === "object" && key !== null))
    throw new TypeError("identity.token.keys must name a file with a JWK Set that has keys");
  return { keys };
}
