// What operators may read of an error that was not made here.
import type { AuthError } from "../errors.js";

/**
 * The message of a `DependencyError`; of any other error only its kind, as its message may quote a token (CWE-532). Told by its name: whoever
 * calls an error so has promised what the name stands for.
 */
export function toWords(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return error.name === "DependencyError" ? error.message : error.name;
}

/** What is broken behind a refusal. What went wrong with the keys quotes nothing of a token: nothing of it was sent. */
export function toCause({ reason, cause }: AuthError): string {
  return reason === "keys_unavailable" && cause instanceof Error ? cause.message : toWords(cause);
}
