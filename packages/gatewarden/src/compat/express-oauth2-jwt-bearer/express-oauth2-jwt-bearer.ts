// A drop-in for express-oauth2-jwt-bearer: its names, options, variables and errors, over a guard.
// What differs is in docs/migrating/express-oauth2-jwt-bearer.md.
import type { Handler } from "express";
import { createAuthenticate } from "./authenticate.js";
import type { AuthOptions, AuthResult } from "./option-types.js";

export {
  InsufficientScopeError,
  InvalidRequestError,
  InvalidTokenError,
  UnauthorizedError,
} from "./bearer-errors.js";
export {
  claimCheck,
  claimEquals,
  claimIncludes,
  type JSONPrimitive,
  requiredScopes,
  scopeIncludesAny,
} from "./claim-checks.js";
export type {
  AsymmetricIssuerConfig,
  AuthOptions,
  AuthResult,
  CertificateGetter as GetCertificate,
  CertificateOptions as MtlsOptions,
  DPoPOptions,
  FunctionValidator,
  IssuerConfig,
  IssuerResolverContext,
  IssuerResolverFunction,
  IssuerResolverResult,
  JWTHeader,
  JWTPayload,
  MCDOptions,
  PresentedCertificate as ClientCertificate,
  PublicKeyInput,
  SymmetricIssuerConfig,
  Validator,
  Validators,
  VerifierContext as RequestContext,
} from "./option-types.js";

declare global {
  namespace Express {
    interface Request {
      // `gatewarden/express` declares another type. An application imports one of the two; where
      // both are compiled together, as in Gatewarden itself, the first declaration holds.
      // biome-ignore lint/suspicious/noTsIgnore: it is no error where this file is compiled alone.
      // @ts-ignore
      auth?: AuthResult;
    }
  }
}

/**
 * A middleware that sets `request.auth` for requests with a valid token, and passes the error on
 * for all others: `UnauthorizedError`, `InvalidRequestError`, `InvalidTokenError`, or `AuthError`
 * with status 503 while the issuer cannot be reached. Throws for options that cannot be right.
 */
export function auth(opts: AuthOptions = {}): Handler {
  const authenticate = createAuthenticate(opts);
  return (request, _response, next) => {
    authenticate(request)
      .then((result) => {
        if (result) Object.assign(request, { auth: result });
        next();
      })
      .catch(next);
  };
}
