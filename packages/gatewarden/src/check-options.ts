// Names and kinds of options. A misspelt option would be a check that never runs; a wrong kind would fail at the first request.
import { ConfigError, type ConfigProblem } from "./errors.js";
import { isObject } from "./token/json.js";

type Options = Readonly<Record<string, unknown>>;

const issuerNames = [
  ...["issuer", "audience", "algorithms", "keys", "discoveryUrl", "tokenType", "clockTolerance", "claims"],
  ...["claimNames", "scopeAsList", "allowedHosts"],
];
const guardNames = [
  ...issuerNames,
  "dpop",
  "mtls",
  "trustProxy",
  "fetch",
  "cache",
  "maxTokenSize",
  "realm",
  "resource",
  "onDecision",
  "now",
  "env",
  "introspection",
  "revocation",
  "explain",
];
const keysNames = ["jwksUri", "jwks", "publicKey", "secret", "maxAge", "staleIfError", "timeout", "rsaAlgorithm"];
const claimNamesNames = ["scope", "permissions", "roles", "organization"];

interface KnownNames {
  readonly known: readonly string[];
  readonly owner: string;
  readonly prefix?: string;
}

interface Kind extends ConfigProblem {
  readonly isRight: (value: unknown) => boolean;
}

const noFunction = { isRight: (value: unknown) => typeof value === "function", problem: "is no function" };
const noObject = { isRight: isObject, problem: "is no object" };

const guardKinds: readonly Kind[] = [
  { option: "fetch", ...noFunction, example: "fetch: globalThis.fetch" },
  { option: "now", ...noFunction, example: "now: () => Date.now() / 1000" },
  { option: "onDecision", ...noFunction, example: "onDecision: (decision) => count(decision.outcome)" },
  { option: "realm", isRight: (value) => typeof value === "string", problem: "is no text", example: 'realm: "api"' },
];

const termsKinds: readonly Kind[] = [
  {
    option: "claims",
    isRight: isStandardSchema,
    problem: "is no Standard Schema",
    example: "claims: z.looseObject({})",
  },
  { option: "keys", ...noObject, example: 'keys: { jwksUri: "https://acme.eu.auth0.com/.well-known/jwks.json" }' },
  { option: "claimNames", ...noObject, example: 'claimNames: { scope: "scp" }' },
  {
    option: "scopeAsList",
    isRight: (value) => typeof value === "boolean",
    problem: "is neither true nor false",
    example: "scopeAsList: true",
  },
];

/** Checks the options of `createGuard`. Throws `ConfigError`. */
export function checkGuardOptions(options: object): void {
  const given = options as Options;
  checkNames(given, { known: guardNames, owner: "createGuard" });
  checkTerms(given);
  checkCache(given["cache"]);
  for (const kind of guardKinds) checkKind(given, kind);
}

/** Checks the options of one issuer. Throws `ConfigError`. */
export function checkIssuerOptions(options: object): void {
  checkNames(options, { known: issuerNames, owner: "an issuer", prefix: "issuer." });
  checkTerms(options as Options);
}

const cacheNames = ["maxEntries", "maxBytes"];

function checkCache(cache: unknown): void {
  if (cache === undefined || cache === false) return;
  if (isObject(cache)) checkNames(cache, { known: cacheNames, owner: "cache", prefix: "cache." });
  else throw new ConfigError({ option: "cache", problem: "is neither false nor bounds", example: "cache: false" });
}

function checkTerms(terms: Options): void {
  for (const kind of termsKinds) checkKind(terms, kind);
  checkNames(terms["keys"] ?? {}, { known: keysNames, owner: "keys", prefix: "keys." });
  checkClaimNames((terms["claimNames"] ?? {}) as Options);
}

function checkClaimNames(names: Options): void {
  checkNames(names, { known: claimNamesNames, owner: "claimNames", prefix: "claimNames." });
  for (const [name, value] of Object.entries(names)) {
    const path: readonly unknown[] = name === "roles" && Array.isArray(value) ? value : [value];
    const isClaim = path.length > 0 && path.every((step) => typeof step === "string" && step !== "");
    if (isClaim) continue;
    throw new ConfigError({
      option: `claimNames.${name}`,
      problem: "is empty, or is not the name of a claim",
      example: 'claimNames: { permissions: "https://acme.com/permissions" }',
    });
  }
}

/** The values are left out of the message: one of them may be a secret. */
function checkNames(given: object, { known, owner, prefix = "" }: KnownNames): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ConfigError({
    option: prefix + unknown,
    problem: `is no option of ${owner}; there are ${known.join(", ")}`,
    example: 'issuer: "https://acme.eu.auth0.com/"',
  });
}

function checkKind(given: Options, { option, isRight, problem, example }: Kind): void {
  const value = given[option];
  if (value !== undefined && !isRight(value)) throw new ConfigError({ option, problem, example });
}

/** Some libraries' schemas are functions, so anything may carry the property (standardschema.dev). */
function isStandardSchema(value: unknown): boolean {
  const standard = (value as { "~standard"?: { validate?: unknown } } | null)?.["~standard"];
  return typeof standard?.validate === "function";
}
