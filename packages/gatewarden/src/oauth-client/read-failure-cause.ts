// What may be said of a failed request to an authorization server. oauth4webapi's errors contain
// the answer, which may contain claims and tokens (CWE-532).
import { ResponseBodyError, WWWAuthenticateChallengeError } from "oauth4webapi";

/** A failure in words that quote no part of the answer but its status and its OAuth error code. */
export interface FailureCause {
  readonly message: string;
  /** System error code, where the connection failed. */
  readonly code?: string;
}

/** Never throws: errors come from the developer's `fetch` too. */
export function readFailureCause(error: unknown): FailureCause {
  try {
    return describeCause(error);
  } catch {
    return { message: "unreadable" };
  }
}

function describeCause(error: unknown): FailureCause {
  if (error instanceof ResponseBodyError) return { message: `status ${error.status} ${JSON.stringify(error.error)}` };
  if (error instanceof WWWAuthenticateChallengeError) {
    return { message: `status ${error.status}, the client is not accepted` };
  }
  if (!(error instanceof Error)) return { message: typeof error };
  const { cause, message } = error;
  if (cause instanceof Response) return { message: `status ${cause.status}: ${message}` };
  // Other causes may quote the answer, as the JSON parser's errors do. A system error's code quotes
  // nothing.
  const code = readCode(cause) ?? (cause instanceof Error ? readCode(cause.cause) : undefined);
  return code === undefined ? { message } : { message: `${message} (${code})`, code };
}

function readCode(cause: unknown): string | undefined {
  const code = cause instanceof Error ? (cause as { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** `Retry-After` in seconds: a number, or a date (RFC 9110 §10.2.3). */
export function readRetryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after")?.trim() ?? "";
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return seconds > 0 ? seconds : undefined;
}
