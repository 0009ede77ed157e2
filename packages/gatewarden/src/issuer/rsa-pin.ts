// Holds an issuer's RSA keys that do not say their algorithm to one (RFC 8725 §3.1).
import type { KeySource } from "../keys/source.js";
import { algorithms } from "../token/algorithms.js";

/** The same source. A key with an `alg` of its own is as it was. */
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
