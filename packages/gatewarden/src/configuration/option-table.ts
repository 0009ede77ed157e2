// Every option, one row each: kind, range, default, environment names and an example. Checks,
// messages, `defaults` and the table in `docs/options.md` read it. The TypeScript interfaces in
// `options.ts` describe the options in prose.
import { ConfigError } from "../errors.js";
import { isObject } from "../token/json.js";

/** One option. */
export interface OptionRow {
  /** What the value must be, as a clause that follows the name: `must be a function`. */
  readonly must: string;
  /** Whether a value has that kind; left out where another function checks it. */
  readonly isRight?: (value: unknown) => boolean;
  /** Minimum and maximum of a number. */
  readonly range?: readonly [least: number, most: number];
  /** The default. */
  readonly fallback?: string | number | boolean;
  /** Environment variables that provide it where it is left out. */
  readonly environment?: readonly string[];
  /** A valid value, as written in code. */
  readonly example: string;
  /** Whether each issuer may have its own. */
  readonly isPerIssuer?: true;
}

const isFunction = (value: unknown) => typeof value === "function";
const isText = (value: unknown) => typeof value === "string";
const isSwitch = (value: unknown) => typeof value === "boolean";
const aFunction = { must: "must be a function", isRight: isFunction };
const aSwitch = { must: "must be true or false", isRight: isSwitch };
const anObject = { must: "must be an object", isRight: isObject };
const ownReader = (must: string) => ({ must: `must be ${must}` });
const aNameList = ownReader("a list of names without blanks");
const aPage = ownReader("the URL of a web page (RFC 9728 §2)");
const aMode = { ...ownReader('"allowed", "required" or "off"'), fallback: "off", example: '"allowed"' };
const aClaim = ownReader("the name of a claim, or the way to it");
/** One of several words; the first is the default. */
const oneWordOf = (...words: readonly [string, ...string[]]) => ({
  must: `must be ${words.slice(0, -1).map(quoted).join(", ")} or ${quoted(words.at(-1))}`,
  isRight: (value: unknown) => words.some((word) => word === value),
  fallback: words[0],
});
const quoted = (word = "") => `"${word}"`;
const number = (least: number, most: number, fallback: number) => ({
  must: `must be a number from ${least} to ${most}`,
  range: [least, most] as const,
  fallback,
});
const perIssuer = { isPerIssuer: true } as const;
const seconds = "must be a number of seconds";
const aYear = 31_536_000;

