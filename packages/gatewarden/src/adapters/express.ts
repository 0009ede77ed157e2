// Express 4 and 5: `protect(guard, requirement?)` is a middleware; what it found is `req.auth`. Beside a library that declares a `req.auth` too
// (express-oauth2-jwt-bearer, the MCP SDK's bearer middleware), two declarations cannot both hold: `gatewarden/connect` makes none.
import type { NextFunction, Request, RequestHandler, Response } from "express";
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

declare global {
  namespace Express {
    interface Request {
      /** Facts from the verified token. Undefined before `protect`, where `optional` let an anonymous request pass. */
      auth: RegisteredAuth;
    }
  }
}

/**
 * A middleware that lets only requests with a valid token pass: `app.get("/admin", protect(guard, permission("read:admin")), handler)`.
 * Put it before what parses bodies. Refused requests are answered with status, challenge and JSON, since Express itself would answer an
 * error with HTML; `onRefusal` changes that. A CORS preflight that
 * nothing before has answered is answered 204: no handler runs for it.
 */
export function protect<Claims>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Requirement | ProtectOptions>
): RequestHandler {
  return createMiddleware(guard, need, (request: Request, auth) => {
    request.auth = auth as RegisteredAuth;
  });
}
