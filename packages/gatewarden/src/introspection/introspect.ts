// What the core knows of introspection (RFC 7662): one function. Who asks the authorization server, and how, is not its business.

/** What an authorization server says of a token (RFC 7662 §2.2). Of an inactive one it says nothing else. */
export interface IntrospectionResponse {
  readonly active: boolean;
  readonly [claim: string]: unknown;
}

/**
 * Asks the authorization server about a token. Resolves to its answer; rejects when there is none, which callers of the API see as
 * 503. `signal` aborts when the time is up. `createIntrospectionClient` of `gatewarden/introspection` makes one.
 *
 * What it rejects with decides whether the server is left alone for a while. An error may carry:
 * - `status` (or `statusCode`), a number: the HTTP status of the answer. 401 (RFC 7662 §2.3) and 429 concern all tokens. Other 4xx,
 *   and 2xx that could not be read, concern this token only. 5xx counts when several tokens fail so that were active before.
 * - `retryAfter`, a number: seconds that a 429 asks to wait (RFC 6585 §4). At most 60 are waited.
 * - `code` of the error or of its `cause`, such as `ECONNREFUSED`: no connection could be made, which concerns all tokens.
 *
 * Any other error, a time-out included, counts as 5xx does.
 */
export type Introspect = (token: string, options: { readonly signal: AbortSignal }) => Promise<IntrospectionResponse>;

/** How opaque tokens are checked. Durations in seconds. */
export interface IntrospectionOptions {
  readonly introspect: Introspect;
  /** Whose tokens these are, where the guard trusts several issuers. Default: the only issuer there is. */
  readonly issuer?: string;
  /**
   * Whether a description must name this API in `aud`. Default `required`. `optional` relies on the server to call a token inactive
   * that is not for this API (RFC 7662 §4); an `aud` that is there is checked all the same.
   */
  readonly audienceClaim?: "required" | "optional";
  /** How long a description is used: a token revoked meanwhile is accepted for as long. Never beyond `exp`. Default 60; 0 asks every time. */
  readonly maxAge?: number;
  /** How long a token stays inactive before the server is asked again. Default 10. */
  readonly inactiveMaxAge?: number;
  /** How many descriptions are kept, and how many inactive tokens. Default 10,000 each. */
  readonly maxEntries?: number;
  /**
   * How many questions the server is asked at once; others wait their turn. A quarter of the places is kept for tokens that were
   * active when they were last asked about, within an hour: made-up tokens cannot take them. Default 32.
   */
  readonly maxConcurrent?: number;
  /** How long one question may take. Default 5. */
  readonly timeout?: number;
}
