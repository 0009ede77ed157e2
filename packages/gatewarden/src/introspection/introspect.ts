// The core's view of introspection (RFC 7662): one function. How it asks the authorization server
// is up to its implementation.

/**
 * What an authorization server says about a token (RFC 7662 §2.2). For an inactive token, only that
 * it is inactive.
 */
export interface IntrospectionResponse {
  readonly active: boolean;
  readonly [claim: string]: unknown;
}

/**
 * Asks the authorization server about a token. Resolves to its answer. Rejects when there is none,
 * which callers of the API see as 503. `signal` aborts at the time limit.
 * `createIntrospectionClient` of `gatewarden/introspection` creates such a function.
 *
 * The error decides whether the server is not contacted for a while. It may have:
 * - `status` (or `statusCode`), a number: the HTTP status of the answer. 401 (RFC 7662 §2.3) and
 *   429 concern all tokens. Other 4xx, and unreadable 2xx, concern this token only. 5xx counts when
 *   several tokens fail that were active before.
 * - `retryAfter`, a number: seconds that a 429 asks to wait (RFC 6585 §4). The wait is at most 60.
 * - `code`, of the error or of its `cause`, such as `ECONNREFUSED`: no connection was established,
 *   which concerns all tokens.
 *
 * Any other error, including a timeout, counts like 5xx.
 */
export type Introspect = (token: string, options: { readonly signal: AbortSignal }) => Promise<IntrospectionResponse>;

/** Which answer is meant. An answer of one issuer says nothing about a token of another. */
export interface SharedQuestion {
  /** Must not be stored, nor a hash of it without a label (RFC 7662 §4, CWE-312). */
  readonly token: string;
  readonly issuer: string;
}

/** An answer from the store. */
export interface SharedAnswer {
  readonly response: IntrospectionResponse;
  /** Seconds since the server gave it, whatever process asked. */
  readonly age: number;
}

/** Answers about active tokens, shared by the processes of one API. */
export interface IntrospectionStore {
  /** Undefined where there is none. If it throws or rejects, the server is asked. */
  load(question: SharedQuestion): Promise<SharedAnswer | undefined>;
  /** Keeps an answer for at most `lifetime` seconds. Not awaited, and a rejection is ignored. */
  save(question: SharedQuestion, response: IntrospectionResponse, lifetime: number): Promise<void>;
}

/** How opaque tokens are checked. Durations in seconds. */
export interface IntrospectionOptions {
  readonly introspect: Introspect;
  /** The issuer of these tokens, where the guard trusts several. Default: the only issuer. */
  readonly issuer?: string;
  /**
   * Whether a description must contain this API in `aud`. Default `required`. `optional` relies on
   * the server to report a token for another API as inactive (RFC 7662 §4); an `aud` that is
   * present is still checked.
   */
  readonly audienceClaim?: "required" | "optional";
  /**
   * How long a description is used. A token revoked meanwhile is accepted for that long. Never
   * beyond `exp`. Default 60; 0 asks every time.
   */
  readonly maxAge?: number;
  /** How long a token counts as inactive before the server is asked again. Default 10. */
  readonly inactiveMaxAge?: number;
  /** How many descriptions are kept, and how many inactive tokens. Default 10,000 each. */
  readonly maxEntries?: number;
  /**
   * Maximum concurrent questions to the server; others wait. A quarter of the places is reserved
   * for tokens that were active when last asked about, within an hour, so made-up tokens cannot
   * take them. Default 32.
   */
  readonly maxConcurrent?: number;
  /** Time limit for one question. Default 5. */
  readonly timeout?: number;
  /**
   * Shares answers about active tokens with the other processes of this API:
   * `createRedisIntrospectionStore` of `gatewarden/redis`. A token revoked meanwhile is then
   * accepted for `maxAge` by all of them. Default: each process asks for itself.
   */
  readonly store?: IntrospectionStore;
}
