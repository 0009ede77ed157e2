// One incoming request may be checked several times: by the application, by the route, by each
// field of a query. All of these count as one use of its proof.
import type { Awaitable } from "../platform/awaitable.js";
import type { GuardRequest } from "../request/credentials.js";

/** Uses a proof, or returns the outcome of its earlier use by the same incoming request. */
export type UseOnce = (request: GuardRequest, proof: string, use: () => Awaitable<undefined>) => Awaitable<undefined>;

/**
 * Remembers uses for as long as the server's own object for the request lives. A replayed proof
 * arrives in another request. Without `incoming`, each check counts as a separate use of the proof
 * (RFC 9449 §11.1).
 */
export function createUses(): UseOnce {
  const uses = new WeakMap<object, { readonly proof: string; readonly outcome: Awaitable<undefined> }>();
  return ({ incoming }, proof, use) => {
    if (incoming === undefined) return use();
    const earlier = uses.get(incoming);
    if (earlier?.proof === proof) return earlier.outcome;
    // Stored before the store has answered: calls of a batch are checked concurrently.
    const outcome = use();
    uses.set(incoming, { proof, outcome });
    return outcome;
  };
}
