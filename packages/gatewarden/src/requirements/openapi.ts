// A requirement as OpenAPI security: the document describes the check (OpenAPI 3.1 §4.8.30).
import type { Requirement } from "./requirement.js";
import { requireCount } from "./validate.js";

/** Alternatives: each names a scheme with the scopes that it requires. */
export type OpenApiSecurity = readonly Readonly<Record<string, readonly string[]>>[];

/**
 * The `security` of an operation with this requirement: one entry per alternative, scopes and
 * permissions listed under the name of the security scheme. Undefined means a valid token and
 * nothing else. What OpenAPI cannot express (roles, claims, actors, details, checks, step-ups,
 * `not`) is omitted, but still checked; `toOpenApiChecks` lists the names of checks.
 */
export function toOpenApiSecurity(
  ...given: readonly [requirement: Requirement | undefined, schemeName: string]
): OpenApiSecurity {
  requireCount("toOpenApiSecurity", given, 2);
  const [requirement, schemeName] = given;
  const alternatives = requirement === undefined ? [[]] : toAlternatives(requirement);
  const distinct = new Map(alternatives.map((names) => [JSON.stringify(names), names]));
  return [...distinct.values()].map((names) => ({ [schemeName]: names }));
}

/**
 * The names of every `check` in a requirement, once each, for the operation's description or for an
 * extension such as `x-gatewarden-checks`. Those within `not` are listed as `not: <name>`.
 */
export function toOpenApiChecks(...given: readonly [requirement: Requirement | undefined]): readonly string[] {
  requireCount("toOpenApiChecks", given, 1);
  const [requirement] = given;
  return requirement === undefined ? [] : [...new Set(listCheckNames(requirement, false))];
}

function listCheckNames(requirement: Requirement, isNegated: boolean): readonly string[] {
  switch (requirement.type) {
    case "check":
      return [isNegated ? `not: ${requirement.name}` : requirement.name];
    case "all":
    case "any":
      return requirement.of.flatMap((part) => listCheckNames(part, isNegated));
    case "not":
      return listCheckNames(requirement.of, !isNegated);
    default:
      return [];
  }
}

/** How clients get a token from the issuer, as an OpenAPI security scheme (OpenAPI 3.1 §4.8.27). */
export type OpenApiSecurityScheme =
  | { readonly type: "openIdConnect"; readonly openIdConnectUrl: string }
  | { readonly type: "http"; readonly scheme: "bearer"; readonly bearerFormat: "JWT" }
  | { readonly type: "oauth2"; readonly flows: { readonly authorizationCode: AuthorizationCodeFlow } };

/**
 * Endpoints with which a documentation page logs in by itself, and the scopes that it offers with
 * their descriptions.
 */
export interface AuthorizationCodeFlow {
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly scopes: Readonly<Record<string, string>>;
}

/** Where clients find the issuer's metadata, if not at the place that its name says. */
export interface OpenIdConnectPlace {
  readonly openIdConnectUrl: string;
}

/**
 * The entry for `components.securitySchemes` that `toOpenApiSecurity` refers to by name: discovery
 * from the guard's first issuer, or from the given place; or the given flow for tools such as
 * Swagger UI that log in with that only. Where no issuer is listed, or its name is no address of
 * metadata (`urn:…`, AD FS), the scheme is a bearer token and nothing more.
 */
export function toOpenApiSecurityScheme(
  guard: { readonly issuers: readonly string[] },
  from?: AuthorizationCodeFlow | OpenIdConnectPlace,
): OpenApiSecurityScheme {
  if (from && "openIdConnectUrl" in from) {
    return { type: "openIdConnect", openIdConnectUrl: from.openIdConnectUrl };
  }
  if (from) return { type: "oauth2", flows: { authorizationCode: from } };
  const [issuer = ""] = guard.issuers;
  if (!isAddress.test(issuer)) return { type: "http", scheme: "bearer", bearerFormat: "JWT" };
  // OpenID Connect Discovery §4: the path is appended to the issuer, less a slash at its end.
  const openIdConnectUrl = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  return { type: "openIdConnect", openIdConnectUrl };
}

/**
 * Metadata are at https, or on this machine. AD FS writes http for a name (OIDC Discovery §4.3).
 */
const isAddress = /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$))/;

const maxAlternatives = 16;

/**
 * Each alternative is a sorted list of names. Parts of `all` are multiplied out, up to a readable
 * number.
 */
function toAlternatives(requirement: Requirement): readonly (readonly string[])[] {
  switch (requirement.type) {
    case "permission":
    case "scope":
      return [[...requirement.names].sort()];
    case "any":
      return requirement.of.flatMap(toAlternatives).slice(0, maxAlternatives);
    case "all":
      return requirement.of.map(toAlternatives).reduce(combine, [[]]);
    default:
      return [[]];
  }
}

function combine(left: readonly (readonly string[])[], right: readonly (readonly string[])[]): string[][] {
  const pairs = left.flatMap((one) => right.map((other) => [...new Set([...one, ...other])].sort()));
  return pairs.slice(0, maxAlternatives);
}
