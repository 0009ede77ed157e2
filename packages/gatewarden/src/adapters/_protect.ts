// What all adapters share: the needs that a route may have, and the check made from them.
import {
  type Auth,
  type Awaitable,
  type CheckedNeed,
  ConfigError,
  type Guard,
  type GuardRequest,
  type LastArgument,
  type NeedOptions,
  type OpenApiSecurity,
  type Outcome,
  readNeed,
  toNeedArgument,
  toOpenApiChecks,
  toOpenApiSecurity,
} from "../index.js";

export { type CheckedNeed, type NeedOptions, readNeed };

/** The need as the last argument. It may be omitted, but an explicit undefined is refused. */
export type NeedArgument<Wanted> = LastArgument<Wanted>;

/** What a handler receives: `Auth`, or possibly undefined if the need may be optional. */
export type AuthFor<Claims, Wanted> = "optional" extends KeysOf<Wanted> ? Auth<Claims> | undefined : Auth<Claims>;
type KeysOf<Wanted> = Wanted extends unknown ? keyof Wanted : never;

/** The check of one route. Undefined is an admitted anonymous request. */
export type NeedCheck<Claims> = (request: GuardRequest) => Awaitable<Outcome<Claims>>;

/**
 * Reads the need once, when the route is added. `own` names the members that the adapter reads
 * itself. Throws `ConfigError` for anything that is not a need, since it would protect nothing.
 */
export function createNeedCheck<Claims>(
  guard: Guard<Claims>,
  needs: readonly unknown[],
  own: readonly string[] = [],
): NeedCheck<Claims> {
  return createCheckOf(guard, readNeed(needs, own));
}

/**
 * Creates the check of a need that was already read. Throws `ConfigError` if `guard` is not a
 * guard.
 */
export function createCheckOf<Claims>(guard: Guard<Claims>, need: CheckedNeed): NeedCheck<Claims> {
  if (typeof guard?.attempt !== "function") throw new ConfigError(noGuard);
  const wanted = toNeedArgument(need);
  if (wanted.length === 0) return (request) => guard.attempt(request);
  const [argument] = wanted;
  return (request) => guard.attempt(request, argument);
}

/**
 * Throws `ConfigError` if the handler is missing and something else was passed, such as a second
 * requirement.
 */
export function requireHandler(handler: unknown): void {
  if (typeof handler === "function") return;
  const example = "protect(guard, all(first, second), handler)";
  throw new ConfigError({ option: "The handler, the last argument,", problem: "must be a function", example });
}

/** The need as OpenAPI security. Optional adds an alternative without any scheme. */
export function toSecurity({ optional, requirement }: CheckedNeed, schemeName: string): OpenApiSecurity {
  return [...(optional ? [{}] : []), ...toOpenApiSecurity(requirement, schemeName)];
}

/** The member of an OpenAPI operation that lists the names of checks (OpenAPI 3.1 §4.9). */
export const checksExtension = "x-gatewarden-checks";

/** The names of the need's checks as that member; nothing where there are none. */
export function toChecksExtension({ requirement }: CheckedNeed): { readonly [checksExtension]?: readonly string[] } {
  const names = toOpenApiChecks(requirement);
  return names.length === 0 ? {} : { [checksExtension]: names };
}

const noGuard = {
  option: "guard",
  problem: "is not a guard",
  example: "protect(createGuard({ issuer, audience }))",
};
