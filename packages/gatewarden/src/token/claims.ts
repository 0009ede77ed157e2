// The rules for a token's registered claims (RFC 7519 §4.1, RFC 8725 §3, RFC 9068 §2 and §4); those
// for its header are in `header.ts`. Each rule is a function from facts to a refusal or nothing:
// the guard stops at the first, `explain` lists all.
import { AuthError } from "../errors.js";
import { checkPresent, isAbsent, readClaim } from "./absent.js";
import { checkActorForm } from "./actor.js";
import { checkClient } from "./client.js";
import { type JsonObject, member } from "./json.js";
import { accessTokenUses, findIdTokenMark, toList, toType } from "./kind.js";
import type { TokenHeader } from "./parse.js";

/** What one issuer's tokens must satisfy. */
export interface TokenPolicy {
  /**
   * Exact `iss`. Empty, which no issuer is named: fixed keys alone say who signed, and `iss` is not
   * compared (`guard/key-guard.ts`).
   */
  readonly issuer: string;
  /**
   * One of these must be in the token's `aud`. Empty: tokens have no audience, and `clientIds`
   * replace it.
   */
  readonly audiences: readonly string[];
  /** One of these must be the token's client. Undefined where any client is accepted. */
  readonly clientIds?: readonly string[] | undefined;
  /** Names of the allowed algorithms. */
  readonly algorithms: ReadonlySet<string>;
  /** `at+jwt` enforces RFC 9068 strictly. */
  readonly tokenType: "any" | "at+jwt";
  /** Seconds by which clocks may differ. */
  readonly clockTolerance: number;
  /** Seconds since `iat` after which a token is refused. Undefined where `exp` alone decides. */
  readonly maxTokenAge?: number | undefined;
  /** Whether ID tokens are also accepted. Default false. */
  readonly allowIdTokens?: boolean;
}

/** What a rule reads. */
export interface TokenFacts {
  readonly header: TokenHeader;
  readonly claims: JsonObject;
  readonly policy: TokenPolicy;
  /** Seconds since 1970. */
  readonly now: number;
}

/** A rule: a refusal, or nothing. */
export type TokenRule = (facts: TokenFacts) => AuthError | undefined;

/** A rule that needs no header, so it also applies to introspected tokens. */
export type ClaimRule = (facts: Omit<TokenFacts, "header">) => AuthError | undefined;

const requiredClaims: ReadonlySet<string> = new Set(["iss", "exp", "aud"]);
const strictClaims = [...requiredClaims, "sub", "client_id", "iat", "jti"];

/**
 * A security event or logout token is not an access token (RFC 8417 §4.3, OIDC Back-Channel Logout
 * §2.4).
 */
export const checkNotLogoutToken: ClaimRule = ({ claims }) =>
  isAbsent(claims, "events") ? undefined : new AuthError("logout_token");

/**
 * An ID token is not an access token, unless this issuer's clients send nothing else (OIDC Core §2,
 * RFC 9068 §5).
 */
export const checkNotIdToken: TokenRule = ({ header, claims, policy }) => {
  if (policy.allowIdTokens) return undefined;
  const mark = findIdTokenMark(claims, { isTyped: toType(header) === "at+jwt", audiences: policy.audiences });
  return mark && new AuthError("id_token", { details: mark });
};

/**
 * Providers that sign all kinds of tokens alike name the kind in a claim: Cognito in `token_use`,
 * Keycloak in `typ`. A token of another kind is refused for any audience (RFC 8725 §3.12). Other
 * values of `typ`, such as `Bearer`, are accepted.
 */
export const checkKind: ClaimRule = ({ claims, policy }) => {
  const [use, typ] = [readClaim(claims, "token_use"), member(claims, "typ")];
  const isIdToken = use === "id" || typ === "ID";
  if (isIdToken && !policy.allowIdTokens)
    return new AuthError("id_token", { details: { name: use === "id" ? "token_use" : "typ" } });
  if (typ === "Logout") return new AuthError("logout_token", { details: { name: "typ" } });
  if (use !== undefined && use !== "id" && !accessTokenUses.includes(use)) {
    return new AuthError("type_not_allowed", {
      details: { name: "token_use", expected: accessTokenUses, actual: use },
    });
  }
  if (typ !== "Refresh" && typ !== "Offline") return undefined;
  return new AuthError("type_not_allowed", { details: { name: "typ", expected: ["Bearer"], actual: typ } });
};

/**
 * Required claims are present (RFC 7519 §4.1.1-4; with `at+jwt` RFC 9068 §2.2). One rule per claim,
 * so that `explain` names each.
 */
const checkPresence: readonly TokenRule[] = strictClaims.map((name) => ({ claims, policy }) => {
  const isOptional = policy.tokenType === "any" && !requiredClaims.has(name);
  if (isOptional || (name === "aud" && namesNoAudience(policy)) || (name === "iss" && policy.issuer === ""))
    return undefined;
  return checkPresent(claims, name);
});

/** Dates are finite numbers (RFC 7519 §2 NumericDate). */
const checkDates: readonly ClaimRule[] = ["exp", "nbf", "iat"].map((name) => formOf(name, "a number", Number.isFinite));

/** Text claims are strings (RFC 7519 §4.1, RFC 9068 §2.2). */
const checkTexts: readonly ClaimRule[] = ["iss", "client_id", "azp", "jti"].map((name) =>
  formOf(name, "a string", isText),
);

/** Applications that sign their own tokens put the number of a row here (`guard/key-guard.ts`). */
const checkSubject = formOf("sub", "a string", (subject, { issuer }) => {
  return isText(subject) || (issuer === "" && Number.isSafeInteger(subject));
});

