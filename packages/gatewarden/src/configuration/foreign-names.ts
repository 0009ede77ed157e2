// Names that other libraries give to our options, so that messages can point to ours.

/** Name in another library → option path here. */
const foreignNames: ReadonlyMap<string, string> = new Map([
  ...["issuerBaseURL", "issuerBaseUrl", "domain", "issuers", "iss"].map((name) => [name, "issuer"] as const),
  ...["audiences", "aud"].map((name) => [name, "audience"] as const),
  ...["tokenSigningAlg", "alg"].map((name) => [name, "algorithms"] as const),
  ...["clockSkew", "clockToleranceSec"].map((name) => [name, "clockTolerance"] as const),
  ...["jwksUri", "jwksUrl", "jwks_uri"].map((name) => [name, "keys.jwksUri"] as const),
  ...["secret", "secretOrKey"].map((name) => [name, "keys.secret"] as const),
  ...["jwks", "publicKey"].map((name) => [name, `keys.${name}`] as const),
  ["cacheMaxAge", "keys.maxAge"],
  ["timeoutDuration", "keys.timeout"],
  ["strict", "tokenType"],
]);

/** The path of the option with the same meaning here. */
export function readForeignName(name: string): string | undefined {
  return foreignNames.get(name);
}
