// The error of a failed question, for the operator's log.
import { DependencyError } from "../../monitoring/dependency.js";
import { AnswerTooLarge } from "../../oauth-client/bounded-fetch.js";
import { readFailureCause, readRetryAfter } from "../../oauth-client/read-failure-cause.js";

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
  const { message, code } = readFailureCause(error);
  const retryAfter = answer && readRetryAfter(answer.headers);
  return Object.assign(new DependencyError(`Introspection failed: ${message}`), {
    ...(answer && { status: answer.status }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(code !== undefined && { code }),
  });
}
