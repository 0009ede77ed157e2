// What all adapters share: what a route may say that it needs, and the check that follows from it.
import {
  type Auth,
  type Awaitable,
  ConfigError,
  checkRequirement,
  type Guard,
  type GuardRequest,
  type OpenApiSecurity,
  type Outcome,
  type Requirement,
  toOpenApiSecurity,
} from "../index.js";

/** What a route needs, when that is more than one requirement. */
export interface NeedOptions {
  /** The route may be called without a token: `auth` is undefined then. An invalid token is refused all the same. */
  readonly optional?: true;
  /** What a token, if there is one, must grant. */
  readonly requirement?: Requirement;
}

/** What a route needs beyond a valid token. */
export type Need = Requirement | NeedOptions;

/** The need as the last argument: it may be left out, but a variable that turned out undefined is refused. */
export type NeedArgument<Wanted> = readonly [] | readonly [need: Wanted];

/** What a handler gets: `Auth`, or also undefined where the need may be optional. */
export type AuthFor<Claims, Wanted> = "optional" extends KeysOf<Wanted> ? Auth<Claims> | undefined : Auth<Claims>;
type KeysOf<Wanted> = Wanted extends unknown ? keyof Wanted : never;

/** The check of one route. Undefined is an anonymous request that was let in. */
export type Check<Claims> = (request: GuardRequest) => Awaitable<Outcome<Claims>>;

/** Reads the need once, when the route is added. Throws `ConfigError` for what is none: it would protect nothing. */
export function createCheck<Claims>(guard: Guard<Claims>, needs: readonly unknown[]): Check<Claims> {
  if (typeof guard?.attempt !== "function") throw new ConfigError(noGuard);
  const { requirement, optional } = readNeed(needs);
  const options = { optional };
  return (request) => guard.attempt(request, requirement, options);
}

/** A need, taken apart and checked. */
export interface CheckedNeed {
  readonly requirement: Requirement | undefined;
  readonly optional: boolean;
}

/** Takes the need apart. Throws `ConfigError`. */
export function readNeed(needs: readonly unknown[]): CheckedNeed {
  if (needs.length === 0) return { requirement: undefined, optional: false };
  const [need] = needs as readonly (Need | undefined)[];
  if (!isOptions(need)) return { requirement: checkRequirement(need as Requirement), optional: false };
  return {
    requirement: Object.hasOwn(need, "requirement") ? checkRequirement(need.requirement as Requirement) : undefined,
    optional: need.optional === true,
  };
}

/** The need as OpenAPI security: optional is one more alternative, without any scheme. */
export function toSecurity({ optional, requirement }: CheckedNeed, schemeName: string): OpenApiSecurity {
  return [...(optional ? [{}] : []), ...toOpenApiSecurity(requirement, schemeName)];
}

const optionNames = ["optional", "requirement", "onRefusal", "session"];

/** Options hold known names only, at least one, and `optional` only as true: a misspelt option must not open a route. */
function isOptions(need: Need | undefined): need is NeedOptions {
  if (typeof need !== "object" || need === null || "type" in need) return false;
  const names = Object.keys(need);
  return (
    names.length > 0 &&
    names.every((name) => optionNames.includes(name)) &&
    (!Object.hasOwn(need, "optional") || need.optional === true)
  );
}

const noGuard = {
  option: "guard",
  problem: "is not a guard",
  example: "protect(createGuard({ issuer, audience }))",
};
