// One incoming request may be checked several times on its way: by the application, by the route, by each field of a query. Its proof is used
// once by all of them.
import type { Awaitable } from "../platform/awaitable.js";
import type { GuardRequest } from "../request/credentials.js";

/** Uses a proof, or answers what became of its use by the same incoming request. */
export type UseOnce = (request: GuardRequest, proof: string, use: () => Awaitable<undefined>) => Awaitable<undefined>;

/**
 * Remembers uses for as long as the server's own object for the request lives. Whoever sends a proof again makes another request, and where
 * the server names none, every check is a use of its own: a replay (RFC 9449 §11.1).
 */
export function createUses(): UseOnce {
  const uses = new WeakMap<object, { readonly proof: string; readonly outcome: Awaitable<undefined> }>();
  return ({ incoming }, proof, use) => {
    if (incoming === undefined) return use();
    const earlier = uses.get(incoming);
    if (earlier?.proof === proof) return earlier.outcome;
    // Remembered while the store is still asked: calls of a batch are checked at the same time.
    const outcome = use();
    uses.set(incoming, { proof, outcome });
    return outcome;
  };
}
