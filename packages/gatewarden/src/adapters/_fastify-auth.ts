// Fastify: what a route may say in its option `auth`.
import type { Requirement } from "../index.js";

/** A route that may be called without a token: `request.auth` is undefined then. An invalid token is refused all the same. */
export interface OptionalAuth {
  readonly optional: true;
  /** What a token, if there is one, must grant. */
  readonly requirement?: Requirement;
}

/** What a route needs: a valid token, a requirement, a token if there is one, or nothing. */
export type RouteAuth = boolean | Requirement | OptionalAuth;
