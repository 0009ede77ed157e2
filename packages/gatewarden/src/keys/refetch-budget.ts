// Limits how often unknown key ids cause a request to the issuer: immediately after a rotation,
// rarely under a flood.
import { createBoundedMap } from "../platform/bounded-map.js";

/**
 * What to do about a key id that the current set lacks. `ask`: fetch the set. `missing`: the issuer
 * was asked and does not have it. A number: wait so many seconds, since the issuer may have it but
 * must not be asked now.
 */
export type UnknownKid = "ask" | "missing" | number;

/** Decides which key ids may cause a request. All times are seconds of one monotonic clock. */
export interface RefetchBudget {
  /** Spends a token where it returns `ask`. */
  judge(kid: string, now: number): UnknownKid;
  /**
   * Marks the start of a request for the set. Call the result with the time at which the set
   * arrived.
   */
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

/** How many tokens must remain for others, by what is known about the id. */
const reserve = {
  /** It was requested a moment ago; a second request may find a key that was published late. */
  missing: 3,
  /** It was not seen before: in a flood of random ids, each appears once. */
  fresh: 2,
  /** It was seen before and never requested: the id of a rotated key appears in every token. */
  waiting: 0,
};

/**
 * Seconds after which an id that the issuer does not have may be requested again, from the tokens
 * that others do not need.
 */
const pause = 1;
/** Seconds after which it may be requested as if it were new. */
const forgotten = 10;

const maxRemembered = 2048;
const maxKidLength = 256;

/**
 * A token bucket with shares (GHSA-fhv5-28vv-h8m8). Every request returns the whole set, so it
 * answers for all ids seen before it began. One id, or a few, spend at most one token per pause
 * however often they appear, and leave some. Random ids that appear once spend at most their share.
 * A stream of new ids that appear twice each can drain the bucket: a rotated key then waits for the
 * next token, for at most `secondsPerToken`, and its tokens get 503 with `Retry-After` rather than
 * a refusal. Ids that are too long to be stored always count as new.
 */
export function createRefetchBudget(): RefetchBudget {
  // By id, the number of requests that had begun when it was first seen. Ids that appear again
  // stay.
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
 * Takes a token where more than `mustStay` remain, and returns 0. Otherwise returns the seconds
 * until a waiting id can have one.
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
