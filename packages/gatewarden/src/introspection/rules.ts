// The rules for an introspection response: `active`, those for a JWT's claims, and what RFC 7662
// adds or leaves open.
import { AuthError } from "../errors.js";
import { checkPresent, isAbsent, readClaim } from "../token/absent.js";
import {
  type ClaimRule,
  checkAudience,
  checkExpiry,
  checkIssuedAt,
  checkNotBefore,
  formRules,
  namesNoAudience,
} from "../token/claims.js";
import { checkClient } from "../token/client.js";
import { isObject, type JsonObject, member } from "../token/json.js";
import { accessTokenUses } from "../token/kind.js";

/** A response that says whether the token is active. */
export type ActiveResponse = JsonObject & { readonly active: boolean };

/**
 * Whether the response is an answer: `active` is true or false (RFC 7662 §2.2). After any other
 * value, such as the text "false", the token is neither accepted nor refused as bad.
 */
export function isActiveResponse(response: unknown): response is ActiveResponse {
  return isObject(response) && typeof member(response, "active") === "boolean";
}

/** The token is active (RFC 7662 §2.2). */
export function checkActive({ active }: ActiveResponse): AuthError | undefined {
  return active === true ? undefined : new AuthError("token_inactive");
}

/** What determines which rules apply. */
export interface IntrospectionTerms {
  /** The spellings of the one issuer that this endpoint belongs to. */
  readonly issuers: readonly string[];
  readonly audienceClaim: "required" | "optional";
}

/** The rules in order. */
export function createIntrospectionRules({ issuers, audienceClaim }: IntrospectionTerms): readonly ClaimRule[] {
  const isAudienceRequired = audienceClaim === "required";
  const checkOwnIssuer: ClaimRule = ({ claims }) => {
    const actual = member(claims, "iss");
    // An endpoint vouches for its own issuer only; `iss` may be omitted (RFC 7662 §2.2).
    if (actual === undefined || (typeof actual === "string" && issuers.includes(actual))) return undefined;
    return new AuthError("issuer_untrusted", { details: { name: "iss", expected: issuers, actual } });
  };
  const checkRequired: ClaimRule = ({ claims, policy }) => {
    const isNamed = isAudienceRequired && !namesNoAudience(policy);
    return checkPresent(claims, "exp") ?? (isNamed ? checkPresent(claims, "aud") : undefined);
  };
  const checkAudienceIfAny: ClaimRule = (facts) =>
    isAudienceRequired || !isAbsent(facts.claims, "aud") ? checkAudience(facts) : undefined;
  return [
    checkRequired,
    ...formRules,
    checkOwnIssuer,
    checkIsAccessToken,
    checkAudienceIfAny,
    checkClient,
    checkExpiry,
    checkNotBefore,
    checkIssuedAt,
  ];
}

const accessTokenTypes: ReadonlySet<string> = new Set(["bearer", "dpop"]);

/**
 * Endpoints also describe refresh tokens (RFC 7662 §2.1), which must not be accepted. `token_type`
 * says how an access token is used (RFC 6749 §7.1); some servers use `token_use` for that. A
 * description without either must at least contain this API in `aud`.
 */
const checkIsAccessToken: ClaimRule = ({ claims }) => {
  const type = readClaim(claims, "token_type");
  const use = member(claims, "token_use") ?? "access_token";
  const isTyped = typeof type === "string" && accessTokenTypes.has(type.toLowerCase());
  const isUntyped = type === undefined && !isAbsent(claims, "aud");
  if (!(isTyped || isUntyped) || !accessTokenUses.includes(use)) {
    return new AuthError("type_not_allowed", {
      details: { name: "token_type", expected: ["Bearer", "DPoP"], actual: type },
    });
  }
  // A DPoP token without a key could be used by anyone (RFC 9449 §6.2).
  const isBound = isTyped && type.toLowerCase() === "dpop";
  if (isBound && !Object.hasOwn(claims, "cnf")) return new AuthError("binding_unproven", { details: { name: "cnf" } });
  return undefined;
};
