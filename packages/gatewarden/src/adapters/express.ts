// Express 4 and 5: `protect(guard, requirement?)` is a middleware; its result is `req.auth`. Some
// libraries also declare `req.auth` (express-oauth2-jwt-bearer, the MCP SDK's bearer middleware).
// Two declarations conflict; `gatewarden/connect` adds none.
// biome-ignore-all lint/suspicious/noExplicitAny: Express's own declarations, merged here, use it.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { ParamsDictionary, Query } from "express-serve-static-core";
import type { Endpoint } from "../endpoint/endpoint.js";
import type { Auth, AuthError, Guard, Requirement } from "../index.js";
import { createMiddleware } from "./_middleware.js";
import { type NeedArgument, type NeedOptions, requireDefaults } from "./_protect.js";
import { serveNode } from "./_serve-node.js";

/** What a route needs, and how it answers when it is refused. */
export interface ProtectOptions extends NeedOptions {
  /**
   * Answers a refused request instead of the JSON answer. Status and challenge are already set. To
   * use the application's own error handler, which finds `error.status`:
   * `onRefusal: (error, request, response, next) => next(error)`.
   */
  readonly onRefusal?: (error: AuthError, request: Request, response: Response, next: NextFunction) => void;
}

/**
 * Declares the application's guard to TypeScript, so that `request.auth.claims` has the type of its
 * schema: `declare module "gatewarden/express" { interface Register { guard: typeof guard } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications augment it.
export interface Register {}

/** `Auth` with the claims of the registered guard. */
export type RegisteredAuth = Register extends { guard: Guard<infer Claims> } ? Auth<Claims> : Auth;

declare const anonymous: unique symbol;

/**
 * Marks a route that may be called without a token, in the type of `response.locals`. The member
 * exists only in types.
 */
export interface OptionalLocals {
  readonly [anonymous]?: true;
}

/** `request.auth` of a handler behind `protect`. After `{ optional: true }` it may be undefined. */
type AuthOf<Locals> = typeof anonymous extends keyof Locals ? RegisteredAuth | undefined : RegisteredAuth;

declare global {
  namespace Express {
    interface Request {
      /**
       * Facts from the verified token. Undefined if no `protect` ran, or if `optional` admitted an
       * anonymous request.
       */
      auth?: RegisteredAuth | undefined;
    }
  }
}

declare module "express-serve-static-core" {
  // The parameters repeat those of Express's own declaration, with which this one merges.
  interface Request<
    P = ParamsDictionary,
    ResBody = any,
    ReqBody = any,
    ReqQuery = Query,
    LocalsObj extends Record<string, any> = Record<string, any>,
  > {
    /**
     * Facts from the verified token. Undefined before `protect`, or if `optional` admitted an
     * anonymous request.
     */
    auth: AuthOf<LocalsObj>;
  }
}

/**
 * A middleware for any route. It does not type parameters and bodies, so that handlers
 * (`RequestHandler<Params>`) or Express (by the path) can.
 */
export type ProtectMiddleware = (request: IncomingMessage, response: ServerResponse, next: NextFunction) => void;

/** A middleware after which handlers see that `request.auth` may be undefined. */
export type OptionalMiddleware = RequestHandler<
  ParamsDictionary,
  any,
  any,
  Query,
  Record<string, any> & OptionalLocals
>;

/**
 * A middleware that passes only requests with a valid token:
 * `app.get("/admin", protect(guard, permission("read:admin")), handler)`. Put it before body
 * parsers. Refused requests are answered with status, challenge and JSON, since Express itself
 * would answer an error with HTML; `onRefusal` changes that. A CORS preflight that nothing answered
 * before is answered 204: no handler runs for it.
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
  return createMiddleware({ guard, need, keep }) as RequestHandler;
}

/** `protect` of one guard, with an `onRefusal` for all routes. */
export interface GuardProtect {
  (...need: NeedArgument<Requirement | (ProtectOptions & { readonly optional?: never })>): ProtectMiddleware;
  (...need: NeedArgument<Requirement | ProtectOptions>): OptionalMiddleware;
}

/**
 * `protect` without its first argument, and with the answer to refused requests set once:
 * `createProtect(guard, { onRefusal: (error, request, response, next) => next(error) })`, then
 * `app.get("/admin", protect(permission("read:admin")), handler)`. A route's own `onRefusal`
 * wins.
 */
export function createProtect<Claims>(
  guard: Guard<Claims>,
  ...defaults: readonly [defaults?: Pick<ProtectOptions, "onRefusal">]
): GuardProtect {
  const onRefusal = requireDefaults(guard, defaults);
  return (...need: NeedArgument<Requirement | ProtectOptions>) =>
    createMiddleware({ guard, need, keep, onRefusal }) as ProtectMiddleware & OptionalMiddleware;
}

function keep(request: Request, auth: Auth<unknown> | undefined): void {
  request.auth = auth as RegisteredAuth;
}

/**
 * Serves an endpoint of `gatewarden/logout` or `gatewarden/signals`:
 * `app.post("/backchannel-logout", serveEndpoint(logout))`. Put it before every `protect`: the
 * endpoint itself checks what its caller sends.
 */
export function serveEndpoint(endpoint: Endpoint): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => serveNode(endpoint, request, response);
}
