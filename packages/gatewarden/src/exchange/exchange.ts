// The core's view of tokens for the next hop: what a guard exchanges, and what a handler gets. How
// the authorization server is asked is up to the implementation.
import type { AuthScheme } from "../errors.js";

/**
 * Which token is wanted. At least one member; the server decides which it needs. Several values of
 * `scope` may stand in one text, separated by blanks (RFC 6749 §3.3).
 */
export interface ExchangeTarget {
  /** The next API's identifier (RFC 8693 §2.1). */
  readonly audience?: string | readonly string[];
  /** What the token must allow there. Default: what the server gives. */
  readonly scope?: string | readonly string[];
  /** The next API's URL (RFC 8707 §2). */
  readonly resource?: string | readonly string[];
}

/** The token that arrived, verified by a guard. */
export interface SubjectToken {
  readonly token: string;
  /** Its `iss`. */
  readonly issuer: string;
  /** `exp`, in seconds since 1970. What it is exchanged for is not kept for longer. */
  readonly expiresAt: number;
}

/** A token for calls to another API. Printed, it shows no token (CWE-532). */
export interface OutboundToken {
  /** The token itself. Never log it. */
  readonly value: string;
  /** The scheme to present it with. `DPoP` needs a proof for each request: `headers`, `fetch`. */
  readonly scheme: AuthScheme;
  /** In seconds since 1970. Undefined where the server did not say. */
  readonly expiresAt: number | undefined;
  /** The scopes granted. Undefined where the server did not say: then those asked for. */
  readonly scopes: readonly string[] | undefined;
  /**
   * The headers of one request with this token: `authorization`, and `dpop` with a proof for this
   * method and URL. For clients of your own; they do no retry.
   */
  headers(method: string, url: string | URL): Promise<Readonly<Record<string, string>>>;
  /**
   * Sends a request with this token. The URL must be https, or at a host that may be contacted over
   * http. Redirects are not followed: a token is for one API.
   *
   * After 401 with `invalid_token` in the challenge the token is forgotten, and the request is sent
   * once more with a new one. After 401 with `use_dpop_nonce` it is sent once more with the nonce
   * (RFC 9449 §9). A body that can be read only once, such as a stream, is never sent again: the
   * 401 is then the answer.
   */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
}

/** Runs a call exactly once. */
export type RunCall = <Value>(call: () => Promise<Value>) => Promise<Value>;

/**
 * Exchanges tokens for those of the next hop. `createTokenExchange` of `gatewarden/exchange` makes
 * one.
 */
export interface TokenExchange {
  /**
   * Issuers whose tokens it takes. Needed where the guard trusts several, or looks them up: a
   * server that is sent another issuer's token could use it (CWE-441). Undefined: all that it gets.
   */
  readonly subjectIssuers?: readonly string[] | undefined;
  /** `run` makes a request to the server, so that the guard's listeners can trace it. */
  exchange(subject: SubjectToken, target: ExchangeTarget, run?: RunCall): Promise<OutboundToken>;
  /** Forgets what a token was exchanged for, since it was revoked. */
  forget(token: string): Promise<void>;
}
