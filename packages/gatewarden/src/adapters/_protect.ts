// What all adapters share: what a route may say that it needs, and the check that follows from it.
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
  toOpenApiSecurity,
} from "../index.js";

export { type CheckedNeed, type NeedOptions, readNeed };

/** The need as the last argument: it may be left out, but a variable that turned out undefined is refused. */
export type NeedArgument<Wanted> = LastArgument<Wanted>;

/** What a handler gets: `Auth`, or also undefined where the need may be optional. */
export type AuthFor<Claims, Wanted> = "optional" extends KeysOf<Wanted> ? Auth<Claims> | undefined : Auth<Claims>;
type KeysOf<Wanted> = Wanted extends unknown ? keyof Wanted : never;

/** The check of one route. Undefined is an anonymous request that was let in. */
export type NeedCheck<Claims> = (request: GuardRequest) => Awaitable<Outcome<Claims>>;

/**
 * Reads the need once, when the route is added. `own` names the members that the adapter reads itself. Throws `ConfigError` for anything
 * that is not a need: it would protect nothing.
 */
export function createNeedCheck<Claims>(
  guard: Guard<Claims>,
  needs: readonly unknown[],
  own: readonly string[] = [],
): NeedCheck<Claims> {
  return createCheckOf(guard, readNeed(needs, own));
}

/** The check of a need that was read already. Throws `ConfigError` for a guard that is none. */
export function createCheckOf<Claims>(guard: Guard<Claims>, need: CheckedNeed): NeedCheck<Claims> {
  if (typeof guard?.attempt !== "function") throw new ConfigError(noGuard);
  const wanted = toNeedArgument(need);
  if (wanted.length === 0) return (request) => guard.attempt(request);
  const [argument] = wanted;
  return (request) => guard.attempt(request, argument);
}

/** Throws `ConfigError` where a handler belongs and something else was passed, such as a second requirement. */
export function requireHandler(handler: unknown): void {
  if (typeof handler === "function") return;
  const example = "protect(guard, all(first, second), handler)";
  throw new ConfigError({ option: "The handler, the last argument,", problem: "must be a function", example });
}

/** The need as OpenAPI security: optional is one more alternative, without any scheme. */
export function toSecurity({ optional, requirement }: CheckedNeed, schemeName: string): OpenApiSecurity {
  return [...(optional ? [{}] : []), ...toOpenApiSecurity(requirement, schemeName)];
}

const noGuard = {
  option: "guard",
  problem: "is not a guard",
  example: "protect(createGuard({ issuer, audience }))",
};
