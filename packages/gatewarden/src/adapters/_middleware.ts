// The middleware of Express and of all that calls `(request, response, next)` as Connect does.
import { AuthError, type Guard, type GuardRequest, isPreflight, type Outcome } from "../index.js";
import {
  type NodeRequest,
  type NodeResponse,
  sendNoContent,
  sendRefusal,
  setHeaders,
  setRefusalHead,
  toGuardRequest,
} from "./_node.js";
import { createNeedCheck, type NeedOptions } from "./_protect.js";

/** Hands on: to what comes next, or to what handles errors. */
export type Next = (error?: unknown) => void;

/** A request as such frameworks hand it on: inside a router `url` is cut, and `originalUrl` is what the client wrote. */
export type RoutedRequest = NodeRequest & { readonly originalUrl?: string };

/** What a route needs, and who answers when it is refused. */
export interface MiddlewareOptions<Incoming, Outgoing> extends NeedOptions {
  readonly onRefusal?: (error: AuthError, request: Incoming, response: Outgoing, next: Next) => void;
}

/** Makes it. `keep` puts what was found where handlers look for it. */
export function createMiddleware<Claims, Incoming extends RoutedRequest, Outgoing extends NodeResponse>(
  guard: Guard<Claims>,
  need: readonly unknown[],
  keep: (request: Incoming, outcome: Exclude<Outcome<Claims>, AuthError>) => void,
): (request: Incoming, response: Outgoing, next: Next) => void {
  const check = createNeedCheck(guard, need, ["onRefusal"]);
  const onRefusal = (need[0] as MiddlewareOptions<Incoming, Outgoing> | undefined)?.onRefusal;
  /** Whether the request goes on. Otherwise it is answered. */
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
      setRefusalHead(response, refusal);
      const answering: unknown = onRefusal(outcome, request, response, next);
      // An async function has the type too: its unheard rejection would end the process (CWE-248).
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
      // Not every framework catches what a middleware throws: it would end the process.
      return next(error);
    }
    // Outside: what follows may throw too, and is not called a second time for it.
    next();
  };
}

/** A request on its way through a middleware. */
interface Passing<Incoming, Outgoing> {
  readonly request: Incoming;
  readonly response: Outgoing;
  readonly next: Next;
}
