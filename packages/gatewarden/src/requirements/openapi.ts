// A requirement as OpenAPI security: the document describes the check (OpenAPI 3.1 §4.8.30).
import type { Requirement } from "./requirement.js";
import { requireCount } from "./validate.js";

/** Alternatives: each names a scheme with the scopes that it requires. */
export type OpenApiSecurity = readonly Readonly<Record<string, readonly string[]>>[];

/**
 * The `security` of an operation with this requirement: one entry per alternative, scopes and
 * permissions listed under the name of the security scheme. Undefined means a valid token and
 * nothing else. What OpenAPI cannot express (roles, claims, details, step-ups, `not`) is omitted,
 * but still checked.
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

/** How clients get a token from the issuer, as an OpenAPI security scheme (OpenAPI 3.1 §4.8.27). */
export type OpenApiSecurityScheme =
  | { readonly type: "openIdConnect"; readonly openIdConnectUrl: string }
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

/**
 * The entry for `components.securitySchemes` that `toOpenApiSecurity` refers to by name: discovery
 * from the guard's first issuer, or the given flow for tools such as Swagger UI that support only
 * that.
 */
export function toOpenApiSecurityScheme(
  guard: { readonly issuers: readonly string[] },
  flow?: AuthorizationCodeFlow,
): OpenApiSecurityScheme {
  if (flow) return { type: "oauth2", flows: { authorizationCode: flow } };
  // OpenID Connect Discovery §4: the path is appended to the issuer without its trailing slash.
  const issuer = (guard.issuers[0] ?? "").replace(/\/$/, "");
  return { type: "openIdConnect", openIdConnectUrl: `${issuer}/.well-known/openid-configuration` };
}

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
