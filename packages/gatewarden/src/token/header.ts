// The rules for a token's header, before its key is chosen: algorithm and type (RFC 8725 §3.1,
// §3.11, RFC 9068 §4).
import { AuthError } from "../errors.js";
import type { TokenRule } from "./claims.js";
import { toType } from "./kind.js";

/** The algorithm is allowed. Names are case-sensitive (RFC 7515 §4.1.1, RFC 8725 §3.1). */
export const checkAlgorithm: TokenRule = ({ header, policy }) => {
  if (policy.algorithms.has(header.alg)) return undefined;
  const expected = [...policy.algorithms];
  return new AuthError("algorithm_not_allowed", { details: { name: "alg", expected, actual: header.alg } });
};

/** The type, if present, is an access token's (RFC 8725 §3.11, RFC 9068 §4). */
export const checkType: TokenRule = ({ header, policy }) => {
  const type = toType(header);
  const isAccessToken = type === "at+jwt";
  if (isAccessToken || (policy.tokenType === "any" && (type === undefined || type === "jwt"))) return undefined;
  const expected = policy.tokenType === "any" ? ["at+jwt", "JWT"] : ["at+jwt"];
  if (type === "logout+jwt" || type === "secevent+jwt") return new AuthError("logout_token");
  return new AuthError("type_not_allowed", { details: { name: "typ", expected, actual: header.typ } });
};

/** Rules that run before the key is chosen. */
export const headerRules: readonly TokenRule[] = [checkAlgorithm, checkType];
