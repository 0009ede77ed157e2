// The parts of a foreign error that operators may see.
import type { AuthError } from "../errors.js";

/**
 * The message of a `DependencyError`. Of any other error only the name, since its message may quote
 * a token (CWE-532). Matched by `name`: an error that uses it promises a message safe to log.
 */
export function toWords(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return error.name === "DependencyError" ? error.message : error.name;
}

/**
 * The failure behind a refusal. Errors while fetching keys cannot quote a token, since none was
 * sent.
 */
export function toCause({ reason, cause }: AuthError): string {
  return reason === "keys_unavailable" && cause instanceof Error ? cause.message : toWords(cause);
}
