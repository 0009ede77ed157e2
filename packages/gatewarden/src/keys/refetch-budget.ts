// How often unknown key ids may send us back to the issuer: at once after a rotation, hardly at all
// under a flood.
import { createBoundedMap } from "../platform/bounded-map.js";

/**
 * What is to be done about a key id that the set at hand lacks: ask the issuer; or say that the
 * issuer has no such key, as it was asked; or, as a number, wait so many seconds, since the issuer
 * may have it and may not be asked now.
 */
export type UnknownKid = "ask" | "missing" | number;

/** Decides which key ids may cause a request. All moments are seconds of one monotonic clock. */
export interface RefetchBudget {
  /** Spends a token where the answer is `ask`. */
  judge(kid: string, now: number): UnknownKid;
  /** A request for the set begins. To be called with the moment at which it brought one. */
  begin(): (now: number) => void;
}

/** The issuer was not asked about an unknown key id, which may be new. */
export class NotAsked extends Error {
  override readonly name = "NotAsked";
  readonly code = "not_asked";

  constructor() {
    super("The issuer was asked for unknown key ids too often lately to be asked again now");
  }
}

const capacity = 5;
const secondsPerToken = 10;

/** How many tokens are left to others at least, by what is known of the id that wants one. */
const reserve = {
  /** It was asked for a moment ago, and a second look may find what was published late. */
  missing: 3,
  /** It never came before: of a flood of random ids each comes once. */
  fresh: 2,
  /** It came before and was never asked for: the id of a rotated key comes with every token. */
  waiting: 0,
};

/**
 * Seconds after which an id that the issuer does not have may be asked for again, out of what
 * others can spare.
 */
const pause = 1;
/** Seconds after which it may be asked for as if it never had been. */
const forgotten = 10;

const maxRemembered = 2048;
const maxKidLength = 256;

/**
 * A token bucket in shares (GHSA-fhv5-28vv-h8m8). Every request brings the whole set, so it answers
 * for all ids that came before it began: one id, or a few, however often they come, spend no more
 * than one token in a pause, and leave some. Random ids that come once spend no more than their
 * share. Ever new ids that come twice each can drain the bucket: then a rotated key waits for the
 * next token, for at most `secondsPerToken`, and its tokens are told to come again (503) rather
 * than refused. Ids that are too long to be remembered always count as fresh.
 */
export function createRefetchBudget(): RefetchBudget {
  // By id, the number of requests that had begun when it first came. Those that come again stay.
  const seen = createBoundedMap<{ readonly since: number }>(maxRemembered);
  const bucket = createBucket();
  let begun = 0;
  let answered = 0;
  let answeredAt = Number.NEGATIVE_INFINITY;
  return {
    judge(kid, now) {
      const before = seen.get(kid);
      const isAnswered = before !== undefined && before.since < answered;
      const isMissing = isAnswered && now < answeredAt + forgotten;
      if (isMissing && now < answeredAt + pause) return "missing";
      const mustStay = isMissing ? reserve.missing : before ? reserve.waiting : reserve.fresh;
      const wait = bucket.take(mustStay, now);
      if (wait > 0 && isMissing) return "missing";
      if ((!before || isAnswered) && kid.length <= maxKidLength) seen.set(kid, { since: begun });
      return wait === 0 ? "ask" : wait;
    },
    begin() {
      const number = ++begun;
      return (now) => {
        answered = Math.max(answered, number);
        answeredAt = now;
      };
    },
  };
}

/**
 * Takes a token where more than `mustStay` are there: 0. Otherwise says in how many seconds an id
 * that waits can have one.
 */
function createBucket(): { take(mustStay: number, now: number): number } {
  let tokens = capacity;
  let filledAt = Number.NEGATIVE_INFINITY;
  return {
    take(mustStay, now) {
      const earned = Math.floor(Math.max(0, now - filledAt) / secondsPerToken);
      filledAt = tokens + earned >= capacity ? now : filledAt + earned * secondsPerToken;
      tokens = Math.min(capacity, tokens + earned);
      if (tokens > mustStay) {
        tokens--;
        return 0;
      }
      return tokens > 0 ? 1 : filledAt + secondsPerToken - now;
    },
  };
}
