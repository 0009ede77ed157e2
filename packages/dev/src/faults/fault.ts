// The types of faults: names, parameters, and records of the catalogue.

/** An endpoint that can fail. */
export type Endpoint = "discovery" | "jwks" | "token" | "signals";
export type Place = "provider" | Endpoint;

/** Ways to fail. `slow` only delays: the answer that follows may be correct, or another failure. */
export type Failure = "500" | "html" | "closed" | "slow";

export type AnswerFaultName = `${Place}-${Failure}`;
export type ProviderFaultName = AnswerFaultName | "port-closed";

export type TokenFaultName =
  | "expired"
  | "not-yet-valid"
  | "clock-skew"
  | "wrong-audience"
  | "wrong-issuer"
  | "missing-permissions"
  | "unknown-key"
  | "hs256"
  | "alg-none"
  | "encrypted"
  | "opaque";

export type KeyFaultName = "rotated-keys" | "same-kid-new-key";

/** A token that the tenant sends: a logout token, or a security event token (SET). */
export type EventKind = "logout" | "set";

/** What can be wrong with such a token. */
export type EventFlaw =
  | "wrong-audience"
  | "wrong-issuer"
  | "wrong-typ"
  | "without-events"
  | "without-subject"
  | "with-nonce"
  | "expired"
  | "with-sub"
  | "with-exp"
  | "unknown-key"
  | "bad-signature"
  | "unsigned"
  | "replayed";

export type EventFaultName =
  | `logout-${Exclude<EventFlaw, "with-sub" | "with-exp">}`
  | `set-${Exclude<EventFlaw, "with-nonce" | "expired">}`;

/** The stable name of a fault. */
export type FaultName = TokenFaultName | KeyFaultName | ProviderFaultName | EventFaultName;

/**
 * The parameters of a fault. All but the name are optional; each fault accepts only those in its
 * record.
 */
export interface Fault {
  readonly name: FaultName;
  /** Seconds: how long ago, how far ahead, or how long. Each record says which, and the default. */
  readonly seconds?: number | undefined;
  /** `wrong-audience`: the audience in the token. */
  readonly audience?: string | undefined;
  /** `wrong-issuer`: the issuer in the token. */
  readonly issuer?: string | undefined;
  /** `missing-permissions`: the permissions to remove. Default: all. */
  readonly permissions?: readonly string[] | undefined;
  /**
   * `hs256`: the shared secret. Default: the published key's own PEM text, as in the algorithm
   * confusion attack.
   */
  readonly secret?: string | undefined;
  /** `rotated-keys`: whether the old keys stay published. Default: false. */
  readonly keepOld?: boolean | undefined;
  /**
   * How many tokens or answers are faulty; after that, the fault switches itself off. Default: all.
   */
  readonly times?: number | undefined;
}

export type FaultParameter = Exclude<keyof Fault, "name">;

/** What the catalogue contains for one fault. */
export interface FaultRecord {
  /**
   * Where it applies: in access tokens, in the tenant's keys, in its answers, or in the logout
   * tokens and events that it sends.
   */
  readonly kind: "token" | "keys" | "provider" | "event";
  readonly description: string;
  /** The reason with which a Gatewarden API refuses. Null: only the API's clients notice. */
  readonly reason: string | null;
  /** What a receiver must answer to a logout token or an event that is wrong in this way. */
  readonly answer?: string;
  /** Descriptions of its parameters. */
  readonly parameters: { readonly [Name in FaultParameter]?: string };
  /** Defaults of its parameters. */
  readonly defaults: Partial<Fault>;
  /**
   * The parts of a token or an answer that it decides. Two faults that decide the same part cannot
   * both be active.
   */
  readonly decides: readonly string[];
}
