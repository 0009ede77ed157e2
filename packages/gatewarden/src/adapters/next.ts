// Next.js: server actions and pages, which see the headers of the request but no `Request`. Route
// handlers and `proxy.ts` take a `Request`: `gatewarden/fetch` serves them.
import { headers } from "next/headers.js";
import {
  AuthError,
  type Guard,
  type GuardRequest,
  type Outcome,
  type RefusalBody,
  type Requirement,
} from "../index.js";
import { type AuthFor, createNeedCheck, type NeedArgument, type NeedOptions, requireHandler } from "./_protect.js";

export type { NeedOptions };

/** What a refused action returns. Next.js sends it to the page that called the action. */
export interface ActionRefusal {
  /** The body of the refusal, with the status that a route handler would have answered with. */
  readonly refusal: RefusalBody & { readonly status: number };
}

/** An action behind the check. What the page passes follows `auth`. */
export type ProtectedAction<Claims, Wanted, Given extends readonly unknown[], Result> = (
  auth: AuthFor<Claims, Wanted>,
  ...given: Given
) => Promise<Result>;

/** The action that `protectAction` returns. */
export type Action<Given extends readonly unknown[], Result> = (...given: Given) => Promise<Result | ActionRefusal>;

/**
 * A server action that runs only for requests with a valid token: `export const save =
 * protectAction(guard, permission("write:notes"), async (auth, form: FormData) => …)`. A refused
 * action returns `{ refusal }` and does not run: an action can set no status. An action is a POST,
 * so a token in a cookie needs a listed origin. A token that is bound to a DPoP key or a client
 * certificate is refused: an action can determine neither the URL that a proof must name (RFC 9449
 * §4.3) nor the connection.
 */
export function protectAction<Claims, Given extends readonly unknown[], Result>(
  guard: Guard<Claims>,
  action: ProtectedAction<Claims, Requirement, Given, Result>,
): Action<Given, Result>;
export function protectAction<
  Claims,
  const Wanted extends Requirement | NeedOptions,
  Given extends readonly unknown[],
  Result,
>(guard: Guard<Claims>, need: Wanted, action: ProtectedAction<Claims, Wanted, Given, Result>): Action<Given, Result>;
export function protectAction<Claims>(
  guard: Guard<Claims>,
  ...args: readonly [...unknown[], unknown]
): Action<readonly unknown[], unknown> {
  const action = args.at(-1) as ProtectedAction<Claims, NeedOptions, readonly unknown[], unknown>;
  requireHandler(action);
  const check = createNeedCheck(guard, args.slice(0, -1));
  return async (...given) => {
    const outcome = await check(await createGuardRequest("POST"));
    if (!(outcome instanceof AuthError)) return action(outcome, ...given);
    return { refusal: { ...guard.refusal(outcome).body, status: outcome.status } };
  };
}

/**
 * The outcome for the page that is being rendered, also for layouts and other server components:
 * the facts from the token, or the `AuthError`. Undefined if `optional` admitted an anonymous
 * request. A page is read, so a token in a cookie needs no listed origin. Bound tokens are refused,
 * as by `protectAction`.
 */
export async function attemptPage<Claims, const Wanted extends Requirement | NeedOptions = Requirement>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Wanted>
): Promise<AuthFor<Claims, Wanted> | AuthError> {
  const check = createNeedCheck(guard, need);
  const outcome: Outcome<Claims> = await check(await createGuardRequest("GET"));
  return outcome as AuthFor<Claims, Wanted> | AuthError;
}

/**
 * The URL is left empty. Next.js does not tell it here, and a guess would let a proof for another
 * URL count (RFC 9449 §4.3). Thus the guard refuses every proof: `target_unknown`.
 */
async function createGuardRequest(method: "GET" | "POST"): Promise<GuardRequest> {
  return { method, url: "", headers: await headers() };
}
