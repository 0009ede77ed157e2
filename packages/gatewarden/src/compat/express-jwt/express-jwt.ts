// A drop-in for express-jwt 8, and for jwks-rsa's `expressJwtSecret`: the same options, codes and
// `request.auth`. Tokens are verified by a guard. Differences: docs/migrating/express-jwt.md.
import type { Request as ExpressRequest } from "express";
import { type NodeRequest, toGuardRequest } from "../../adapters/_node.js";
import { AuthError, type Awaitable, ConfigError } from "../../index.js";
import { readJwt } from "../jsonwebtoken/decode.js";
import { JsonWebTokenError, NotBeforeError, TokenExpiredError } from "../jsonwebtoken/errors.js";
import type { Secret } from "../jsonwebtoken/given-key.js";
import {
  createJwksVerifier,
  createJwtVerifier,
  createKeyedVerifier,
  type VerifyJwt,
} from "../jsonwebtoken/verifier.js";
import { requireVerifyTerms, type VerifyOptions } from "../jsonwebtoken/verify-options.js";
import type { JwksOptions } from "../jwks-rsa/options.js";
import { createJwksSecret, findJwksSource } from "../jwks-rsa/secret.js";
import { readCredentials } from "./credentials.js";
import type { GetVerificationKey, Params } from "./params.js";
import { requireProperty, type WriteProperty } from "./request-property.js";
import { type ErrorCode, type ErrorLike, UnauthorizedError } from "./unauthorized-error.js";
import {
  type RequestChecker,
  type UnlessMiddleware,
  type UnlessParams,
  type UnlessPath,
  withUnless,
} from "./unless.js";

export type { DecodedJwt, JwtPayload } from "../jsonwebtoken/decode.js";
export type {
  ExpirationHandler,
  GetVerificationKey,
  IsRevoked,
  Params,
  Request,
  TokenGetter,
} from "./params.js";
export type {
  ErrorCode,
  ErrorLike,
  JwksOptions,
  RequestChecker,
  Secret,
  UnlessMiddleware,
  UnlessParams,
  UnlessPath,
  VerifyOptions,
};
export { JsonWebTokenError, NotBeforeError, TokenExpiredError, UnauthorizedError };

/** A middleware that passes only requests with a valid token. Throws `ConfigError`. */
export function expressjwt(options: Params): UnlessMiddleware {
  const { parse, write } = requireSettings(options);
  return withUnless(async (request, _response, next) => {
    try {
      if (isPreflightFor(request)) return next();
      const claims = await parse(request);
      if (claims !== undefined) write(request, claims);
    } catch (error) {
      return next(error);
    }
    // Outside the `try`: `next` may throw too, and must not be called a second time.
    next();
  });
}

/**
 * The keys of a JWKS endpoint, for the option `secret`. Takes the options of jwks-rsa; the guard
 * loads and caches the keys. Throws `ConfigError`.
 */
export function expressJwtSecret(options: JwksOptions): GetVerificationKey {
  return createJwksSecret("secret", options);
}

/** Finds the verifier of one request. Undefined: the callback has no key for its token. */
type FindVerifier = (request: ExpressRequest, token: string) => Awaitable<VerifyJwt | undefined>;

interface Settings {
  /**
   * The claims of a request; undefined where it has no token and needs none. Throws the refusal.
   */
  readonly parse: (request: ExpressRequest) => Promise<unknown>;
  readonly write: WriteProperty;
}

const names: readonly string[] = [
  ...["secret", "getToken", "isRevoked", "credentialsRequired", "requestProperty", "algorithms", "onExpired"],
  ...["audience", "issuer", "clockTolerance", "subject", "jwtid", "maxAge", "complete", "ignoreExpiration"],
  ...["ignoreNotBefore", "clockTimestamp", "nonce", "allowInvalidAsymmetricKeyTypes"],
];

