// Why there is no token for the next hop, and how a handler may answer to its own caller.

/** Optional data for a new `TokenRequestError`. */
export interface TokenRequestDetails {
  /** What the server said. Shortened, and without tokens. */
  readonly description?: string | undefined;
  /** The claims challenge of the server, as JSON. */
  readonly claims?: string | undefined;
  /** Seconds until a retry makes sense. */
  readonly retryAfter?: number | undefined;
  /** The underlying error. Its message quotes no answer. */
  readonly cause?: unknown;
}

/** Codes with which a server says that the user, or the caller's token, is the cause. */
const aboutCaller: ReadonlySet<string> = new Set([
  ...["invalid_grant", "invalid_token", "interaction_required", "login_required", "consent_required"],
  ...["account_selection_required", "insufficient_user_authentication"],
]);

/** No answer from the server, an answer that cannot be used, and a token that it is not sent. */
export type OwnCode = "server_unavailable" | "answer_unusable" | "issuer_not_listed";

/**
 * The authorization server gave no token. Branch on `code`. Error handlers of Express, Koa and
 * Fastify that get it answer with its `status` and `headers`; a handler of your own may answer
 * otherwise.
 */
export class TokenRequestError extends Error {
  override readonly name = "TokenRequestError";
  /**
   * The server's OAuth error code, such as `invalid_grant`, `interaction_required` or
   * `invalid_target` (RFC 6749 §5.2, RFC 8693 §2.2.2); `server_unavailable` where it could not be
   * asked; `answer_unusable` where its answer is no token that may be used; `issuer_not_listed`
   * where `subjectIssuers` does not list the issuer of the caller's token.
   */
  readonly code: OwnCode | (string & {});
  readonly #details: TokenRequestDetails;

  constructor(code: OwnCode | (string & {}), details: TokenRequestDetails = {}) {
    const { cause } = details;
    super(describe(code, cause), cause === undefined ? undefined : { cause });
    this.code = code;
    this.#details = details;
  }

  /**
   * How to answer to the caller: 401 where a new login may help, 503 where a retry may, and 502
   * where neither does, since this API is not allowed what it asked for.
   */
  get status(): number {
    if (this.code === "server_unavailable") return 503;
    return aboutCaller.has(this.code) || this.claims !== undefined ? 401 : 502;
  }

  /**
   * Changes nothing. Koa writes back the status that it has read, and would throw while it answers
   * the error, which ends the process (CWE-248).
   */
  set status(_status: number) {}

  /** Same as `status`, under the name that Fastify and Express read. */
  get statusCode(): number {
    return this.status;
  }

  /**
   * For the answer to the caller: `retry-after` with 503; with 401 a challenge, which carries the
   * server's claims challenge (Microsoft identity platform, "Claims challenges").
   */
  get headers(): Readonly<Record<string, string>> {
    const { status, claims, retryAfter } = this;
    if (status === 503) return { "retry-after": `${retryAfter ?? 1}` };
    if (status !== 401) return {};
    const text = claims === undefined ? undefined : btoa(claims);
    const problem = text === undefined ? 'error="invalid_token"' : `error="insufficient_claims", claims="${text}"`;
    return { "www-authenticate": `Bearer ${problem}`, "cache-control": "no-store" };
  }

  /** For logs of your own. May name a person. Not enumerable, so a logger does not print it. */
  get description(): string | undefined {
    return this.#details.description;
  }

  /** The claims with which the client must log in again, as JSON (Microsoft Entra). */
  get claims(): string | undefined {
    return this.#details.claims;
  }

  /** Seconds until a retry makes sense, where the failure is temporary. */
  get retryAfter(): number | undefined {
    return this.#details.retryAfter;
  }

  /** The same failure for another request: frameworks change the errors that they get. */
  again(): TokenRequestError {
    return new TokenRequestError(this.code, this.#details);
  }
}

function describe(code: string, cause: unknown): string {
  const reason = cause instanceof Error ? `: ${cause.message}` : "";
  if (code === "server_unavailable") return `The token server could not be asked${reason}`;
  if (code === "answer_unusable") return `The token server's answer cannot be used${reason}`;
  if (code === "issuer_not_listed") return "The token's issuer is not one of subjectIssuers";
  return `The token server refused: ${code}`;
}
