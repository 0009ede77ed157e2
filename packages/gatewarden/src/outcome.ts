// The outcome of a request. Internally it is a value; `check` and `verify` throw the refusal.
import type { Auth } from "./auth.js";
import { AuthError } from "./errors.js";

/** The outcome of a request: `Auth`, undefined for an anonymous request, or the refusal. */
export type Outcome<Claims> = Auth<Claims> | AuthError | undefined;

/** The accepted `Auth`. Throws the refusal; an anonymous request throws `credentials_missing`. */
export function requireAccepted<Claims>(outcome: Outcome<Claims>): Auth<Claims> {
  if (outcome === undefined) throw new AuthError("credentials_missing");
  if (outcome instanceof AuthError) throw outcome;
  return outcome;
}
