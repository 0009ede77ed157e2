// What can be said of a DPoP proof that was made for another URL.
import type { AuthError } from "../../errors.js";
import { findNearest } from "../difference.js";
import { quote } from "../redact.js";
import type { Specific } from "../refusal-facts.js";

/** Behind a proxy, scheme, host or port is what usually differs. */
export function explainTarget({ details: { expected, actual } }: AuthError): Specific | undefined {
  const near = findNearest(expected, actual);
  return (
    near && {
      detail: `The proof says ${quote(near.actual)}, the request went to ${quote(near.expected)}: only ${near.what} differs.`,
    }
  );
}
