// A requirement as OpenAPI security: the document says what the check does (OpenAPI 3.1 §4.8.30).
import type { Requirement } from "./requirement.js";
import { requireCount } from "./validate.js";

/** Alternatives of schemes with the scopes that each demands. */
export type OpenApiSecurity = readonly Readonly<Record<string, readonly string[]>>[];

/**
 * The `security` of an operation that needs the requirement: one entry per alternative, scopes and permissions listed under the name
 * of the security scheme. Undefined is a valid token and nothing else. What OpenAPI has no word for (roles, claims, details, step-ups, `not`) is left out; the check still makes it.
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

/** Where a documentation page logs in by itself, and the scopes that it offers with their descriptions. */
export interface AuthorizationCodeFlow {
  readonly authorizationUrl: string;
  readonly tokenUrl: string;
  readonly scopes: Readonly<Record<string, string>>;
}

/**
 * The entry for `components.securitySchemes` that `toOpenApiSecurity` refers to by name: discovery from the guard's first issuer, or the
 * given flow for tools such as Swagger UI that log in with that only.
 */
export function toOpenApiSecurityScheme(
  guard: { readonly issuers: readonly string[] },
  flow?: AuthorizationCodeFlow,
): OpenApiSecurityScheme {
  if (flow) return { type: "oauth2", flows: { authorizationCode: flow } };
  // OpenID Connect Discovery §4: the path is appended to the issuer, less a slash at its end.
  const issuer = (guard.issuers[0] ?? "").replace(/\/$/, "");
  return { type: "openIdConnect", openIdConnectUrl: `${issuer}/.well-known/openid-configuration` };
}

const maxAlternatives = 16;

/** Each alternative is a sorted list of names; parts of `all` are multiplied out, as far as a reader could still follow. */
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
