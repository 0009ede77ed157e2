// The rules for a security event token (RFC 8417 §2.2, SSF 1.0 §4), and what it says. Its signature
// and header are checked before: `events/signed-event.ts`.
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
import { toType } from "../token/kind.js";
import { isVerification } from "./event-types.js";
import { readSubject, readSubjectId, type SignalSubject } from "./subject.js";

/** The header's type (RFC 8417 §2.3). */
export const securityEventType = "secevent+jwt";

/** What security event tokens must satisfy. */
export interface SecurityEventTerms {
  readonly audiences: readonly string[];
  /** Issuers that may send events; undefined for all of the guard. */
  readonly transmitters: readonly string[] | undefined;
  /** `ssf`: SSF 1.0. `set`: RFC 8417 alone, as older transmitters. */
  readonly profile: "ssf" | "set";
}

/** One event of a security event token. */
export interface Signal {
  /** The URI of its type. */
  readonly type: string;
  /** The event's own members, as the transmitter signed them. */
  readonly payload: JsonObject;
  /** Who or what it is about. Undefined where the token does not say so in a known form. */
  readonly subject: SignalSubject | undefined;
  /** Exact `iss` of the transmitter. */
  readonly transmitter: string;
  readonly jti: string;
  /** `iat`, in seconds since 1970. */
  readonly issuedAt: number;
  /** `toe`, when it happened, in seconds since 1970. */
  readonly happenedAt: number | undefined;
  /** `txn`, which events of one cause share. */
  readonly transaction: string | undefined;
}

type EventRule = Rule<SignedEvent>;

/** The rules, in order. Each returns a refusal or nothing. */
export function createSecurityEventRules(terms: SecurityEventTerms): readonly EventRule[] {
  const { audiences, transmitters, profile } = terms;
  return [
    // RFC 8417 §2.2: iss, iat, jti and events are required. SSF 1.0 §4.1.8 uses aud in every event.
    ...toPresenceRules(["iss", "aud", "iat", "jti", "events"]),
    ...formRules,
    checkIssuer,
    toTransmitterRule(transmitters),
    // RFC 7519 §4.1.3. Further audiences are allowed: they are receivers of the same entity (SSF
    // 1.0 §4.1.8).
    toAudienceRule(audiences, false),
    checkIssuedAt,
    checkNotBefore,
    ...(profile === "ssf" ? ssfRules : [checkEventExpiry]),
    ...toFilledRules(["jti", "sub", "txn"]),
    checkTime,
    checkEvents,
    ...(profile === "ssf" ? [checkSubjects] : []),
  ];
}

/** An issuer of access tokens need not be a transmitter of events. */
function toTransmitterRule(transmitters: readonly string[] | undefined): EventRule {
  return ({ policy }) => {
    if (transmitters === undefined || transmitters.includes(policy.issuer)) return undefined;
    return new AuthError("issuer_untrusted", { details: { name: "transmitter" } });
  };
}

/**
 * SSF 1.0 §4.1.1, §4.1.2, §4.1.7: typed explicitly, without `sub` and `exp`, so it passes for no
 * other JWT.
 */
const ssfRules: readonly EventRule[] = [
  ({ header }) => {
    if (toType(header) === securityEventType) return undefined;
    return new AuthError("type_not_allowed", {
      details: { name: "typ", expected: [securityEventType], actual: header.typ },
    });
  },
  ...["sub", "exp"].map(
    (name): EventRule =>
      ({ claims }) => {
        return member(claims, name) === undefined ? undefined : toInvalidClaim(name, "must not be present");
      },
  ),
];

/**
 * SSF 1.0 §3.1: `sub_id` says what every event is about. An event without it would be acknowledged
 * and end nothing. Transmitters of drafts have `subject` in the event alone (§3.1.1), and
 * verification events, which end nothing, need none. Runs after `checkEvents`.
 */
function checkSubjects({ claims }: SignedEvent): AuthError | undefined {
  if (!isAbsent(claims, "sub_id") && !readSubjectId(claims))
    return toInvalidClaim("sub_id", "must be an object with a format");
  const entries = Object.entries(member(claims, "events") as JsonObject);
  const isNamed = ([type, event]: [string, unknown]) =>
    isVerification(type) || readSubject(claims, event as JsonObject) !== undefined;
  return entries.every(isNamed) ? undefined : checkPresent(claims, "sub_id");
}

/** RFC 8417 §2.2: an event happened and does not expire; where a token has `exp`, it counts. */
const checkEventExpiry: EventRule = (event) => (isAbsent(event.claims, "exp") ? undefined : checkExpiry(event));

/** RFC 8417 §2.2: `toe` is a NumericDate. */
const checkTime: EventRule = ({ claims }) => {
  const toe = readClaim(claims, "toe");
  return toe === undefined || Number.isFinite(toe) ? undefined : toInvalidClaim("toe", "must be a number");
};

/** RFC 8417 §2.2: `events` is an object with at least one event, and each event is an object. */
const checkEvents: EventRule = ({ claims }) => {
  const events = member(claims, "events");
  const payloads = isObject(events) ? Object.values(events) : [];
  if (payloads.length > 0 && payloads.every(isObject)) return undefined;
  return toInvalidClaim("events", "must be an object with at least one event, which is an object");
};

/** The events of a token that satisfies the rules. */
export function toSignals({ claims, policy }: SignedEvent): readonly Signal[] {
  const toe = readClaim(claims, "toe");
  const txn = readClaim(claims, "txn");
  const common = {
    transmitter: policy.issuer,
    jti: readClaim(claims, "jti") as string,
    issuedAt: Number(readClaim(claims, "iat")),
    happenedAt: typeof toe === "number" ? toe : undefined,
    transaction: isNonEmptyText(txn) ? txn : undefined,
  };
  return Object.entries(member(claims, "events") as JsonObject).map(([type, payload]) => {
    const event = payload as JsonObject;
    return { type, payload: event, subject: readSubject(claims, event), ...common };
  });
}