/** `aud` is a string or a list of strings (RFC 7519 §4.1.3). */
const checkAudienceForm = formOf("aud", "a string or a list of strings", (audience) => {
  return isText(audience) || (Array.isArray(audience) && audience.every(isText));
});

/** `act` names actors (RFC 8693 §4.1). */
const checkActors: ClaimRule = ({ claims }) => checkActorForm(claims);

/** Registered claims have their registered types. */
export const formRules: readonly ClaimRule[] = [
  ...[...checkDates, ...checkTexts, checkSubject, checkAudienceForm],
  checkActors,
];

/** The issuer is exactly the trusted one (RFC 8725 §3.8, RFC 9068 §4). */
export const checkIssuer: TokenRule = ({ claims, policy }) => {
  const actual = member(claims, "iss");
  if (actual === policy.issuer || policy.issuer === "") return undefined;
  return new AuthError("issuer_untrusted", { details: { name: "iss", expected: policy.issuer, actual } });
};

/**
 * One `aud` is exactly this API's (RFC 7519 §4.1.3, RFC 8725 §3.9, RFC 9068 §4). Where this API has
 * no audience, a token that has one is an ID token, or for another API: RFC 7519 §4.1.3 requires
 * all who are not named to reject it.
 */
export const checkAudience: ClaimRule = ({ claims, policy }) => {
  const actual = member(claims, "aud");
  const audiences: readonly unknown[] = policy.audiences;
  if (namesNoAudience(policy) && isAbsent(claims, "aud")) return undefined;
  if (toList(actual).some((one) => audiences.includes(one))) return undefined;
  return new AuthError("audience_mismatch", { details: { name: "aud", expected: policy.audiences, actual } });
};

/** The token has not expired (RFC 7519 §4.1.4: on or after `exp` it must not be accepted). */
export const checkExpiry: ClaimRule = ({ claims, policy, now }) => {
  const exp = member(claims, "exp");
  if (typeof exp === "number" && now < exp + policy.clockTolerance) return undefined;
  return new AuthError("expired", { details: { name: "exp", expected: now, actual: exp } });
};

/** The token is already valid (RFC 7519 §4.1.5). */
export const checkNotBefore: ClaimRule = ({ claims, policy, now }) => {
  const nbf = readClaim(claims, "nbf");
  if (nbf === undefined || (typeof nbf === "number" && nbf <= now + policy.clockTolerance)) return undefined;
  return new AuthError("not_yet_valid", { details: { name: "nbf", expected: now, actual: nbf } });
};

/** The token was not issued in the future (RFC 7519 §4.1.6). */
export const checkIssuedAt: ClaimRule = ({ claims, policy, now }) => {
  const iat = readClaim(claims, "iat");
  if (iat === undefined || (typeof iat === "number" && iat <= now + policy.clockTolerance)) return undefined;
  return new AuthError("issued_in_future", { details: { name: "iat", expected: now, actual: iat } });
};

/**
 * The token is not older than this API accepts, whatever its `exp` (RFC 7519 §4.1.6: `iat` tells a
 * token's age). Apart from `claimRules`: only a guard with the option has the step.
 */
export const checkTokenAge: ClaimRule = ({ claims, policy, now }) => {
  const { maxTokenAge, clockTolerance } = policy;
  if (maxTokenAge === undefined) return undefined;
  const iat = readClaim(claims, "iat");
  if (iat === undefined) return checkPresent(claims, "iat");
  if (typeof iat === "number" && now - iat <= maxTokenAge + clockTolerance) return undefined;
  return new AuthError("token_too_old", { details: { name: "iat", expected: maxTokenAge, actual: iat } });
};

/** Rules for the claims, once the signature is verified. */
export const claimRules: readonly TokenRule[] = [
  ...checkPresence,
  ...formRules,
  checkIssuer,
  checkNotLogoutToken,
  checkNotIdToken,
  checkKind,
  checkAudience,
  checkClient,
  checkExpiry,
  checkNotBefore,
  checkIssuedAt,
];

/** The time during which a token is valid, in seconds since 1970. */
export interface Lifetime {
  readonly from: number;
  /** The first moment at which it is no longer valid. */
  readonly until: number;
}

/** The lifetime of a token that no rule refuses now. */
export function toLifetime(
  claims: JsonObject,
  { clockTolerance, maxTokenAge }: Pick<TokenPolicy, "clockTolerance" | "maxTokenAge">,
): Lifetime {
  // 0 where there is none: the engine stores small integers inside the object, and other numbers
  // separately.
  const earliest = (name: string) => Number(member(claims, name) ?? 0);
  const end = Number(member(claims, "exp"));
  const last = maxTokenAge === undefined ? end : Math.min(end, earliest("iat") + maxTokenAge);
  return {
    from: Math.max(earliest("nbf"), earliest("iat")) - clockTolerance,
    until: last + clockTolerance,
  };
}

/**
 * Only where clients replace the audience (see `configuration/audience.ts`), or fixed keys do (see
 * `guard/key-guard.ts`): otherwise a token without audience is refused.
 */
export function namesNoAudience({ audiences, clientIds, issuer }: TokenPolicy): boolean {
  return audiences.length === 0 && (clientIds !== undefined || issuer === "");
}

/** A rule for the type of one claim, if present. */
function formOf(name: string, expected: string, isRight: IsRight): ClaimRule {
  return ({ claims, policy }) => {
    if (isAbsent(claims, name) || isRight(claims[name], policy)) return undefined;
    return new AuthError("claim_invalid", { details: { name, problem: `is not ${expected}`, expected } });
  };
}

type IsRight = (value: unknown, policy: Pick<TokenPolicy, "issuer">) => boolean;

function isText(value: unknown): value is string {
  return typeof value === "string";
}
