// What a fault is called, what it can be told, and what is said of it.

/** An endpoint that can fail. */
export type Endpoint = "discovery" | "jwks" | "token";
export type Place = "provider" | Endpoint;

/** Ways not to answer as one should. `slow` is no answer of its own: what follows may be right, or another failure. */
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

/** The stable name of something that the tenant can be told to do wrong. */
export type FaultName = TokenFaultName | KeyFaultName | ProviderFaultName;

/** What a fault can be told. All but the name is optional; each fault takes only the parameters that its record lists. */
export interface Fault {
  readonly name: FaultName;
  /** Seconds: how long ago, how far ahead, how long. Each record says which, and how many are assumed. */
  readonly seconds?: number | undefined;
  /** `wrong-audience`: the audience that the token names. */
  readonly audience?: string | undefined;
  /** `wrong-issuer`: the issuer that the token names. */
  readonly issuer?: string | undefined;
  /** `missing-permissions`: the permissions to take away. Default: all. */
  readonly permissions?: readonly string[] | undefined;
  /** `hs256`: the shared secret. Default: the published key's own PEM text, as in the algorithm confusion attack. */
  readonly secret?: string | undefined;
  /** `rotated-keys`: whether the old keys stay published. Default: false. */
  readonly keepOld?: boolean | undefined;
  /** How many tokens or answers are faulty; after that, the fault switches itself off. Default: all. */
  readonly times?: number | undefined;
}

export type FaultParameter = Exclude<keyof Fault, "name">;

/** What the catalogue says of one fault. */
export interface FaultRecord {
  /** Where it shows: in tokens, in the tenant's keys, or in its answers. */
  readonly kind: "token" | "keys" | "provider";
  readonly description: string;
  /** The reason that a Gatewarden API refuses with. Null: the API notices nothing, its clients do. */
  readonly reason: string | null;
  /** What can be said of it, in words. */
  readonly parameters: { readonly [Name in FaultParameter]?: string };
  /** What is assumed. */
  readonly defaults: Partial<Fault>;
  /** What of a token or an answer it decides. Two faults that decide the same cannot both be on. */
  readonly decides: readonly string[];
}
