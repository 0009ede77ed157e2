// h3 version 2, and Nitro on top of it: `protect(guard, requirement?)` is a middleware; its result
// is `event.context.auth`.
import { type H3Event, HTTPError, type Middleware } from "h3";
import { type Auth, AuthError, type Guard, isPreflight, type Refusal, type Requirement } from "../index.js";
import { exposedHeaders, toExposed } from "./_exposed.js";
import { toFetchGuardRequest } from "./_fetch.js";
import { createNeedCheck, type NeedArgument, type NeedOptions } from "./_protect.js";

export type { NeedOptions };

/**
 * Declares the application's guard to TypeScript, so that `event.context.auth.claims` has the type
 * of its schema: `declare module "gatewarden/h3" { interface Register { guard: typeof guard } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications augment it.
export interface Register {}

/** `Auth` with the claims of the registered guard. */
export type RegisteredAuth = Register extends { guard: Guard<infer Claims> } ? Auth<Claims> : Auth;

declare module "h3" {
  interface H3EventContext {
    /**
     * Facts from the verified token. Undefined before `protect`, or if `optional` admitted an
     * anonymous request.
     */
    auth: RegisteredAuth;
  }
}

/**
 * A middleware that passes only requests with a valid token: `app.use("/api/**", protect(guard))`,
 * or `app.get("/admin", handler, { middleware: [protect(guard, permission("read:admin"))] })`. A
 * refusal is an `HTTPError` with the challenge in its headers, the reason in its body and the
 * `AuthError` as its `cause`. A CORS preflight that nothing answered before is answered 204: no
 * handler runs for it.
 */
export function protect<Claims>(guard: Guard<Claims>, ...need: NeedArgument<Requirement | NeedOptions>): Middleware {
  const check = createNeedCheck(guard, need);
  return async (event, next) => {
    const guardRequest = toFetchGuardRequest(event.req, event.runtime?.node?.req);
    if (isPreflight(guardRequest)) return new Response(null, { status: 204 });
    const outcome = await check(guardRequest);
    if (outcome instanceof AuthError) throw refuse(event, guard.refusal(outcome), outcome);
    event.context.auth = outcome as RegisteredAuth;
    const added = guard.responseHeaders(guardRequest);
    for (const [name, value] of Object.entries(added ?? {})) {
      for (const headers of readTargets(event)) headers.set(name, value);
    }
    if (added) expose(event, added);
    return next();
  };
}

/**
 * Sets the headers for h3's answer to an error and for an answer of `onError`, beside those already
 * set.
 */
function refuse(event: H3Event, refusal: Refusal, cause: AuthError): HTTPError {
  const { res } = event;
  const targets = readTargets(event);
  const [earlier = null] = targets.flatMap((headers) => headers.get("www-authenticate") ?? []);
  for (const [name, value] of Object.entries(refusal.headers)) {
    const all = name === "www-authenticate" && earlier !== null ? [earlier, value].flat() : [value].flat();
    for (const headers of targets) headers.set(name, all.join(", "));
  }
  expose(event, refusal.headers);
  res.status = refusal.status;
  const init = { message: cause.message, status: refusal.status, body: { ...refusal.body } };
  const error = new HTTPError(targets.length > 1 ? init : { ...init, headers: res.headers });
  // The constructor of `HTTPError` would set `cause` to its own options.
  return Object.assign(error, { cause });
}

/** Adds to what a CORS middleware has already set, for normal and for error answers. */
function expose(event: H3Event, headers: Readonly<Record<string, unknown>>): void {
  const targets = readTargets(event);
  const [present = null] = targets.flatMap((one) => one.get(exposedHeaders) ?? []);
  const exposed = toExposed(present, headers);
  for (const one of targets) one.set(exposedHeaders, exposed);
}

/**
 * The headers of an answer to an error, and of any other answer. The candidate of h3 that Nitro
 * 3.0.0 brings (2.0.1-rc.2) has no headers for errors: there, the error itself carries them.
 */
function readTargets({ res }: H3Event): readonly Headers[] {
  const forErrors: Headers | undefined = res.errHeaders;
  return forErrors ? [forErrors, res.headers] : [res.headers];
}
