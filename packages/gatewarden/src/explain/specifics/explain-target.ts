// Details about a DPoP proof made for another URL.
import type { AuthError } from "../../errors.js";
import { findNearest } from "../difference.js";
import { quote } from "../redact.js";
import type { Specific } from "../refusal-facts.js";

/** Behind a proxy, usually scheme, host or port differs. */
export function explainTarget({ details: { expected, actual } }: AuthError): Specific | undefined {
  const near = findNearest(expected, actual);
  return (
    near && {
      detail: `The proof says ${quote(near.actual)}, the request went to ${quote(near.expected)}: only ${near.what} differs.`,
    }
  );
}
