// The flaws of logout tokens and security event tokens that the tenant sends on demand, a row each.
import type { EventFaultName, EventFlaw, EventKind, FaultRecord } from "./fault.js";

/** What a flaw does to a token, before it is signed anew; or, for the last ones, to the signed one. */
export interface Flaw {
  /** The end of the sentence "The logout token …". */
  readonly what: string;
  /** What two flaws cannot decide both. */
  readonly decides: readonly string[];
  /** What a receiver must answer, per kind of token. A kind without an answer does not have the flaw. */
  readonly answers: { readonly [Kind in EventKind]?: string };
  readonly change?: (claims: Record<string, unknown>, header: Record<string, unknown>) => void;
}

// Logout tokens: OpenID Connect Back-Channel Logout 1.0 §2.8. Events: RFC 8935 §2.4.
const badLogout = "400 invalid_request";

/** By name. */
export const flaws: Readonly<Record<EventFlaw, Flaw>> = {
  "wrong-audience": {
    what: "is for another receiver",
    decides: ["audience"],
    answers: { logout: badLogout, set: "400 invalid_audience" },
    change: (claims) => {
      claims["aud"] = "https://another-receiver.example";
    },
  },
  "wrong-issuer": {
    what: "names another issuer, although this tenant's key signed it",
    decides: ["issuer"],
    answers: { logout: badLogout, set: "400 invalid_issuer" },
    change: (claims) => {
      claims["iss"] = "https://another-issuer.example/";
    },
  },
  "wrong-typ": {
    what: "says by `typ` that it is an access token",
    decides: ["typ"],
    answers: { logout: badLogout, set: "400 invalid_request" },
    change: (_claims, header) => {
      header["typ"] = "at+jwt";
    },
  },
  "without-events": {
    what: "has no `events`",
    decides: ["events"],
    answers: { logout: badLogout, set: "400 invalid_request" },
    change: (claims) => {
      delete claims["events"];
    },
  },
  "without-subject": {
    what: "does not say whom it is about",
    decides: ["subject"],
    answers: { logout: badLogout, set: "400 invalid_request" },
    change: (claims) => {
      for (const name of ["sub", "sid", "sub_id"]) delete claims[name];
    },
  },
  "with-nonce": {
    what: "has a `nonce`, as an ID token does",
    decides: ["nonce"],
    answers: { logout: badLogout },
    change: (claims) => {
      claims["nonce"] = "n-0S6_WzA2Mj";
    },
  },
  expired: {
    what: "expired an hour ago",
    decides: ["lifetime"],
    answers: { logout: badLogout },
    change: (claims) => {
      claims["iat"] = Number(claims["exp"]) - 3720;
      claims["exp"] = Number(claims["exp"]) - 3720 + 120;
    },
  },
  "with-sub": {
    what: "has `sub`, as an access token does",
    decides: ["subject"],
    answers: { set: "400 invalid_request" },
    change: (claims) => {
      claims["sub"] = "auth0|mallory";
    },
  },
  "with-exp": {
    what: "has `exp`, as an access token does",
    decides: ["lifetime"],
    answers: { set: "400 invalid_request" },
    change: (claims) => {
      claims["exp"] = Number(claims["iat"]) + 3600;
    },
  },
  "unknown-key": {
    what: "is signed with a key that the tenant never published",
    decides: ["signature"],
    answers: { logout: badLogout, set: "400 invalid_key" },
  },
  "bad-signature": {
    what: "has a signature that does not fit",
    decides: ["signature"],
    answers: { logout: badLogout, set: "400 invalid_key" },
  },
  unsigned: {
    what: "names the algorithm `none` and has no signature",
    decides: ["signature"],
    answers: { logout: badLogout, set: "400 invalid_key" },
  },
  replayed: {
    what: "is sent twice",
    decides: ["repetition"],
    answers: { logout: "the same as to the first", set: "the same as to the first" },
  },
};

const subjects: Readonly<Record<EventKind, string>> = { logout: "The logout token", set: "The security event token" };
export const flawNames: readonly EventFlaw[] = Object.keys(flaws) as EventFlaw[];

/** The records of all these faults. */
export const eventFaults: Readonly<Record<EventFaultName, FaultRecord>> = Object.fromEntries(
  (["logout", "set"] as const).flatMap((kind) => flawNames.flatMap((flaw) => toEntry(kind, flaw))),
) as Record<EventFaultName, FaultRecord>;

function toEntry(kind: EventKind, flaw: EventFlaw): [string, FaultRecord][] {
  const { what, decides, answers } = flaws[flaw];
  const answer = answers[kind];
  if (answer === undefined) return [];
  const record: FaultRecord = {
    kind: "event",
    description: `${subjects[kind]} ${what}.`,
    reason: null,
    answer,
    parameters: { times: "how many of them, then it switches itself off; default: all" },
    defaults: {},
    decides: decides.map((part) => `${kind} ${part}`),
  };
  return [[`${kind}-${flaw}`, record]];
}
