// Restricts an issuer's RSA keys without an `alg` of their own to one algorithm (RFC 8725 §3.1).
import type { KeySource } from "../keys/key-source.js";
import { algorithms } from "../token/algorithms.js";

/** The same source with the restriction. A key with its own `alg` is unaffected. */
export function pinRsa(source: KeySource, rsaAlgorithm: string): KeySource {
  const isOther = (alg: string) => alg !== rsaAlgorithm && algorithms.get(alg)?.keyType === "RSA";
  return {
    pick: (query, now) =>
      source.pick(isOther(query.alg) ? { alg: query.alg, kid: query.kid, rsaAlgorithm } : query, now),
    clockOffset: () => source.clockOffset?.(),
    ready: () => source.ready(),
    status: () => source.status(),
  };
}
