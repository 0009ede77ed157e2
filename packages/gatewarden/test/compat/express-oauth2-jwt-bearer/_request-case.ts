// One row of the table of requests: what is sent to whom, and what both packages answer.

/** `"{issuer}"` and the like stand for what exists only once servers run; `_world.ts` fills them in. */
export type Filled = Readonly<Record<string, unknown>>;

/** A token that differs from a good one only in what is given. */
export interface TokenRow {
  /** `undefined` removes a claim; `{ in: 60 }` is a time from now, in seconds. */
  readonly claims?: Filled;
  /** `undefined` removes a parameter. */
  readonly header?: Filled;
  /** Who signs. Default `rsa`, which is published. */
  readonly signer?: KeyName;
  /** How it is signed, whatever its header says. */
  readonly alg?: string;
  /** Signs with a secret instead. */
  readonly secret?: string;
  /** Sent as it is. */
  readonly raw?: string;
  /** What becomes of the token before it is sent. */
  readonly change?: "no signature" | "other payload" | "cut";
  /** Binds it to the client's key or certificate. */
  readonly bound?: "key" | "certificate" | "both";
}

export type KeyName = "rsa" | "ec" | "ed" | "second" | "stranger";

/** A proof that differs from a good one only in what is given. */
export interface ProofRow {
  readonly claims?: Filled;
  readonly header?: Filled;
  readonly by?: "client" | "other";
  readonly raw?: string;
  readonly isTwice?: boolean;
}

/** How the issuer behaves. What is left out works. */
export interface IssuerRow {
  readonly metadata?: "500" | "404" | "reset" | "not JSON" | "other issuer" | "no keys" | "no issuer" | "oauth only";
  readonly jwks?: "500" | "404" | "reset" | "not JSON" | "empty" | readonly KeyName[];
  readonly algorithms?: readonly string[];
}

/** Status and OAuth error code; the code is absent where the challenge has none. */
export type Answer = readonly [status: number, code?: string];

export interface RequestRow {
  readonly title: string;
  /** Beside `issuerBaseURL` and `audience`; `undefined` removes one. */
  readonly options?: Filled;
  /** The environment. Default: empty. */
  readonly env?: Readonly<Record<string, string>>;
  readonly issuer?: IssuerRow;
  /** A second middleware: its name, and its arguments. */
  readonly check?: readonly [name: string, ...given: unknown[]];
  /** Whether `auth()` is left out. */
  readonly isOpen?: boolean;
  readonly token?: TokenRow;
  /** Default `header`. */
  readonly place?: "header" | "query" | "form" | "json" | "nowhere";
  /** Default `Bearer {token}`, or `DPoP {token}` where there is a proof. A list is two headers. */
  readonly authorization?: string | readonly string[];
  readonly proof?: ProofRow;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether the application trusts its proxy. */
  readonly isBehindProxy?: boolean;
  /** Whether it is sent twice: the second answer counts. */
  readonly isRepeated?: boolean;
  /** A request before, and how the issuer behaves from then on. */
  readonly earlier?: TokenRow;
  readonly later?: IssuerRow;
  /** What both answer; `refused` where `auth()` itself throws. */
  readonly answer: Answer | "refused";
  /** What the original answers, where it differs, and why. */
  readonly original?: Answer | "refused";
  readonly difference?: string;
  /** Whether the texts of the two differ, as they may where the difference "wording" allows it. */
  readonly isWorded?: boolean;
}
