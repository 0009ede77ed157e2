// The error message of a failed question, for the operator's log. oauth4webapi's errors contain the
// answer, which contains claims (CWE-532).
import { ResponseBodyError, WWWAuthenticateChallengeError } from "oauth4webapi";
import { DependencyError } from "../../monitoring/dependency.js";
import { AnswerTooLarge } from "./bounded-fetch.js";

/**
 * What `introspect` rejects with. Its data decide whether the server is not contacted for a while.
 */
export interface IntrospectionFailure extends DependencyError {
  /** HTTP status of the answer, where the server sent one. */
  readonly status?: number;
  /** Seconds, from the answer's `Retry-After`. */
  readonly retryAfter?: number;
  /** System error code, where the connection failed. */
  readonly code?: string;
}

/**
 * An error that says what happened, with no part of the answer except its status and OAuth error
 * code. `answer` is the endpoint's own answer, where that could not be used.
 */
export function describeFailure(
  error: unknown,
  answer: Response | undefined = error instanceof AnswerTooLarge ? error.answer : undefined,
): IntrospectionFailure {
  const { message, code } = describeCause(error);
  const retryAfter = answer && readRetryAfter(answer.headers);
  return Object.assign(new DependencyError(`Introspection failed: ${message}`), {
    ...(answer && { status: answer.status }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(code !== undefined && { code }),
  });
}

function describeCause(error: unknown): { readonly message: string; readonly code?: string } {
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
function readRetryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after")?.trim() ?? "";
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return seconds > 0 ? seconds : undefined;
}
