// One issuer with two kinds of keys: a secret for HMAC beside public keys for all other algorithms,
// as in a migration.
import { algorithms } from "../token/algorithms.js";
import type { KeySource } from "./key-source.js";

/**
 * A source over both. Only the algorithm's family decides which one is used: a public key is never
 * used with HMAC, and a secret verifies nothing else (CVE-2016-10555, CVE-2024-33663).
 */
export function joinFamilies(secret: KeySource, publicKeys: KeySource): KeySource {
  const sourceOf = (alg: string) => (algorithms.get(alg)?.keyType === "oct" ? secret : publicKeys);
  return {
    pick: (query, now) => sourceOf(query.alg).pick(query, now),
    clockOffset: () => publicKeys.clockOffset?.(),
    ready: async () => {
      await secret.ready();
      await publicKeys.ready();
    },
    status: () => publicKeys.status(),
  };
}
