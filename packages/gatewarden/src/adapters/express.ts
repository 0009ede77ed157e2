// Express 4 and 5: `protect(guard, requirement?)` is a middleware; what it found is `req.auth`. Beside a library that declares a `req.auth` too
// (express-oauth2-jwt-bearer, the MCP SDK's bearer middleware), two declarations cannot both hold: `gatewarden/connect` makes none.
// biome-ignore-all lint/suspicious/noExplicitAny: Express's own declarations, with which these merge, are made of it.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { ParamsDictionary, Query } from "express-serve-static-core";
import type { Auth, AuthError, Guard, Requirement } from "../index.js";
import { createMiddleware } from "./_middleware.js";
import type { NeedArgument, NeedOptions } from "./_protect.js";

/** What a route needs, and who answers when it is refused. */
export interface ProtectOptions extends NeedOptions {
  /**
   * Answers a refused request, instead of the JSON answer. Status and challenge are set already. To use the application's own error
   * handler: `onRefusal: (error, request, response, next) => next(error)`; `error.status` is there for it.
   */
  readonly onRefusal?: (error: AuthError, request: Request, response: Response, next: NextFunction) => void;
}

/**
 * Tells TypeScript which guard the application uses, so that `request.auth.claims` has the type of its schema:
 * `declare module "gatewarden/express" { interface Register { guard: typeof guard } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be added to.
export interface Register {}

/** `Auth` with the claims of the registered guard. */
export type RegisteredAuth = Register extends { guard: Guard<infer Claims> } ? Auth<Claims> : Auth;

declare const anonymous: unique symbol;

/** What tells TypeScript, in the type of `response.locals`, that a route may be called without a token. No such member exists. */
export interface OptionalLocals {
  readonly [anonymous]?: true;
}

/** `request.auth` of a handler behind `protect`: after `{ optional: true }` it may be undefined. */
type AuthOf<Locals> = typeof anonymous extends keyof Locals ? RegisteredAuth | undefined : RegisteredAuth;

declare global {
  namespace Express {
    interface Request {
      /** Facts from the verified token. Undefined where there was no `protect`, or `optional` let an anonymous request pass. */
      auth: RegisteredAuth | undefined;
    }
  }
}

declare module "express-serve-static-core" {
  // The parameters are those of Express's own declaration, with which this one is merged.
  interface Request<
    P = ParamsDictionary,
    ResBody = any,
    ReqBody = any,
    ReqQuery = Query,
    LocalsObj extends Record<string, any> = Record<string, any>,
  > {
    /** Facts from the verified token. Undefined before `protect`, and where `optional` let an anonymous request pass. */
    auth: AuthOf<LocalsObj>;
  }
}

/**
 * A middleware for any route: it says nothing of parameters and bodies, so that handlers may say
 * it themselves (`RequestHandler<Params>`), or Express by the path.
 */
export type ProtectMiddleware = (request: IncomingMessage, response: ServerResponse, next: NextFunction) => void;

/** A middleware that tells the handlers after it that `request.auth` may be undefined. */
export type OptionalMiddleware = RequestHandler<
  ParamsDictionary,
  any,
  any,
  Query,
  Record<string, any> & OptionalLocals
>;

/**
 * A middleware that lets only requests with a valid token pass: `app.get("/admin", protect(guard, permission("read:admin")), handler)`.
 * Put it before what parses bodies. Refused requests are answered with status, challenge and JSON, since Express itself would answer an
 * error with HTML; `onRefusal` changes that. A CORS preflight that
 * nothing before has answered is answered 204: no handler runs for it.
 */
export function protect<Claims>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Requirement | (ProtectOptions & { readonly optional?: never })>
): ProtectMiddleware;
export function protect<Claims>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Requirement | ProtectOptions>
): OptionalMiddleware;
export function protect<Claims>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Requirement | ProtectOptions>
): ProtectMiddleware | OptionalMiddleware {
  return createMiddleware(guard, need, (request: Request, auth) => {
    request.auth = auth as RegisteredAuth;
  }) as RequestHandler;
}
