// What the environment defines for its issuer beyond the name: keys and algorithm, by the names
// that express-oauth2-jwt-bearer reads
// (https://auth0.github.io/node-oauth2-jwt-bearer/interfaces/AuthOptions.html). Read only where the
// issuer also comes from the environment. Options in code take precedence.
import { ConfigError } from "../errors.js";
import { checkPlace } from "../issuer/places.js";
import { type AlgorithmRecord, algorithms } from "../token/algorithms.js";
import { requireVariable, requireVariableText, toVariableError } from "./environment-variables.js";
import { requireHosts, requireHttpHosts } from "./hosts.js";
import type { KeysOptions } from "./keys-option-types.js";
import type { GuardOptions, IssuerOptions } from "./options.js";

type Environment = Readonly<Record<string, string | undefined>>;
type Terms = Pick<IssuerOptions, "keys" | "algorithms">;

/**
 * Keys from `JWKS_URI` or `SECRET`, and the algorithm from `TOKEN_SIGNING_ALG`. Throws
 * `ConfigError` for combinations that conflict.
 */
export function requireTermsFromEnvironment(env: Environment, options: GuardOptions): Terms {
  const algorithm = options.algorithms === undefined ? requireAlgorithm(env) : undefined;
  const keys = hasMaterial(options.keys) ? undefined : requireKeys(env, options, algorithm);
  return { ...(keys && { keys }), ...(algorithm && { algorithms: [algorithm.name as "RS256"] }) };
}

/** Whether key material is configured, and not only times for it. */
function hasMaterial(keys: object = {}): boolean {
  return ["jwksUri", "jwks", "publicKey", "secret"].some((name) => name in keys);
}

function requireAlgorithm(env: Environment): AlgorithmRecord | undefined {
  const option = "TOKEN_SIGNING_ALG";
  const name = requireVariable(env, option);
  if (name === undefined) return undefined;
  const algorithm = algorithms.get(name);
  if (algorithm) return algorithm;
  throw toVariableError(option, `is "${name}", which is not a signature algorithm known here`);
}

function requireKeys(
  env: Environment,
  options: GuardOptions,
  algorithm: AlgorithmRecord | undefined,
): KeysOptions | undefined {
  const jwksUri = requireVariable(env, "JWKS_URI");
  if (jwksUri !== undefined) requireKeysPlace(jwksUri, options);
  const secret = requireTokenSecret(env, options, algorithm);
  if (secret !== undefined && jwksUri !== undefined)
    throw badSecret("is set, and so is JWKS_URI: set only one of them");
  if (secret !== undefined) return { secret };
  return jwksUri === undefined ? undefined : { ...options.keys, jwksUri };
}

/** What the option `keys.jwksUri` would be refused for, under the name that was written. */
function requireKeysPlace(jwksUri: string, { allowedHosts, insecureHttpHosts }: GuardOptions): void {
  const places = { hosts: requireHosts(allowedHosts), httpHosts: requireHttpHosts(insecureHttpHosts) };
  const unsafe = checkPlace(jwksUri, places);
  if (unsafe === undefined) return;
  const problem = URL.canParse(jwksUri) ? `is "${jwksUri}"; it ${unsafe}` : `is "${jwksUri}", which is not a URL`;
  throw toVariableError("JWKS_URI", problem);
}

/**
 * The secret, where an algorithm confirms that it is for tokens. Many programs have an unrelated
 * `SECRET` (auth0/node-oauth2-jwt-bearer#121), which must not become the key of this API.
 */
function requireTokenSecret(
  env: Environment,
  options: GuardOptions,
  algorithm: AlgorithmRecord | undefined,
): string | undefined {
  const text = requireVariableText(env, "SECRET");
  const secret = text?.trim() === "" ? undefined : text;
  if (algorithm === undefined) return secret === undefined ? undefined : requireUndeclaredSecret(env, options, secret);
  const { name, keyType, signatureLength = 0 } = algorithm;
  if (keyType !== "oct") {
    if (secret === undefined) return undefined;
    throw badSecret(`is set while TOKEN_SIGNING_ALG is "${name}", which has no secret: unset one of them`);
  }
  if (secret === undefined) {
    throw toVariableError("TOKEN_SIGNING_ALG", `is "${name}", which needs SECRET`);
  }
  if (new TextEncoder().encode(secret).length >= signatureLength) return secret;
  throw badSecret(`is shorter than ${signatureLength} bytes, the least for ${name} (RFC 7518 §3.2)`);
}

/**
 * A secret without `TOKEN_SIGNING_ALG`. Used if `algorithms` lists only HMAC. Ignored if it lists
 * others, or if another variable names the issuer or its keys. Otherwise the algorithm is required.
 */
function requireUndeclaredSecret(
  env: Environment,
  { algorithms: listed }: GuardOptions,
  secret: string,
): string | undefined {
  if (Array.isArray(listed))
    return listed.every((name) => algorithms.get(name)?.keyType === "oct") ? secret : undefined;
  const others = ["AUTH0_DOMAIN", "ISSUER_BASE_URL", "JWKS_URI"] as const;
  if (others.some((name) => requireVariable(env, name) !== undefined)) return undefined;
  const problem = "is not set beside ISSUER and SECRET, so that it is unknown whether SECRET is for tokens";
  throw new ConfigError({ option: "TOKEN_SIGNING_ALG", problem, example: "TOKEN_SIGNING_ALG=HS256" });
}

/** The secret itself is never part of a message. */
function badSecret(problem: string): ConfigError {
  return toVariableError("SECRET", problem);
}
