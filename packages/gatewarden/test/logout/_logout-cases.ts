// Logout tokens with what becomes of each. Beside each attack stands its nearest valid neighbour.

import { start } from "../support/clock.js";
import { createKey, encode, type Forged, forge, signRaw } from "../support/forge.js";
import { type Claims, ec, ed, issuer, rsa, stranger } from "../support/keys.js";
import { clientId, logoutClaims, logoutEvent, logoutToken } from "./_logout-token.js";

export interface LogoutCase {
  readonly name: string;
  readonly token: string;
  /** `done`, or reason and claim. */
  readonly expected: string;
  /** The rule that jose's `jwtVerify` does not have. */
  readonly stricter?: string;
}

const withClaims = (name: string, changes: Claims, expected: string, stricter?: string): LogoutCase => ({
  name,
  token: logoutToken(changes),
  expected,
  ...(stricter !== undefined && { stricter }),
});
const withHeader = (
  name: string,
  header: object,
  expected: string,
  more: Partial<Forged> & { stricter?: string } = {},
) => {
  const { stricter, ...forged } = more;
  const token = logoutToken({}, { header: { alg: "ES256", kid: ec.kid, typ: "logout+jwt", ...header }, ...forged });
  return { name, token, expected, ...(stricter !== undefined && { stricter }) };
};
const secret = createKey("ES256", "secret");

const headerCases: readonly LogoutCase[] = [
  withHeader("typ logout+jwt (§2.4)", {}, "done"),
  withHeader("typ with the prefix application/", { typ: "application/logout+jwt" }, "done"),
  withHeader("typ in capitals (RFC 7515 §4.1.9)", { typ: "LOGOUT+JWT" }, "done"),
  withHeader("no typ, which is only recommended (§2.4)", { typ: undefined }, "done"),
  withHeader("typ JWT", { typ: "JWT" }, "done"),
  ...["at+jwt", "dpop+jwt", "secevent+jwt", "id_token+jwt", "logout", ""].map((typ) =>
    withHeader(`typ ${typ || "empty"} (§4.1)`, { typ }, "type_not_allowed (typ)", { stricter: "typ" }),
  ),
  withHeader("RS256", { alg: "RS256", kid: rsa.kid }, "done", { key: rsa }),
  withHeader("EdDSA", { alg: "EdDSA", kid: ed.kid }, "done", { key: ed }),
  ...["none", "None", "NONE"].map((alg) =>
    withHeader(`alg ${alg} (§2.6)`, { alg }, "algorithm_none", { alg: "ES256" }),
  ),
  withHeader(
    "alg HS256, signed with the public key (CVE-2016-10555)",
    { alg: "HS256" },
    "algorithm_not_allowed (alg)",
    {
      alg: "ES256",
    },
  ),
  withHeader("an unknown algorithm", { alg: "ES256K" }, "algorithm_not_allowed (alg)", { alg: "ES256" }),
  withHeader("crit (RFC 7515 §4.1.11)", { crit: ["exp"], exp: 1 }, "critical_header_unsupported (crit)"),
  withHeader("an unknown kid", { kid: "nope" }, "key_unknown (kid)"),
  withHeader("a key that no issuer published, under a known kid", {}, "signature_invalid", { key: stranger }),
  withHeader("a key in its own header (jwk)", { jwk: stranger.jwk }, "signature_invalid", { key: stranger }),
  withHeader("a URL of keys in its own header (jku)", { jku: "https://evil.test/jwks" }, "signature_invalid", {
    key: stranger,
  }),
  withHeader("a certificate chain in its own header (x5c)", { x5c: ["MIIB"] }, "signature_invalid", { key: secret }),
];

const good = logoutToken();
const [head = "", body = "", signature = ""] = good.split(".");
const formCases: readonly LogoutCase[] = [
  { name: "an encrypted one, of five parts (§2.4)", token: "a.b.c.d.e", expected: "token_encrypted" },
  { name: "text without dots", token: "logout", expected: "token_opaque" },
  { name: "no signature", token: `${head}.${body}.`, expected: "token_malformed (signature)" },
  { name: "padding", token: `${head}.${body}.${signature}=`, expected: "token_malformed (signature)" },
  {
    name: "a changed payload",
    token: `${head}.${encode(logoutClaims({ sid: "s2" }))}.${signature}`,
    expected: "signature_invalid",
  },
  {
    name: "a list as payload",
    token: forge({ header: { alg: "ES256", kid: ec.kid }, payload: [], key: ec }),
    expected: "token_malformed (payload)",
  },
  {
    name: "two members of one name (RFC 7519 §4)",
    token: signRaw(
      encode({ alg: "ES256", kid: ec.kid }),
      encode(JSON.stringify(logoutClaims()).replace('"sid":', '"sid":"s2","sid":')),
      ec,
      "ES256",
    ),
    expected: "token_malformed (payload)",
    stricter: "unique names",
  },
  {
    name: "more than 16 KiB",
    token: logoutToken({ pad: "x".repeat(17_000) }),
    expected: "token_too_large",
    stricter: "size",
  },
];

