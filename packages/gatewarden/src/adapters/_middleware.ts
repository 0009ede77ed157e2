// The middleware for Express and every framework that calls `(request, response, next)` as Connect
// does.
import { AuthError, type Guard, type GuardRequest, isPreflight, type Outcome } from "../index.js";
import {
  type NodeRequest,
  type NodeResponse,
  passOn,
  sendNoContent,
  sendRefusal,
  setHeaders,
  toGuardRequest,
} from "./_node.js";
import { createNeedCheck, type NeedOptions } from "./_protect.js";

/** Continues with the next middleware, or with the error handler. */
export type Next = (error?: unknown) => void;

/**
 * A request as these frameworks pass it on. Inside a router `url` is cut; `originalUrl` is what the
 * client sent.
 */
export type RoutedRequest = NodeRequest & { readonly originalUrl?: string };

/** What a route needs, and how it answers when it is refused. */
export interface MiddlewareOptions<Incoming, Outgoing> extends NeedOptions {
  readonly onRefusal?: (error: AuthError, request: Incoming, response: Outgoing, next: Next) => void;
}

/** Creates the middleware. `keep` stores the facts where handlers look for them. */
export function createMiddleware<Claims, Incoming extends RoutedRequest, Outgoing extends NodeResponse>(
  guard: Guard<Claims>,
  need: readonly unknown[],
  keep: (request: Incoming, outcome: Exclude<Outcome<Claims>, AuthError>) => void,
): (request: Incoming, response: Outgoing, next: Next) => void {
  const check = createNeedCheck(guard, need, ["onRefusal"]);
  const onRefusal = (need[0] as MiddlewareOptions<Incoming, Outgoing> | undefined)?.onRefusal;
  /** Returns whether the request continues. Otherwise it has been answered. */
  const answer = (
    outcome: Outcome<Claims>,
    guardRequest: GuardRequest,
    { request, response, next }: Passing<Incoming, Outgoing>,
  ): boolean => {
    if (!(outcome instanceof AuthError)) {
      keep(request, outcome);
      setHeaders(response, guard.responseHeaders(guardRequest));
      return true;
    }
    const refusal = guard.refusal(outcome);
    if (!onRefusal) sendRefusal(response, refusal);
    else {
      passOn(response, refusal, outcome);
      const answering: unknown = onRefusal(outcome, request, response, next);
      // An async function has this type too: an unhandled rejection would end the process
      // (CWE-248).
      if (answering instanceof Promise) answering.catch(next);
    }
    return false;
  };
  return (request, response, next) => {
    const passing = { request, response, next };
    try {
      const guardRequest = toGuardRequest(request, request.originalUrl);
      if (isPreflight(guardRequest)) return sendNoContent(response);
      const outcome = check(guardRequest);
      if (outcome instanceof Promise) {
        const goOn = (later: Outcome<Claims>) => answer(later, guardRequest, passing) && next();
        outcome.then(goOn).catch(next);
        return;
      }
      if (!answer(outcome, guardRequest, passing)) return;
    } catch (error) {
      // Not every framework catches what a middleware throws, which would end the process.
      return next(error);
    }
    // Outside the `try`: `next` may throw too, and must not be called a second time.
    next();
  };
}

/** A request on its way through a middleware. */
interface Passing<Incoming, Outgoing> {
  readonly request: Incoming;
  readonly response: Outgoing;
  readonly next: Next;
}
