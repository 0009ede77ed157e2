// The error classes of express-oauth2-jwt-bearer, and the challenges that they carry (RFC 6750 §3).

/** A request without a token (401). The base of the other classes. */
export class UnauthorizedError extends Error {
  override name = "UnauthorizedError";
  status = 401;
  statusCode = 401;
  headers: { "WWW-Authenticate": string } = { "WWW-Authenticate": toBearerChallenge() };

  constructor(message = "Unauthorized") {
    super(message);
  }
}

/** A malformed request (400). Without an error code where `useErrorCode` is false. */
export class InvalidRequestError extends UnauthorizedError {
  override name = "InvalidRequestError";
  code = "invalid_request";
  override status = 400;
  override statusCode = 400;

  constructor(message = "Invalid Request", useErrorCode = true) {
    super(message);
    if (useErrorCode) this.headers = toErrorHeaders({ code: this.code, description: message });
    else this.code = "";
  }
}

/** A token that is not accepted (401). */
export class InvalidTokenError extends UnauthorizedError {
  override name = "InvalidTokenError";
  code = "invalid_token";

  constructor(message = "Invalid Token") {
    super(message);
    this.headers = toErrorHeaders({ code: this.code, description: message });
  }
}

/** A token without a scope that the endpoint needs (403). */
export class InsufficientScopeError extends UnauthorizedError {
  override name = "InsufficientScopeError";
  code = "insufficient_scope";
  override status = 403;
  override statusCode = 403;

  constructor(scopes?: string[], message = "Insufficient Scope") {
    super(message);
    this.headers = toErrorHeaders({ code: this.code, description: message, scopes });
  }
}

/** A DPoP proof that is not accepted. 400, as there; RFC 9449 §7.1 shows 401. */
export class InvalidProofError extends UnauthorizedError {
  override name = "InvalidProofError";
  code = "invalid_dpop_proof";
  override status = 400;
  override statusCode = 400;

  constructor(message = "Invalid DPoP Proof") {
    super(message);
    this.headers = toErrorHeaders({ code: this.code, description: message });
  }
}

/** The parameters of an error in a challenge. */
export interface ChallengeError {
  readonly code: string;
  readonly description: string;
  readonly scopes?: readonly string[] | undefined;
}

/** A challenge for Bearer; without an error where the request had no token (RFC 6750 §3.1). */
export function toBearerChallenge(error?: ChallengeError): string {
  return `Bearer realm="api"${error ? `, ${toFailureParameters(error)}` : ""}`;
}

/** The parameters `error`, `error_description` and `scope`. */
export function toFailureParameters({ code, description, scopes }: ChallengeError): string {
  const parameters = `error="${toQuoted(code)}", error_description="${toQuoted(description)}"`;
  return scopes ? `${parameters}, scope="${toQuoted(scopes.join(" "))}"` : parameters;
}

function toErrorHeaders(error: ChallengeError): { "WWW-Authenticate": string } {
  return { "WWW-Authenticate": toBearerChallenge(error) };
}

/**
 * The inside of a quoted-string (RFC 9110 §5.6.4). Characters that could end the header or the
 * string are replaced or dropped (CWE-113).
 */
function toQuoted(text: string): string {
  return text
    .replace(/"/g, "'")
    .replace(/\\/g, "\\\\")
    .replace(/[^\x20-\x7e]/g, "");
}
