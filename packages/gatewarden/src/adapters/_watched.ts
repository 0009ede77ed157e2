// Operations over connections that are watched: their session is looked at with each message.
import type { GuardRequest } from "../index.js";

/** Requests that opened such a connection, with the token that it came with. */
const requests = new WeakSet<object>();

/** Marks what opened a connection, once its token was checked. */
export function markWatched(guardRequest: GuardRequest): void {
  requests.add(guardRequest);
}

/**
 * The request in the context of an operation that came over such a connection; undefined for any
 * other.
 */
export function readWatched(context: unknown): GuardRequest | undefined {
  const { guardRequest } = (context ?? {}) as { readonly guardRequest?: GuardRequest };
  return typeof guardRequest === "object" && guardRequest !== null && requests.has(guardRequest)
    ? guardRequest
    : undefined;
}
