// The catalogue of faults: one record each. Command line, HTTP API, documentation and tests read
// it.
import { eventFaults } from "./event-flaws.js";
import type { FaultName, FaultRecord } from "./fault.js";
import { providerFaults } from "./provider-faults.js";

const times = "how many tokens, then it switches itself off; default: all";

/** Every fault, in the order in which lists show them. */
export const faultCatalogue: Readonly<Record<FaultName, FaultRecord>> = {
  expired: {
    kind: "token",
    description: "The token expired.",
    reason: "expired",
    parameters: { seconds: "how long ago; default: 3600", times },
    defaults: { seconds: 3600 },
    decides: ["lifetime"],
  },
  "not-yet-valid": {
    kind: "token",
    description: "The token is not valid yet: `nbf` is in the future.",
    reason: "not_yet_valid",
    parameters: { seconds: "how far ahead; default: 3600", times },
    defaults: { seconds: 3600 },
    decides: ["lifetime"],
  },
  "clock-skew": {
    kind: "token",
    description: "The tenant's clock is wrong: `iat` and `exp` of all its tokens, and the `Date` of its answers.",
    reason: "issued_in_future",
    parameters: { seconds: "how far ahead, below 0 behind; default: 300", times },
    defaults: { seconds: 300 },
    decides: ["lifetime"],
  },
  "wrong-audience": {
    kind: "token",
    description: "The token is for another API.",
    reason: "audience_mismatch",
    parameters: { audience: "the one that it names; default: https://another-api.example", times },
    defaults: { audience: "https://another-api.example" },
    decides: ["audience"],
  },
  "wrong-issuer": {
    kind: "token",
    description: "The token names another issuer, although this tenant's key signed it.",
    reason: "issuer_untrusted",
    parameters: { issuer: "the one that it names; default: https://another-issuer.example/", times },
    defaults: { issuer: "https://another-issuer.example/" },
    decides: ["issuer"],
  },
  "missing-permissions": {
    kind: "token",
    description: "The token lacks permissions that its holder has, among `permissions` and in `scope`.",
    reason: "permission_missing",
    parameters: { permissions: "the ones to take away; default: all", times },
    defaults: {},
    decides: ["permissions"],
  },
  "unknown-key": {
    kind: "token",
    description: "The token is signed with a key that the tenant never published.",
    reason: "key_unknown",
    parameters: { times },
    defaults: {},
    decides: ["signature"],
  },
  hs256: {
    kind: "token",
    description: "The token is signed with a shared secret (HS256).",
    reason: "algorithm_not_allowed",
    parameters: { secret: "at least 32 characters; default: the published key as PEM text", times },
    defaults: {},
    decides: ["signature"],
  },
  "alg-none": {
    kind: "token",
    description: "The token names the algorithm `none` and has no signature.",
    reason: "algorithm_none",
    parameters: { times },
    defaults: {},
    decides: ["signature"],
  },
  encrypted: {
    kind: "token",
    description: "The token is encrypted (JWE) for another recipient.",
    reason: "token_encrypted",
    parameters: { times },
    defaults: {},
    decides: ["form"],
  },
  opaque: {
    kind: "token",
    description: "The token is opaque, as if no audience had been asked for.",
    reason: "token_opaque",
    parameters: { times },
    defaults: {},
    decides: ["form", "lifetime", "audience", "issuer", "permissions", "signature"],
  },
  "rotated-keys": {
    kind: "keys",
    description: "The keys were replaced: what was issued before is signed with a withdrawn key.",
    reason: "key_unknown",
    parameters: { keepOld: "true: the old keys stay published, and nothing breaks; default: false" },
    defaults: { keepOld: false },
    decides: ["keys"],
  },
  "same-kid-new-key": {
    kind: "keys",
    description: "The keys were replaced under their old `kid`: what verified before does not any more.",
    reason: "signature_invalid",
    parameters: {},
    defaults: {},
    decides: ["keys"],
  },
  ...providerFaults,
  ...eventFaults,
};

/** All names, in the catalogue's order. */
export const faultNames: readonly FaultName[] = Object.keys(faultCatalogue) as FaultName[];

/** The faults that can apply to a single token. */
export const tokenFaultNames: readonly FaultName[] = faultNames.filter((name) => faultCatalogue[name].kind === "token");
