// How often an unknown `kid` may send us back to the issuer: at once after a rotation, hardly at all under a flood.

/** A token bucket that keeps half of its tokens for key ids that are asked for again. */
export interface RefetchBudget {
  /** Whether this key id may cause a request now (`now` in seconds). Spends one token if so. */
  spend(kid: string, now: number): boolean;
}

const capacity = 4;
const secondsPerToken = 10;
const maxMissed = 1024;
const maxKidLength = 256;

/**
 * Random key ids come once each; after a real rotation the same new id comes with every token. So when half of the tokens are
 * gone, only an id that was missed before may spend one: a flood cannot starve a rotation (GHSA-fhv5-28vv-h8m8).
 */
export function createRefetchBudget(): RefetchBudget {
  let tokens = capacity;
  let refilledAt = Number.NEGATIVE_INFINITY;
  const missed = new Set<string>();
  return {
    spend(kid, now) {
      if (refilledAt === Number.NEGATIVE_INFINITY || now < refilledAt) refilledAt = now;
      const earned = Math.floor((now - refilledAt) / secondsPerToken);
      tokens = Math.min(capacity, tokens + earned);
      refilledAt += earned * secondsPerToken;
      const name = kid.slice(0, maxKidLength);
      const isRepeated = missed.has(name);
      if (!isRepeated && missed.size >= maxMissed) missed.clear();
      missed.add(name);
      if (tokens <= (isRepeated ? 0 : capacity / 2)) return false;
      tokens--;
      return true;
    },
  };
}
