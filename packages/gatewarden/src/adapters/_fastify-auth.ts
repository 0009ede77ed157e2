// Fastify: the values of the route option `auth`.
import type { Requirement } from "../index.js";

/**
 * A route that may be called without a token: `request.auth` is then undefined. An invalid token is
 * still refused.
 */
export interface OptionalAuth {
  readonly optional: true;
  /** What a token must grant if the request has one. */
  readonly requirement?: Requirement;
}

/** What a route needs: a valid token, a requirement, an optional token, or nothing. */
export type RouteAuth = boolean | Requirement | OptionalAuth;
