// Security event tokens with what becomes of each. Beside each attack stands its nearest valid
// neighbour.
import { start } from "../support/clock.js";
import { encode, type Forged, signRaw } from "../support/forge.js";
import { type Claims, ec, issuer, rsa, stranger } from "../support/keys.js";
import { receiverAudience, sessionRevoked, setClaims, setToken, verification } from "./_signal.js";

export interface SignalCase {
  readonly name: string;
  readonly token: string;
  /** `done`, or error code, reason and claim. */
  readonly expected: string;
  /** The rule that jose's `jwtVerify` does not have. */
  readonly stricter?: string;
}

const withClaims = (name: string, changes: Claims, expected: string, stricter?: string): SignalCase => ({
  name,
  token: setToken(changes),
  expected,
  ...(stricter !== undefined && { stricter }),
});
const withHeader = (
  name: string,
  header: object,
  expected: string,
  { stricter, ...forged }: Partial<Forged> & { stricter?: string } = {},
): SignalCase => ({
  name,
  token: setToken({}, { header: { alg: "ES256", kid: ec.kid, typ: "secevent+jwt", ...header }, ...forged }),
  expected,
  ...(stricter !== undefined && { stricter }),
});
const userId = { format: "iss_sub", iss: issuer, sub: "user|1" };
const badType = "invalid_request: type_not_allowed (typ)";
const badClaim = (name: string) => `invalid_request: claim_invalid (${name})`;
const missing = (name: string) => `invalid_request: claim_missing (${name})`;
const badAlgorithm = "invalid_key: algorithm_not_allowed (alg)";

const headerCases: readonly SignalCase[] = [
  withHeader("typ secevent+jwt (RFC 8417 §2.3)", {}, "done"),
  withHeader("typ with the prefix application/", { typ: "application/secevent+jwt" }, "done"),
  withHeader("no typ (SSF 1.0 §4.1.1: MUST)", { typ: undefined }, badType, { stricter: "typ" }),
  ...["JWT", "at+jwt", "logout+jwt", "dpop+jwt", "xsecevent+jwt"].map((typ) =>
    withHeader(`typ ${typ}`, { typ }, badType, { stricter: "typ" }),
  ),
  withHeader("RS256", { alg: "RS256", kid: rsa.kid }, "done", { key: rsa }),
  withHeader("alg none", { alg: "none" }, "invalid_key: algorithm_none", { alg: "ES256" }),
  withHeader("alg HS256 with the public key", { alg: "HS256" }, badAlgorithm, { alg: "ES256" }),
  withHeader("crit", { crit: ["exp"] }, "invalid_request: critical_header_unsupported (crit)"),
  withHeader("an unknown kid", { kid: "nope" }, "invalid_key: key_unknown (kid)"),
  withHeader("a key that no issuer published", {}, "invalid_key: signature_invalid", { key: stranger }),
  withHeader("a key in its own header", { jwk: stranger.jwk }, "invalid_key: signature_invalid", { key: stranger }),
  { name: "an encrypted one", token: "a.b.c.d.e", expected: "invalid_key: token_encrypted" },
  { name: "text", token: "event", expected: "invalid_request: token_opaque" },
  { name: "nothing", token: "", expected: "invalid_request: token_opaque" },
  {
    name: "two members of one name",
    token: signRaw(
      encode({ alg: "ES256", kid: ec.kid, typ: "secevent+jwt" }),
      encode(JSON.stringify(setClaims()).replace('"jti":', '"jti":"x","jti":')),
      ec,
      "ES256",
    ),
    expected: "invalid_request: token_malformed (payload)",
    stricter: "unique names",
  },
];

