// Names that other libraries give to our options: compilers and messages point to ours. One table
// for both.

import type { Misnamed } from "../platform/misnamed.js";

// Each is marked as deprecated, so that editors strike it out in their lists.
/** Name in another library → option of a guard or of one issuer here, or what stands at a route. */
const guardNames = {
  /** @deprecated */
  issuerBaseURL: "issuer",
  /** @deprecated */
  issuerBaseUrl: "issuer",
  /** @deprecated */
  issuerUrl: "issuer",
  /** @deprecated */
  issuerURL: "issuer",
  /** @deprecated */
  domain: "issuer",
  /** @deprecated */
  issuers: "issuer",
  /** @deprecated */
  iss: "issuer",
  /** @deprecated */
  audiences: "audience",
  /** @deprecated */
  aud: "audience",
  /** @deprecated */
  clientID: "clientId",
  /** @deprecated */
  tokenSigningAlg: "algorithms",
  /** @deprecated */
  algorithm: "algorithms",
  /** @deprecated */
  alg: "algorithms",
  /** @deprecated */
  algs: "algorithms",
  /** @deprecated */
  clockSkew: "clockTolerance",
  /** @deprecated */
  clockToleranceSec: "clockTolerance",
  /** @deprecated */
  leeway: "clockTolerance",
  /** @deprecated */
  maxAge: "maxTokenAge",
  /** @deprecated */
  jwksUri: "keys.jwksUri",
  /** @deprecated */
  jwksURI: "keys.jwksUri",
  /** @deprecated */
  jwksUrl: "keys.jwksUri",
  /** @deprecated */
  jwks_uri: "keys.jwksUri",
  /** @deprecated */
  jwks: "keys.jwks",
  /** @deprecated */
  publicKey: "keys.publicKey",
  /** @deprecated */
  secret: "keys.secret",
  /** @deprecated */
  secretOrKey: "keys.secret",
  /** @deprecated */
  cacheMaxAge: "keys.maxAge",
  /** @deprecated */
  timeoutDuration: "keys.timeout",
  /** @deprecated */
  strict: "tokenType",
  /** @deprecated */
  schema: "claims",
  /** @deprecated */
  getCertificate: "mtls.certificate",
  /** @deprecated */
  authRequired: "protect(guard, { optional: true })",
  /** @deprecated */
  credentialsRequired: "protect(guard, { optional: true })",
  /** @deprecated */
  requiredScopes: "protect(guard, scope(…))",
  /** @deprecated */
  scopes: "protect(guard, scope(…))",
  /** @deprecated */
  scope: "protect(guard, scope(…))",
  /** @deprecated */
  requiredPermissions: "protect(guard, permission(…))",
  /** @deprecated */
  permissions: "protect(guard, permission(…))",
  /** @deprecated */
  roles: "protect(guard, role(…))",
} as const;

const dpopNames = {
  /** @deprecated */
  enabled: "dpop.mode",
  /** @deprecated */
  required: "dpop.mode",
  /** @deprecated */
  iatOffset: "dpop.maxAge",
  /** @deprecated */
  iatLeeway: "clockTolerance",
} as const;

const mtlsNames = {
  /** @deprecated */
  enabled: "mtls.mode",
  /** @deprecated */
  required: "mtls.mode",
} as const;

/** Options of a guard or of one issuer that have another name here. */
export type MisnamedOptions = Misnamed<typeof guardNames>;

/** Options of `dpop` that have another name here. */
export type MisnamedDpop = Misnamed<typeof dpopNames>;

/** Options of `mtls` that have another name here. */
export type MisnamedMtls = Misnamed<typeof mtlsNames>;

/** The path of the option with the same meaning here, or how a route says it. */
export function readForeignName(name: string, owner: string): string | undefined {
  const names: Readonly<Record<string, string>> =
    owner === "dpop" ? dpopNames : owner === "mtls" ? mtlsNames : guardNames;
  return Object.hasOwn(names, name) ? names[name] : undefined;
}
