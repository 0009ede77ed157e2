// What a client that sends no HTTP is told of a refusal.
import type { AuthError, Refusal } from "../index.js";

type Exception = new (error: object) => Error;

/**
 * Nest tells such clients "Internal server error" of every exception but its package's own. Undefined
 * for calls of other types, and where that package cannot be found.
 */
export async function toMessageException(
  type: string,
  error: AuthError,
  { error: _code, error_description: message, ...others }: Refusal["body"],
): Promise<Error | undefined> {
  const Exception = await loadException(type);
  if (!Exception) return undefined;
  const exception = new Exception({ status: "error", message, ...others });
  // As the option `cause` of an error does, which these classes do not take.
  Object.defineProperty(exception, "cause", { value: error, configurable: true, writable: true });
  return exception;
}

/** Neither package is loaded where the application does not use it. */
async function loadException(type: string): Promise<Exception | undefined> {
  try {
    if (type === "ws") return (await import("@nestjs/websockets")).WsException;
    if (type === "rpc") return (await import("@nestjs/microservices")).RpcException;
  } catch {
    // The refusal stands: it is told as an exception that Nest does not recognise.
  }
  return undefined;
}
