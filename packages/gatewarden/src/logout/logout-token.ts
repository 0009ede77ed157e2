// The rules for a logout token (OpenID Connect Back-Channel Logout 1.0 incorporating errata set 1,
// §2.4 and §2.6). Its signature and header are checked before: `events/signed-event.ts`.
import { AuthError } from "../errors.js";
import {
  isNonEmptyText,
  type SignedEvent,
  toAudienceRule,
  toFilledRules,
  toInvalidClaim,
  toPresenceRules,
} from "../events/signed-event.js";
import type { Rule } from "../road/step.js";
import { checkPresent, isAbsent, readClaim } from "../token/absent.js";
import { checkExpiry, checkIssuedAt, checkIssuer, checkNotBefore, formRules } from "../token/claims.js";
import { isObject, type JsonObject, member } from "../token/json.js";

/** The header's type, which §2.4 recommends. */
export const logoutType = "logout+jwt";
/** The member of `events` that makes a JWT a logout token (§2.4). */
const logoutEvent = "http://schemas.openid.net/event/backchannel-logout";

/** What logout tokens must satisfy. */
export interface LogoutTerms {
  readonly clientIds: readonly string[];
  /** Seconds since `iat` after which a logout token is refused. */
  readonly maxAge: number;
  readonly isExpiryRequired: boolean;
}

/** What a logout token says. */
export interface LogoutFacts {
  readonly issuer: string;
  readonly subject: string | undefined;
  readonly sid: string | undefined;
  readonly jti: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
}

type LogoutRule = Rule<SignedEvent>;

/** The rules, in order. Each returns a refusal or nothing. */
export function createLogoutRules({ clientIds, maxAge, isExpiryRequired }: LogoutTerms): readonly LogoutRule[] {
  return [
    // §2.4: iss, aud, iat, jti and events are required; `exp` too, which drafts before 2022 lacked.
    ...toPresenceRules(["iss", "aud", "iat", "jti", "events"]),
    ...toPresenceRules(isExpiryRequired ? ["exp"] : []),
    ...formRules,
    // §2.6 step 4: iss, aud, iat and exp are validated as those of an ID token (OIDC Core
    // §3.1.3.7).
    checkIssuer,
    toAudienceRule(clientIds, true),
    checkIssuedAt,
    checkNotBefore,
    checkLogoutExpiry,
    toAgeRule(maxAge),
    ...toFilledRules(["jti", "sub", "sid"]),
    checkSubjectOrSession,
    checkLogoutEvent,
    checkNoNonce,
  ];
}

/** §2.4: a logout token is short-lived. Where `exp` is not required, its age alone decides. */
const checkLogoutExpiry: LogoutRule = (event) => (isAbsent(event.claims, "exp") ? undefined : checkExpiry(event));

/**
 * OIDC Core §3.1.3.7 step 10: a token that was issued too long ago is refused, whatever its `exp`.
 */
function toAgeRule(maxAge: number): LogoutRule {
  return ({ claims, policy, now }) => {
    const iat = member(claims, "iat");
    if (typeof iat === "number" && now - iat <= maxAge + policy.clockTolerance) return undefined;
    return new AuthError("token_too_old", { details: { name: "iat", expected: maxAge, actual: iat } });
  };
}

/** §2.6 step 5: it contains a `sub`, a `sid` or both. */
const checkSubjectOrSession: LogoutRule = ({ claims }) =>
  isAbsent(claims, "sub") ? checkPresent(claims, "sid") : undefined;

/** §2.6 step 6: `events` is an object with the member of a logout, whose value is an object. */
const checkLogoutEvent: LogoutRule = ({ claims }) => {
  const events = member(claims, "events");
  if (isObject(events) && isObject(member(events, logoutEvent))) return undefined;
  return toInvalidClaim("events", "must be an object whose member for back-channel logout is an object");
};

/**
 * §2.6 step 7: it contains no `nonce`, whatever its value, so that it is no ID token to anyone
 * (§2.4). JSON null counts as present: strictness costs no provider anything here.
 */
const checkNoNonce: LogoutRule = ({ claims }) =>
  member(claims, "nonce") === undefined ? undefined : toInvalidClaim("nonce", "must not be present");

/** The facts of a logout token that satisfies the rules. */
export function toLogoutFacts({ claims, policy }: SignedEvent): LogoutFacts {
  return {
    issuer: policy.issuer,
    subject: readClaimText(claims, "sub"),
    sid: readClaimText(claims, "sid"),
    jti: readClaimText(claims, "jti") ?? "",
    issuedAt: Number(readClaim(claims, "iat")),
  };
}

function readClaimText(claims: JsonObject, name: string): string | undefined {
  const value = readClaim(claims, name);
  return isNonEmptyText(value) ? value : undefined;
}
