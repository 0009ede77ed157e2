// What becomes of a request. Inside it is a value; `check` and `verify` throw the refusal.
import type { Auth } from "./auth.js";
import { AuthError } from "./errors.js";

/** What became of a request: `Auth`, or undefined for an anonymous one, or the refusal. */
export type Outcome<Claims> = Auth<Claims> | AuthError | undefined;

/** What was accepted. Throws the refusal; an anonymous request is one where a token was demanded. */
export function requireAccepted<Claims>(outcome: Outcome<Claims>): Auth<Claims> {
  if (outcome === undefined) throw new AuthError("credentials_missing");
  if (outcome instanceof AuthError) throw outcome;
  return outcome;
}
