// Faults of the tenant's answers: every kind of failure for every endpoint.
import type { AnswerFaultName, Endpoint, Failure, FaultRecord, Place, ProviderFaultName } from "./fault.js";

/** `provider-*` covers what an API needs: metadata and keys. */
const endpoints: Readonly<Record<Place, readonly Endpoint[]>> = {
  provider: ["discovery", "jwks"],
  discovery: ["discovery"],
  jwks: ["jwks"],
  token: ["token"],
  signals: ["signals"],
};

const subjects: Readonly<Record<Place, string>> = {
  provider: "Metadata and keys",
  discovery: "The metadata",
  jwks: "The key set",
  token: "The token endpoint",
  signals: "The endpoints of signals",
};

const failures: Readonly<Record<Failure, (subject: string) => string>> = {
  "500": (subject) => `${subject}: answered with status 500.`,
  html: (subject) => `${subject}: answered with a page (200, HTML), as a proxy in between does.`,
  closed: (subject) => `${subject}: the connection is closed without an answer.`,
  slow: (subject) => `${subject}: answered late.`,
};

const times = "how many answers, then it switches itself off; default: all";

const answerFaults = (Object.keys(endpoints) as Place[]).flatMap((place) =>
  (Object.keys(failures) as Failure[]).map((failure): [AnswerFaultName, FaultRecord] => [
    `${place}-${failure}`,
    toRecord(place, failure),
  ]),
);

/** The records of all provider faults. */
export const providerFaults: Readonly<Record<ProviderFaultName, FaultRecord>> = {
  ...(Object.fromEntries(answerFaults) as Record<AnswerFaultName, FaultRecord>),
  "port-closed": {
    kind: "provider",
    description: "Nothing listens: connections are refused, also for `/dev`.",
    reason: "keys_unavailable",
    parameters: { seconds: "how long, then it switches itself off; default: 30" },
    defaults: { seconds: 30 },
    decides: ["port"],
  },
};

function toRecord(place: Place, failure: Failure): FaultRecord {
  const isSlow = failure === "slow";
  return {
    kind: "provider",
    description: failures[failure](subjects[place]),
    // An API requests no tokens, and a token needs no signals to be checked.
    reason: place === "token" || place === "signals" ? null : "keys_unavailable",
    parameters: { ...(isSlow && { seconds: "how late; default: 10" }), times },
    defaults: isSlow ? { seconds: 10 } : {},
    decides: endpoints[place].map((endpoint) => `${endpoint} ${isSlow ? "delay" : "answer"}`),
  };
}

/**
 * The faults by which an endpoint fails in this way: its own, and those of several endpoints
 * together.
 */
export function answerFaultsOf(endpoint: Endpoint, failure: Failure): readonly AnswerFaultName[] {
  const places = (Object.keys(endpoints) as Place[]).filter((place) => endpoints[place].includes(endpoint));
  return places.map((place): AnswerFaultName => `${place}-${failure}`);
}
