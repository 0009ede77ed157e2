// Tokens that are bound to a key of their sender. A binding that is not proven is never ignored (RFC 9449 §7.2, RFC 8705 §3).
import { AuthError } from "../errors.js";
import type { JsonObject } from "../token/json.js";

/** Refuses a bound token that came without proof, whatever kind of binding it names (RFC 7800 §3.1): no downgrade to bearer. */
export function checkUnbound(claims: JsonObject): AuthError | undefined {
  return Object.hasOwn(claims, "cnf") ? new AuthError("binding_unproven", { details: { name: "cnf" } }) : undefined;
}
