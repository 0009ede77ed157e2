// The token within what was pasted.
import { readShape } from "../explain/shape/shape.js";
import type { GuardRequest } from "../index.js";

/** What stands where a token should, without what is wrapped around it. */
export function readPastedToken(presented: string | GuardRequest): string {
  if (typeof presented === "string") return readShape(presented)?.token ?? presented;
  const { authorization = "" } = presented.headers as Readonly<Record<string, string | readonly string[]>>;
  const value = typeof authorization === "string" ? authorization.replace(/^\s*(bearer|dpop)\s+/i, "") : "";
  return readShape(value)?.token ?? value;
}
