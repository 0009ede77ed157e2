// The middleware of Express and of all that calls `(request, response, next)` as Connect does.
import { AuthError, type Guard, isPreflight, type Outcome } from "../index.js";
import {
  type NodeRequest,
  type NodeResponse,
  sendNoContent,
  sendRefusal,
  setHeaders,
  setRefusalHead,
  toGuardRequest,
} from "./_node.js";
import { createCheck, type NeedOptions } from "./_protect.js";

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
  const check = createCheck(guard, need);
  const onRefusal = (need[0] as MiddlewareOptions<Incoming, Outgoing> | undefined)?.onRefusal;
  return (request, response, next) => {
    const guardRequest = toGuardRequest(request, request.originalUrl);
    if (isPreflight(guardRequest)) return sendNoContent(response);
    const settle = (outcome: Outcome<Claims>) => {
      if (!(outcome instanceof AuthError)) {
        keep(request, outcome);
        setHeaders(response, guard.responseHeaders(guardRequest));
        return next();
      }
      const refusal = guard.refusal(outcome);
      if (!onRefusal) return sendRefusal(response, refusal);
      setRefusalHead(response, refusal);
      onRefusal(outcome, request, response, next);
    };
    const outcome = check(guardRequest);
    if (outcome instanceof Promise) outcome.then(settle).catch(next);
    else settle(outcome);
  };
}
