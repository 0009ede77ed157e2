// hono-openapi: `protect` of gatewarden/hono that also documents what it checks.

import type { MiddlewareHandler } from "hono";
import { type DescribeRouteOptions, uniqueSymbol } from "hono-openapi";
import type { Guard, Requirement } from "../index.js";
import {
  type AuthFor,
  type NeedArgument,
  type NeedOptions,
  readNeed,
  toChecksExtension,
  toSecurity,
} from "./_protect.js";
import { type AuthEnv, protect as protectHono } from "./hono.js";

export type { AuthEnv, NeedOptions };

/** The middleware with its part of the OpenAPI operation. */
export type DescribedMiddleware<Found> = MiddlewareHandler<AuthEnv<Found>> & {
  readonly [uniqueSymbol]: { readonly spec: DescribeRouteOptions };
};

/**
 * As `protect` of `gatewarden/hono`. In the document of `hono-openapi`, the operation's `security`
 * states what the check requires, under the scheme named `oauth2`, and `x-gatewarden-checks` names
 * the checks in code. For single routes only: on a pattern such as `/api/*` it would be one more
 * alternative for each of them.
 */
export function protect<Claims, const Wanted extends Requirement | NeedOptions = Requirement>(
  guard: Guard<Claims>,
  ...need: NeedArgument<Wanted>
): DescribedMiddleware<AuthFor<Claims, Wanted>> {
  const checked = readNeed(need);
  const security = toSecurity(checked, "oauth2").map((one) =>
    Object.fromEntries(Object.entries(one).map(([name, scopes]) => [name, [...scopes]])),
  );
  return Object.assign(protectHono(guard, ...need), {
    [uniqueSymbol]: { spec: { security, ...toChecksExtension(checked) } },
  } as const);
}