function requireSettings(options: Params): Settings {
  requireKnown(options);
  const findVerifier = requireFinder(options);
  const write = requireProperty(options.requestProperty);
  const parse = async (request: ExpressRequest): Promise<unknown> => {
    const token = await parseToken(options, request);
    if (token === undefined) return undefined;
    const verify = await findVerifier(request, token);
    if (verify === undefined) throw toInvalid(new JsonWebTokenError("secret or public key must be provided"));
    const outcome = await verify(token, toGuardRequest(request as NodeRequest, request.originalUrl));
    if (outcome instanceof AuthError) throw outcome;
    if (outcome instanceof JsonWebTokenError) throw await hearExpiry(options, request, outcome);
    await refuseRevokedToken(options, request, token);
    // Each request has its own copy: handlers of the original may change it.
    return structuredClone(outcome.claims);
  };
  return { parse, write };
}

function requireKnown(options: Params): void {
  const fail = (option: string, problem: string, example: string) => new ConfigError({ option, problem, example });
  if (typeof options !== "object" || options === null || !options.secret)
    throw fail("secret", "is required", "secret: process.env.JWT_SECRET");
  if (options.algorithms === undefined) throw fail("algorithms", "is required", 'algorithms: ["RS256"]');
  const stranger = Object.keys(options).find((name) => !names.includes(name));
  if (stranger !== undefined) throw fail(stranger, "is not an option of express-jwt 8", 'requestProperty: "auth"');
  for (const name of ["getToken", "isRevoked", "onExpired"] as const) {
    const given = options[name] ?? undefined;
    if (given !== undefined && typeof given !== "function")
      throw fail(name, "must be a function", `${name}: (request) => …`);
  }
}

function requireFinder(options: Params): FindVerifier {
  const { secret } = options;
  const terms = requireVerifyTerms(options);
  const source = findJwksSource(secret);
  if (source !== undefined || typeof secret !== "function") {
    const verify = source ? createJwksVerifier(terms, source) : createJwtVerifier(terms, "secret", secret);
    return () => verify;
  }
  const toVerifier = createKeyedVerifier(terms, "secret");
  return async (request, token) => {
    const decoded = readJwt(token);
    // The callback need not guard against tokens that cannot be read.
    if (decoded === undefined) throw toInvalid(toUnreadable(token));
    const key = await secret(request, decoded);
    return key === undefined || key === null ? undefined : toVerifier(key);
  };
}

/** The token; undefined where there is none and none is required. Throws `UnauthorizedError`. */
async function parseToken({ getToken, credentialsRequired = true }: Params, request: ExpressRequest) {
  const found: unknown = getToken ? await getToken(request) : readCredentials(request);
  if (found instanceof UnauthorizedError) {
    if (found.code === "credentials_bad_scheme" && !credentialsRequired) return undefined;
    throw found;
  }
  if (typeof found === "string" && found !== "") return found;
  // Only an absent token may be anonymous; a list or an object is a token that cannot be read.
  if (found) throw toInvalid(new JsonWebTokenError("jwt must be a string"));
  if (!credentialsRequired) return undefined;
  throw new UnauthorizedError("credentials_required", { message: "No authorization token was found" });
}

function toUnreadable(token: string): JsonWebTokenError {
  return new JsonWebTokenError(token.split(".", 4).length === 3 ? "invalid token" : "jwt malformed");
}

function toInvalid(error: JsonWebTokenError): UnauthorizedError {
  return new UnauthorizedError("invalid_token", error);
}

async function hearExpiry({ onExpired }: Params, request: ExpressRequest, error: JsonWebTokenError) {
  const invalid = toInvalid(error);
  if (error instanceof TokenExpiredError) await onExpired?.(request, invalid);
  return invalid;
}

async function refuseRevokedToken({ isRevoked }: Params, request: ExpressRequest, token: string): Promise<void> {
  if (!(await isRevoked?.(request, readJwt(token)))) return;
  throw new UnauthorizedError("revoked_token", { message: "The token has been revoked." });
}

/**
 * A CORS preflight for a request with a token. Browsers send it without one (Fetch §3.2.2), so what
 * follows answers it. The original also admits requests that no browser sends as a preflight.
 */
function isPreflightFor({ method, headers }: ExpressRequest): boolean {
  if (method !== "OPTIONS" || headers.origin === undefined) return false;
  if (headers["access-control-request-method"] === undefined) return false;
  const asked = headers["access-control-request-headers"] ?? "";
  return asked.split(",").some((name) => name.trim().toLowerCase() === "authorization");
}
