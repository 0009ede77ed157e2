// Nest: refusals for clients that do not speak HTTP.
import type { AuthError, Refusal } from "../index.js";

type Exception = new (error: object) => Error;

/**
 * Nest answers such clients "Internal server error" for every exception that is not its own
 * package's. Undefined for calls of other types, or if that package is not installed.
 */
export async function toMessageException(
  type: string,
  error: AuthError,
  { error: _code, error_description: message, ...others }: Refusal["body"],
): Promise<Error | undefined> {
  const Exception = await loadException(type);
  if (!Exception) return undefined;
  const exception = new Exception({ status: "error", message, ...others });
  // Like the option `cause` of an error, which these classes do not take.
  Object.defineProperty(exception, "cause", { value: error, configurable: true, writable: true });
  return exception;
}

/** Neither package is loaded unless the application uses it. */
async function loadException(type: string): Promise<Exception | undefined> {
  try {
    if (type === "ws") return (await import("@nestjs/websockets")).WsException;
    if (type === "rpc") return (await import("@nestjs/microservices")).RpcException;
  } catch {
    // The call is still refused, with an exception that Nest does not recognise.
  }
  return undefined;
}