/** By path: `keys.maxAge` is the member `maxAge` of the option `keys`. */
export const optionTable: Readonly<Record<string, OptionRow>> = {
  issuer: {
    ...ownReader("an issuer, a list of them, or a look-up"),
    environment: ["AUTH0_DOMAIN", "ISSUER_BASE_URL", "ISSUER"],
    example: '"https://acme.eu.auth0.com/"',
    ...perIssuer,
  },
  audience: {
    ...ownReader("text or a list of text, or false beside `clientId`"),
    environment: ["AUTH0_AUDIENCE", "AUDIENCE"],
    example: '"https://api.acme.com"',
    ...perIssuer,
  },
  clientId: { ...ownReader("text or a list of text"), example: '"1example23456789"', ...perIssuer },
  algorithms: {
    ...ownReader("a list of signature algorithms"),
    environment: ["TOKEN_SIGNING_ALG"],
    example: '["RS256"]',
    ...perIssuer,
  },
  clockTolerance: { ...number(0, 300, 5), example: "10", ...perIssuer },
  maxTokenAge: { must: `${seconds} from 1 to ${aYear}`, range: [1, aYear], example: "3600", ...perIssuer },
  keys: { ...anObject, example: '{ jwksUri: "https://acme.eu.auth0.com/.well-known/jwks.json" }', ...perIssuer },
  discoveryUrl: {
    ...ownReader("an https URL"),
    example: '"https://idp.internal/.well-known/openid-configuration"',
    ...perIssuer,
  },
  allowedHosts: { ...ownReader("a list of hosts"), example: '["acme.eu.auth0.com"]', ...perIssuer },
  insecureHttpHosts: { ...ownReader("a list of hosts with their ports"), example: '["keycloak:8080"]', ...perIssuer },
  tokenType: { ...ownReader('"any" or "at+jwt"'), fallback: "any", example: '"at+jwt"', ...perIssuer },
  allowIdTokens: { ...aSwitch, fallback: false, example: "true", ...perIssuer },
  claims: {
    must: "must be a Standard Schema",
    isRight: isStandardSchema,
    example: "z.looseObject({})",
    ...perIssuer,
  },
  claimNames: { ...anObject, example: '{ scope: "scp" }', ...perIssuer },
  claimFormats: { ...anObject, example: '{ roles: "text" }', ...perIssuer },
  scopeAsList: { ...aSwitch, fallback: false, example: "true", ...perIssuer },
  fetch: { ...aFunction, example: "globalThis.fetch" },
  introspection: { ...ownReader("a function or an object"), example: "createIntrospectionClient({ … })" },
  revocation: { ...ownReader("an object with the method isRevoked"), example: "createRevocationList()" },
  exchange: {
    must: "must be an object with the methods exchange and forget",
    isRight: (value) => isObject(value) && isFunction(value["exchange"]) && isFunction(value["forget"]),
    example: "createTokenExchange({ … })",
  },
  dpop: { ...anObject, example: '{ mode: "allowed" }' },
  mtls: { ...anObject, example: '{ mode: "allowed" }' },
  trustProxy: { ...ownReader("true, false or an object"), fallback: false, example: '{ addresses: ["10.0.0.0/8"] }' },
  tokenFrom: {
    ...ownReader("a header, or a cookie with origins"),
    example: '{ cookie: "__Host-session", origins: ["https://app.example.com"] }',
  },
  cache: { ...ownReader("false or bounds"), example: "{ maxEntries: 25_000 }" },
  maxTokenSize: { ...number(256, 65_536, 16_384), example: "32_768" },
  realm: { must: "must be text", isRight: isText, fallback: "api", example: '"api"' },
  resource: { ...ownReader("an https URL or an object"), example: '"https://api.acme.com"' },
  explain: { ...ownReader('"development"'), example: '"development"' },
  onDecision: { ...aFunction, example: "(decision) => count(decision.outcome)" },
  now: { ...aFunction, example: "() => Date.now() / 1000" },
  env: { ...anObject, example: "process.env" },

  "issuer.resolve": { ...aFunction, example: "(iss) => tenants.get(iss)" },
  "issuer.tenant": { ...aFunction, example: "(request) => request.headers.host" },
  "issuer.maxIssuers": { ...number(1, 1_000_000, 1000), example: "10_000" },
  "issuer.maxAge": { ...number(1, 86_400, 600), must: `${seconds} from 1 to 86400`, example: "600" },
  "issuer.timeout": { ...number(0.1, 60, 5), must: `${seconds} from 0.1 to 60`, example: "2" },
  "issuer.allowPrivateNetwork": { ...aSwitch, fallback: false, example: "true" },

  "keys.jwksUri": {
    ...ownReader("an https URL"),
    environment: ["JWKS_URI"],
    example: '"https://acme.eu.auth0.com/.well-known/jwks.json"',
  },
  "keys.jwks": { ...ownReader("a JWK Set"), example: "{ keys: [{ kty, n, e, kid }] }" },
  "keys.publicKey": {
    ...ownReader("PEM text, a JWK or a public KeyObject"),
    example: '"-----BEGIN PUBLIC KEY-----…"',
  },
  "keys.secret": {
    ...ownReader("text or bytes, as long as the hash, or up to four such"),
    environment: ["SECRET"],
    example: "process.env.SECRET",
  },
  "keys.maxAge": { ...number(15, 86_400, 600), example: "600" },
  "keys.staleIfError": { ...number(0, 604_800, 86_400), example: "3600" },
  "keys.timeout": { ...number(0.1, 60, 5), example: "2" },
  "keys.rsaAlgorithm": { ...ownReader("an RSA algorithm"), example: '"RS256"' },

  "claimNames.scope": { ...aClaim, fallback: "scope", example: '"scp"' },
  "claimNames.permissions": { ...aClaim, fallback: "permissions", example: '"https://acme.com/permissions"' },
  "claimNames.roles": { ...aClaim, fallback: "roles", example: '["realm_access", "roles"]' },
  "claimNames.organization": { ...aClaim, fallback: "org_id", example: '"tenant"' },

  "claimFormats.scope": { ...oneWordOf("blanks", "list", "commas"), example: '"list"' },
  "claimFormats.permissions": { ...oneWordOf("list", "text", "keys"), example: '"text"' },
  "claimFormats.roles": { ...oneWordOf("list", "text", "keys"), example: '"keys"' },

  "cache.maxEntries": { ...number(2, 10_000_000, 25_000), example: "100_000" },
  "cache.maxBytes": { ...number(16_384, 2 ** 34, 96 * 1024 * 1024), example: "64 * 1024 * 1024" },

  "dpop.mode": aMode,
  "dpop.replay": { ...ownReader("an object with the method add"), example: "createMemoryReplayStore()" },
  "dpop.nonce": { ...ownReader("true, false or an object"), fallback: false, example: "true" },
  "dpop.algorithms": { ...ownReader("a list of asymmetric algorithms"), example: '["ES256"]' },
  "dpop.maxAge": { ...number(1, 600, 60), example: "60" },
  "dpop.nonce.secret": {
    ...ownReader("at least 32 bytes, or an object with the method secretAt"),
    example: "process.env.DPOP_NONCE_SECRET",
  },
  "dpop.nonce.lifetime": { ...number(5, 3600, 300), example: "300" },

  "mtls.mode": aMode,
  "mtls.certificate": {
    must: "must be an object or a function",
    isRight: (value) => isObject(value) || isFunction(value),
    example: '{ format: "nginx", header: "x-client-cert" }',
  },
  "mtls.certificate.format": { ...ownReader('"nginx", "envoy" or "rfc9440"'), example: '"nginx"' },
  "mtls.certificate.header": { ...ownReader("the name of a header"), example: '"x-client-cert"' },

  "trustProxy.addresses": { ...ownReader("a list of addresses and ranges"), example: '["10.0.0.0/8"]' },
  "trustProxy.headers": { ...ownReader("a list of forwarding headers"), example: '["x-forwarded-proto"]' },

  "tokenFrom.header": { ...ownReader("the name of a header"), example: '"cf-access-jwt-assertion"' },
  "tokenFrom.cookie": { ...ownReader("the name of a cookie"), example: '"__Host-session"' },
  "tokenFrom.origins": { ...ownReader("a list of origins"), example: '["https://app.example.com"]' },

  "resource.url": { ...ownReader("an https URL"), example: '"https://api.acme.com/orders"' },
  "resource.name": { ...ownReader("text"), example: '"Acme orders"' },
  "resource.scopes": { ...aNameList, example: '["read:reports"]' },
  "resource.detailsTypes": { ...aNameList, example: '["payment_initiation"]' },
  "resource.documentation": { ...aPage, example: '"https://acme.com/docs"' },
  "resource.policy": { ...aPage, example: '"https://acme.com/policy"' },
  "resource.terms": { ...aPage, example: '"https://acme.com/terms"' },

  "introspection.introspect": { ...aFunction, example: "createIntrospectionClient({ … })" },
  "introspection.issuer": { ...ownReader("an issuer of this guard"), example: '"https://acme.eu.auth0.com/"' },
  "introspection.audienceClaim": {
    must: 'must be "required" or "optional"',
    isRight: (value) => value === "required" || value === "optional",
    fallback: "required",
    example: '"optional"',
  },
  "introspection.maxAge": { ...number(0, 3600, 60), example: "30" },
  "introspection.inactiveMaxAge": { ...number(0, 300, 10), example: "5" },
  "introspection.maxEntries": { ...number(1, 1_000_000, 10_000), example: "100_000" },
  "introspection.maxConcurrent": { ...number(1, 1000, 32), example: "64" },
  "introspection.timeout": { ...number(0.1, 60, 5), example: "2" },
  "introspection.store": {
    ...ownReader("an object with the methods load and save"),
    example: "createRedisIntrospectionStore(client)",
  },
};

