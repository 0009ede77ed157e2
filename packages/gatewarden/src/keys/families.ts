// One issuer with two kinds of keys: a secret for HMAC beside public keys for all else, as in a
// move from one to the other.
import { algorithms } from "../token/algorithms.js";
import type { KeySource } from "./key-source.js";

/**
 * A source over both. The algorithm's family alone decides which is asked: no public key ever
 * reaches HMAC, and a secret verifies nothing else (CVE-2016-10555, CVE-2024-33663).
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