const trust = "claim_invalid";
const claimCases: readonly LogoutCase[] = [
  withClaims("sub and sid (§2.4)", {}, "done"),
  withClaims("sub alone", { sid: undefined }, "done"),
  withClaims("sid alone", { sub: undefined }, "done"),
  withClaims("neither sub nor sid (§2.6 step 5)", { sub: undefined, sid: undefined }, "claim_missing (sid)", "subject"),
  withClaims("null for both", { sub: null, sid: null }, "claim_missing (sid)", "subject"),
  withClaims("an empty sid", { sid: "" }, `${trust} (sid)`, "text"),
  withClaims("an empty sub", { sub: "" }, `${trust} (sub)`, "text"),
  withClaims("a number as sid", { sid: 5 }, `${trust} (sid)`, "text"),
  withClaims("a list as sid", { sid: ["s1"] }, `${trust} (sid)`, "text"),
  withClaims("a number as sub", { sub: 5 }, `${trust} (sub)`, "text"),
  withClaims("iss of another issuer", { iss: "https://other.test/" }, "issuer_untrusted (iss)"),
  withClaims(
    "iss without its slash (OIDC Core §3.1.3.7 step 2)",
    { iss: issuer.slice(0, -1) },
    "issuer_untrusted (iss)",
  ),
  withClaims("no iss", { iss: undefined }, "claim_missing (iss)"),
  withClaims("aud as a list of one", { aud: [clientId] }, "done"),
  withClaims("aud of both clients", { aud: [clientId, "app-2"] }, "done"),
  withClaims("aud of the second client", { aud: "app-2" }, "done"),
  withClaims("aud of another client (§2.6 step 4)", { aud: "app-3" }, "audience_mismatch (aud)"),
  withClaims("aud of the API", { aud: "https://api.test" }, "audience_mismatch (aud)"),
  withClaims(
    "a further aud that is unknown (OIDC Core §3.1.3.7 step 3)",
    { aud: [clientId, "app-3"] },
    "audience_mismatch (aud)",
    "aud",
  ),
  withClaims("no aud", { aud: undefined }, "claim_missing (aud)"),
  withClaims("an empty list as aud", { aud: [] }, "claim_missing (aud)"),
  withClaims("an object as aud", { aud: { 0: clientId } }, `${trust} (aud)`),
  withClaims("iat of now", { iat: start }, "done"),
  withClaims("iat within the tolerance", { iat: start + 5 }, "done"),
  withClaims("iat in the future", { iat: start + 6 }, "issued_in_future (iat)", "iat"),
  withClaims("iat ten minutes ago", { iat: start - 600 }, "done"),
  withClaims("iat too long ago (OIDC Core §3.1.3.7 step 10)", { iat: start - 606 }, "token_too_old (iat)", "age"),
  withClaims("no iat", { iat: undefined }, "claim_missing (iat)"),
  withClaims("text as iat", { iat: String(start) }, `${trust} (iat)`),
  withClaims("exp within the tolerance", { iat: start - 100, exp: start - 4 }, "done"),
  withClaims("exp in the past", { iat: start - 100, exp: start - 5 }, "expired (exp)"),
  withClaims("no exp (§2.4)", { exp: undefined }, "claim_missing (exp)"),
  withClaims("text as exp", { exp: "9999999999" }, `${trust} (exp)`),
  withClaims("nbf of now", { nbf: start }, "done"),
  withClaims("nbf in the future", { nbf: start + 6 }, "not_yet_valid (nbf)"),
  withClaims("no jti", { jti: undefined }, "claim_missing (jti)"),
  withClaims("an empty jti", { jti: "" }, `${trust} (jti)`, "text"),
  withClaims("a number as jti", { jti: 5 }, `${trust} (jti)`, "text"),
  withClaims("no events (§2.6 step 6)", { events: undefined }, "claim_missing (events)"),
  withClaims("null as events", { events: null }, "claim_missing (events)", "events"),
  withClaims("a list as events, as in a draft of 2016", { events: [logoutEvent] }, `${trust} (events)`, "events"),
  withClaims("the event as text", { events: { [logoutEvent]: "" } }, `${trust} (events)`, "events"),
  withClaims("the event as null", { events: { [logoutEvent]: null } }, `${trust} (events)`, "events"),
  withClaims("the event as a list", { events: { [logoutEvent]: [] } }, `${trust} (events)`, "events"),
  withClaims(
    "another event",
    { events: { "https://schemas.openid.net/secevent/caep/event-type/session-revoked": {} } },
    `${trust} (events)`,
    "events",
  ),
  withClaims(
    "https instead of http in its name",
    { events: { [logoutEvent.replace("http:", "https:")]: {} } },
    `${trust} (events)`,
    "events",
  ),
  withClaims(
    "an event that is not empty (§2.4: SHOULD)",
    { events: { [logoutEvent]: { revoke_offline_access: true } } },
    "done",
  ),
  withClaims("another event beside it", { events: { [logoutEvent]: {}, "urn:other": {} } }, "done"),
  withClaims(
    "another member beside it, as Keycloak writes it",
    { events: { [logoutEvent]: {}, revoke: true } },
    "done",
  ),
  withClaims("a nonce (§2.6 step 7)", { nonce: "n" }, `${trust} (nonce)`, "nonce"),
  withClaims("an empty nonce", { nonce: "" }, `${trust} (nonce)`, "nonce"),
  withClaims("null as nonce", { nonce: null }, `${trust} (nonce)`, "nonce"),
  withClaims("claims that are not understood (§2.4)", { trace_id: "1", typ: "Logout", at_hash: "x" }, "done"),
  withClaims("members named as Object's own", { constructor: "x", toString: "y" }, "done"),
];

export const logoutCases: readonly LogoutCase[] = [...headerCases, ...formCases, ...claimCases];
