// What a failed question says: for the operator's log. The errors of oauth4webapi carry the answer, which holds claims (CWE-532).
import { ResponseBodyError, WWWAuthenticateChallengeError } from "oauth4webapi";
import { DependencyError } from "../dependency.js";
import { AnswerTooLarge } from "./bounded-fetch.js";

/** An error with what happened and no part of the answer beyond its status and OAuth error code. */
export function describeFailure(error: unknown): DependencyError {
  return new DependencyError(`Introspection failed: ${describe(error)}`);
}

function describe(error: unknown): string {
  if (error instanceof ResponseBodyError) return `status ${error.status} ${JSON.stringify(error.error)}`;
  if (error instanceof WWWAuthenticateChallengeError) return `status ${error.status}, the client is not accepted`;
  if (!(error instanceof Error)) return typeof error;
  const { cause, message } = error;
  if (cause instanceof Response) return `status ${cause.status}: ${message}`;
  if (cause instanceof AnswerTooLarge) return cause.message;
  // Other causes may quote the answer, as the JSON parser's errors do. A system error's code quotes nothing.
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? `${message} (${code})` : message;
}
