// A drop-in for passport-jwt 4, and for jwks-rsa's `passportJwtSecret`: the same exports and
// options. Tokens are verified by a guard. Differences: docs/migrating/passport-jwt.md.
import type { JwksOptions } from "../jwks-rsa/options.js";
import { createJwksSecret } from "../jwks-rsa/secret.js";
import type { SecretOrKeyProvider } from "./options.js";

export { JsonWebTokenError, NotBeforeError, TokenExpiredError } from "../jsonwebtoken/errors.js";
export type { VerifyOptions } from "../jsonwebtoken/verify-options.js";
export type { JwksOptions } from "../jwks-rsa/options.js";
export { ExtractJwt, type Extractors, type JwtFromRequestFunction } from "./extract-jwt.js";
export type {
  SecretOrKeyProvider,
  StrategyKey,
  StrategyOptions,
  StrategyOptionsWithoutRequest,
  StrategyOptionsWithRequest,
  VerifiedCallback,
  VerifyCallback,
  VerifyCallbackWithRequest,
} from "./options.js";
export { Strategy } from "./strategy.js";

/**
 * The keys of a JWKS endpoint, for the option `secretOrKeyProvider`. Takes the options of jwks-rsa;
 * the guard loads and caches the keys. Throws `ConfigError`.
 */
export function passportJwtSecret(options: JwksOptions): SecretOrKeyProvider {
  return createJwksSecret("secretOrKeyProvider", options);
}