/**
 * A number within its range, or its default. Throws `ConfigError`: a NaN or infinite tolerance
 * would disable the check.
 */
export function requireNumber(path: string, value: number | undefined): number {
  const { range: [least, most] = [0, 0], must = "" } = optionTable[path] ?? {};
  if (value === undefined) return numberOf(path);
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw toOptionError(path, `is ${typeof value === "object" && value ? "an object" : String(value)}; it ${must}`);
}

/** The default of a numeric option. */
export function numberOf(path: string): number {
  return Number(optionTable[path]?.fallback);
}

/** What is wrong with an option, with the example of its row. */
export function toOptionError(path: string, problem: string, options?: ErrorOptions): ConfigError {
  return new ConfigError({ option: path, problem, example: toOptionExample(path) }, options);
}

/**
 * As `toOptionError`, for a value that is not what its row says. Not for secrets: it is in the
 * message.
 */
export function toValueError(path: string, value: unknown): ConfigError {
  return toOptionError(path, `is ${show(value)}; it ${optionTable[path]?.must}`);
}

function show(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

/** The example as a line of options: `keys: { maxAge: 600 }`. */
export function toOptionExample(path: string): string {
  const names = path.split(".");
  const value = optionTable[path]?.example ?? "{ … }";
  return names.reduceRight(
    (inner, name, index) => (index === 0 ? `${name}: ${inner}` : `{ ${name}: ${inner} }`),
    value,
  );
}

/**
 * Some libraries' schemas are functions, so the property may be on any kind of value
 * (standardschema.dev).
 */
function isStandardSchema(value: unknown): boolean {
  const standard = (value as { "~standard"?: { validate?: unknown } } | null)?.["~standard"];
  return typeof standard?.validate === "function";
}
