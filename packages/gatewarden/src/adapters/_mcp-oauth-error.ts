// MCP: a refusal as an error that the SDKs' own `requireBearerAuth` recognises. Loaded with the
// first refusal of a token verifier, since it looks for the first SDK.
import type { AuthError } from "../index.js";

/** The error codes that the SDKs answer with 400, 401 and 403. Any other is a 500. */
const codes: Readonly<Record<number, string>> = {
  400: "invalid_request",
  401: "invalid_token",
  403: "insufficient_scope",
};

/**
 * The second SDK recognises its errors by this mark, because an application may hold several copies
 * of it (packages/core-internal/src/errors of its repository).
 */
const brands = Symbol.for("mcp.sdk.errorBrands");

/** One error for both: an instance of the first SDK's class, with the mark of the second's. */
export async function toOAuthError(refusal: AuthError): Promise<Error> {
  const { message, status } = refusal;
  const code = codes[status] ?? "server_error";
  const classes = await loadClasses();
  const OAuthErrorClass = classes?.[status] ?? classes?.[500];
  const error = OAuthErrorClass ? new OAuthErrorClass(message) : new Error(message);
  const toResponseObject = () => ({ error: code, error_description: message });
  Object.defineProperty(error, brands, { value: new Set(["mcp.OAuthError"]), configurable: true });
  return Object.assign(error, { code, toResponseObject, cause: refusal });
}

type ErrorClass = new (message: string) => Error;

let loading: Promise<Readonly<Record<number, ErrorClass>> | undefined> | undefined;

/** The first SDK's classes by status. Undefined if it is not installed. */
function loadClasses(): Promise<Readonly<Record<number, ErrorClass>> | undefined> {
  loading ??= importClasses();
  return loading;
}

async function importClasses(): Promise<Readonly<Record<number, ErrorClass>> | undefined> {
  try {
    const errors = await import("@modelcontextprotocol/sdk/server/auth/errors.js");
    return {
      400: errors.InvalidRequestError,
      401: errors.InvalidTokenError,
      403: errors.InsufficientScopeError,
      500: errors.ServerError,
    };
  } catch {
    return undefined;
  }
}