const claimCases: readonly SignalCase[] = [
  withClaims("iss of another issuer", { iss: "https://other.test/" }, "invalid_issuer: issuer_untrusted (iss)"),
  withClaims("no iss", { iss: undefined }, missing("iss")),
  withClaims("aud as a list", { aud: [receiverAudience] }, "done"),
  withClaims("aud with a further receiver (SSF 1.0 §4.1.8)", { aud: [receiverAudience, "https://m.test"] }, "done"),
  withClaims("aud of another receiver", { aud: "https://other.test" }, "invalid_audience: audience_mismatch (aud)"),
  withClaims("aud of the API", { aud: "https://api.test" }, "invalid_audience: audience_mismatch (aud)"),
  withClaims("no aud", { aud: undefined }, missing("aud")),
  withClaims("iat of long ago, for delivery may take days", { iat: start - 900_000 }, "done"),
  withClaims("iat in the future", { iat: start + 6 }, "invalid_request: issued_in_future (iat)", "iat"),
  withClaims("no iat (RFC 8417 §2.2)", { iat: undefined }, missing("iat")),
  withClaims("text as iat", { iat: "1" }, badClaim("iat")),
  withClaims("an exp (SSF 1.0 §4.1.7: MUST NOT)", { exp: start + 300 }, badClaim("exp"), "exp"),
  withClaims("a sub (SSF 1.0 §4.1.2: MUST NOT)", { sub: "user|1" }, badClaim("sub"), "sub"),
  withClaims("nbf in the future", { nbf: start + 6 }, "invalid_request: not_yet_valid (nbf)"),
  withClaims("no jti (RFC 8417 §2.2)", { jti: undefined }, missing("jti")),
  withClaims("an empty jti", { jti: "" }, badClaim("jti"), "text"),
  withClaims("a number as jti", { jti: 5 }, badClaim("jti"), "text"),
  withClaims("no events (RFC 8417 §2.2)", { events: undefined }, missing("events")),
  withClaims("no event in events", { events: {} }, badClaim("events"), "events"),
  withClaims("a list as events", { events: [sessionRevoked] }, badClaim("events"), "events"),
  withClaims("an event as text", { events: { [sessionRevoked]: "x" } }, badClaim("events"), "events"),
  withClaims("an event as null", { events: { [sessionRevoked]: null } }, badClaim("events"), "events"),
  withClaims("an empty event", { events: { [sessionRevoked]: {} } }, "done"),
  withClaims("an event of an unknown type", { events: { "urn:other": {} } }, "done"),
  withClaims("an event named as a member of Object", { events: { constructor: {}, toString: {} } }, "done"),
  withClaims("two events", { events: { [sessionRevoked]: {}, "urn:other": {} } }, "done"),
  withClaims("toe (RFC 8417 §2.2)", { toe: start - 5 }, "done"),
  withClaims("text as toe", { toe: "now" }, badClaim("toe"), "toe"),
  withClaims("no txn", { txn: undefined }, "done"),
  withClaims("no subject (SSF 1.0 §3.1: MUST)", { sub_id: undefined }, missing("sub_id"), "subject"),
  withClaims("null as subject", { sub_id: null }, missing("sub_id"), "subject"),
  withClaims("a list as subject", { sub_id: [issuer] }, badClaim("sub_id"), "subject"),
  withClaims(
    "a subject without format (RFC 9493 §3)",
    { sub_id: { iss: issuer, sub: "a" } },
    badClaim("sub_id"),
    "subject",
  ),
  withClaims(
    "a format that is not text",
    { sub_id: { ...userId, format: ["iss_sub"] } },
    badClaim("sub_id"),
    "subject",
  ),
  withClaims(
    "a subject in one of two events",
    { sub_id: undefined, events: { [sessionRevoked]: { subject: userId }, "urn:other": {} } },
    missing("sub_id"),
    "subject",
  ),
  withClaims(
    "a subject in the event alone, as Okta writes it (SSF 1.0 §3.1.1)",
    { sub_id: undefined, events: { [sessionRevoked]: { subject: userId } } },
    "done",
  ),
  withClaims(
    "a subject in the event beside a wrong one",
    { sub_id: "user|1", events: { [sessionRevoked]: { subject: userId } } },
    badClaim("sub_id"),
    "subject",
  ),
  withClaims("a subject of a format that is not known", { sub_id: { format: "x_own", id: 5 } }, "done"),
  withClaims(
    "no subject in a verification event, which ends nothing",
    { sub_id: undefined, events: { [verification]: {} } },
    "done",
  ),
];

export const signalCases: readonly SignalCase[] = [...headerCases, ...claimCases];
