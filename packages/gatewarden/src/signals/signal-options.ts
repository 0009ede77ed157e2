// The options of a receiver, checked once.
import { ConfigError } from "../errors.js";
import {
  requireEventAlgorithms,
  requireListener,
  requireNameList,
  requireOptionNames,
  requireRevoker,
  requireTokenLifetime,
  requireWord,
} from "../events/options.js";
import { isNonEmptyText } from "../events/signed-event.js";
import type { Awaitable } from "../platform/awaitable.js";
import type { Revoker } from "../revocation/revocation.js";
import type { AsymmetricAlgorithm } from "../token/algorithms.js";
import { isObject } from "../token/json.js";
import { defaultActions, type SignalActions } from "./actions.js";
import type { SecurityEventTerms, Signal } from "./security-event.js";
import type { SignalReport } from "./signal-report.js";
import type { SignalTarget, SubjectTerms } from "./subject.js";

/** Options of `createSignalsReceiver`. */
export interface SignalsOptions {
  /** The `aud` of this receiver: that of the stream's configuration. Not the API's own audience. */
  readonly audience: string | readonly string[];
  /** Where revocations go: the same object as the guard's option `revocation` of the API. */
  readonly revocations: Revoker;
  /**
   * Issuers of access tokens that the transmitter may speak for: exact `iss`, as a list; or as an
   * object where a subject's `iss` is spelt differently: `{ "https://accounts.google.com/":
   * "https://accounts.google.com" }`. Events about other issuers revoke nothing. Default: the
   * transmitter's own name, so that of several issuers none ends what another has issued.
   */
  readonly issuers?: readonly string[] | Readonly<Record<string, string>>;
  /** Issuers of the guard that may send events. Default: all of them. */
  readonly transmitters?: readonly string[];
  /**
   * What ends where `session-revoked` names a session and its user. `user`, the default: all access
   * tokens of the user. `session`: those with the same `sid`; only if access tokens contain it.
   */
  readonly ends?: "user" | "session";
  /** Types of events → `revoke`, `ignore` or a function. Replaces entries of `defaultActions`. */
  readonly actions?: SignalActions;
  /**
   * Finds the access tokens of a subject, for formats that do not name them: an email address, a
   * phone number, an id of the transmitter. Asked first; undefined leaves it to the format.
   */
  readonly subject?: (signal: Signal) => Awaitable<SignalTarget | undefined>;
  /**
   * `ssf`, the default: SSF 1.0, so the header's type is `secevent+jwt`, and neither `sub` nor
   * `exp` is present. `set`: RFC 8417 alone, for older transmitters, such as Google's RISC.
   */
  readonly profile?: "ssf" | "set";
  /**
   * What a push must carry in `Authorization`, exactly, such as `Bearer s3cret`: the value that the
   * stream's configuration has as `authorization_header`. Several while one replaces another.
   * Default: the signature alone authenticates the transmitter.
   */
  readonly authorization?: string | readonly string[];
  /**
   * The same text in every process of a fleet, at least 32 characters: a verification that one
   * process requested may be delivered to another. Default: random.
   */
  readonly stateSecret?: string;
  /** Seconds that an access token is valid at most. Default 86,400, Auth0's own default. */
  readonly tokenLifetime?: number;
  /** Algorithms of events. Default: the guard's own. HMAC is never accepted. */
  readonly algorithms?: readonly AsymmetricAlgorithm[];
  /** Hears what became of every token. */
  readonly onSignal?: (report: SignalReport) => unknown;
}

/** The options, checked. */
export interface ReceiverTerms extends SecurityEventTerms {
  readonly revocations: Revoker;
  readonly subjects: SubjectTerms;
  readonly actions: SignalActions;
  readonly subject: SignalsOptions["subject"];
  readonly authorizations: readonly string[] | undefined;
  readonly tokenLifetime: number;
  readonly algorithms: readonly AsymmetricAlgorithm[] | undefined;
  readonly onSignal: SignalsOptions["onSignal"];
}

const names = [
  ...["audience", "revocations", "issuers", "transmitters", "ends", "actions", "subject", "profile"],
  ...["authorization", "stateSecret", "tokenLifetime", "algorithms", "onSignal"],
];

/** Checks the options. Throws `ConfigError`. */
export function requireSignalsOptions(options: SignalsOptions): ReceiverTerms {
  requireOptionNames("createSignalsReceiver", options, names);
  const { audience, issuers, transmitters, ends = "user", profile = "ssf", authorization } = options;
  return {
    audiences: requireNameList("audience", audience, 'audience: "https://api.acme.com/signals"'),
    transmitters:
      transmitters && requireNameList("transmitters", transmitters, 'transmitters: ["https://acme.okta.com"]'),
    profile: requireWord("profile", profile, ["ssf", "set"]),
    revocations: requireRevoker(options.revocations),
    subjects: {
      issuers: issuers === undefined ? undefined : requireIssuerNames(issuers),
      prefersSession: requireWord("ends", ends, ["user", "session"]) === "session",
    },
    actions: { ...defaultActions, ...requireActions(options.actions) },
    subject: requireListener("subject", options.subject),
    authorizations:
      authorization === undefined
        ? undefined
        : requireNameList("authorization", authorization, 'authorization: "Bearer s3cret"'),
    tokenLifetime: requireTokenLifetime(options.tokenLifetime),
    algorithms: requireEventAlgorithms(options.algorithms),
    onSignal: requireListener("onSignal", options.onSignal),
  };
}

function requireIssuerNames(issuers: unknown): ReadonlyMap<string, string> {
  const pairs = Array.isArray(issuers)
    ? issuers.map((one) => [one, one])
    : isObject(issuers)
      ? Object.entries(issuers)
      : [];
  const areTexts = pairs.every((pair) => pair.every(isNonEmptyText));
  if (pairs.length > 0 && areTexts) return new Map(pairs as [string, string][]);
  const problem = "must name at least one issuer of access tokens";
  throw new ConfigError({ option: "issuers", problem, example: 'issuers: ["https://acme.eu.auth0.com/"]' });
}

/** A misspelt type would be an event that is never acted on, so it must at least be a URI. */
function requireActions(actions: unknown): SignalActions {
  const example = 'actions: { "https://schemas.openid.net/secevent/caep/event-type/session-revoked": "revoke" }';
  if (actions === undefined) return {};
  if (!isObject(actions)) throw new ConfigError({ option: "actions", problem: "must be an object", example });
  for (const [type, action] of Object.entries(actions)) {
    const isKnown = action === "revoke" || action === "ignore" || typeof action === "function";
    if (!/^[a-z][a-z\d+.-]*:\S+$/i.test(type))
      throw new ConfigError({ option: "actions", problem: "has a name that is not the URI of a type", example });
    if (!isKnown)
      throw new ConfigError({
        option: "actions",
        problem: 'has a value other than "revoke", "ignore" or a function',
        example,
      });
  }
  return actions as SignalActions;
}

/** The secret of verification states. */
export function requireStateSecret(secret: unknown): Uint8Array {
  if (secret === undefined) return crypto.getRandomValues(new Uint8Array(32));
  if (typeof secret === "string" && secret.length >= 32) return new TextEncoder().encode(secret);
  const problem = "must be a string of at least 32 characters";
  throw new ConfigError({ option: "stateSecret", problem, example: "stateSecret: process.env.STATE_SECRET" });
}
