// The events of the last minutes by their id, so that a delivery that is repeated is answered as
// the first one was, and an id that comes back with other content is noticed.
import type { Awaitable } from "../platform/awaitable.js";
import { createBoundedMap } from "../platform/bounded-map.js";
import { sha256Text } from "../token/hash.js";

/** `new`, `repeated` (the same claims again), or `other` (other claims under its id). */
export type Recurrence = "new" | "repeated" | "other";

/** Recent events. */
export interface RecentEvents {
  /** How an event relates to those before it. */
  compare(issuer: string, jti: string, token: string): Promise<Recurrence>;
  /** Remembers an event that was carried out. */
  remember(issuer: string, jti: string, token: string): Promise<void>;
}

/**
 * Creates the memory. It is bounded and the oldest event makes room for a new one (CWE-770). That
 * is safe: to carry out an event a second time revokes nothing more, since what it revokes ends at
 * the time at which it was issued. Only events that the issuer has signed take room.
 */
export function createRecentEvents(maxEvents = 10_000): RecentEvents {
  const events = createBoundedMap<{ readonly digest: string }>(maxEvents);
  // A digest: an id may be as long as a whole event.
  const toKey = (issuer: string, jti: string) => sha256Text(JSON.stringify([issuer, jti]));
  return {
    async compare(issuer, jti, token) {
      const known = events.get(await toKey(issuer, jti));
      if (known === undefined) return "new";
      return known.digest === (await digestOf(token)) ? "repeated" : "other";
    },
    async remember(issuer, jti, token) {
      events.set(await toKey(issuer, jti), { digest: await digestOf(token) });
    },
  };
}

/**
 * Of the claims alone: a sender may sign anew for each delivery, and many algorithms are random.
 */
function digestOf(token: string): Awaitable<string> {
  return sha256Text(token.split(".", 2)[1] ?? "");
}
