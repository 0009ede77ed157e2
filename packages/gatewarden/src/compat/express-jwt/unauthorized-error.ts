// The error class of express-jwt, which error handlers of applications recognise.

import { toDefaultRefusal } from "../../guard/key-guard.js";
import { AuthError, type Reason } from "../../index.js";

/** Why a request was refused. */
export type ErrorCode =
  | "revoked_token"
  | "invalid_token"
  | "credentials_bad_scheme"
  | "credentials_bad_format"
  | "credentials_required";

/** What an `UnauthorizedError` wraps. */
export type ErrorLike = Error | { readonly message: string };

const reasons: Readonly<Record<Exclude<ErrorCode, "invalid_token">, Reason>> = {
  revoked_token: "token_revoked",
  credentials_bad_scheme: "scheme_unsupported",
  credentials_bad_format: "credentials_malformed",
  credentials_required: "credentials_missing",
};

/**
 * A request without a valid token. Passed to `next`, for the application's error handler.
 * `headers` holds the challenge that a 401 must have (RFC 9110 §15.5.2); Express' own error handler
 * sends it.
 */
export class UnauthorizedError extends Error {
  override readonly name = "UnauthorizedError";
  readonly status = 401;
  readonly code: ErrorCode;
  /** For `invalid_token`, an error with the name and the message that jsonwebtoken gives. */
  readonly inner: ErrorLike;

  constructor(code: ErrorCode, error: ErrorLike) {
    super(error.message);
    this.code = code;
    this.inner = error;
  }

  /** `WWW-Authenticate` and `Cache-Control` of the answer (RFC 6750 §3). */
  get headers(): Readonly<Record<string, string | readonly string[]>> {
    return toDefaultRefusal(toRefused(this.code, this.inner)).headers;
  }
}

function toRefused(code: ErrorCode, inner: ErrorLike): AuthError {
  if (code !== "invalid_token") return new AuthError(reasons[code]);
  const cause = inner instanceof Error ? inner.cause : undefined;
  // The answer is a 401 whatever the guard's own status: 400 for what is malformed.
  return cause instanceof AuthError && cause.status === 401 ? cause : new AuthError("token_malformed");
}
