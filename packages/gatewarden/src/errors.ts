// The two errors: `AuthError` (a request was refused) and `ConfigError` (the developer must change
// something).
import { catalogue, type OAuthErrorCode, type Reason } from "./reasons.js";

/** Details of a refusal beyond its reason. For logs and `explain`; never sent to the caller. */
export interface RefusalDetails {
  /** The claim or header parameter at fault, or the name of a `check`. */
  readonly name?: string;
  /** What exactly was wrong, without values from the token. */
  readonly problem?: string;
  /** What this API expects. */
  readonly expected?: unknown;
  /** What the token contains. Not verified; may be personal data. */
  readonly actual?: unknown;
}

/** What kind of login is required: the challenge's `acr_values` and `max_age` (RFC 9470 §3). */
export interface StepUpTerms {
  /**
   * The token's `acr` must equal one of these exactly. In order of preference: clients pass the
   * list on to the issuer.
   */
  readonly acrValues?: readonly string[];
  /**
   * Seconds that may have passed since the user last logged in, according to `auth_time`. 0
   * requires a new login.
   */
  readonly maxAge?: number;
}

/**
 * How a token is presented: the scheme of the Authorization header, and of the challenge that
 * answers it.
 */
export type AuthScheme = "Bearer" | "DPoP";

/** Headers of a response. Several challenges are several values. */
type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

/** Optional data for a new `AuthError`. */
export interface AuthErrorOptions {
  readonly details?: RefusalDetails;
  /** Scopes that would be sufficient, for the challenge's `scope` (RFC 6750 §3). */
  readonly scopes?: readonly string[];
  /** The login that would be sufficient, where the current one is not. */
  readonly stepUp?: StepUpTerms;
  /** Seconds until a retry makes sense, for `Retry-After`. */
  readonly retryAfter?: number;
  /** The scheme that the token was presented with. Default `Bearer`. */
  readonly scheme?: AuthScheme;
  /** The underlying error. */
  readonly cause?: unknown;
}

/**
 * A request was refused. `reason` is stable and safe to branch on. `message` is the public
 * description and contains no value of the token. Details are not enumerable, so a logger that
 * prints errors prints no claim values.
 */
export class AuthError extends Error {
  override readonly name = "AuthError";
  /** The stable name of why the request was refused. */
  readonly reason: Reason;
  readonly #options: AuthErrorOptions;
  #headers: ResponseHeaders | undefined;

  constructor(reason: Reason, options: AuthErrorOptions = {}) {
    super(catalogue[reason].description, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.#options = options;
  }

  /** HTTP status of the response. */
  get status(): number {
    return catalogue[this.reason].status;
  }

  /**
   * Changes nothing. Koa writes back the status that it has read, and would throw while it answers
   * the error, which ends the process (CWE-248).
   */
  set status(_status: number) {}

  /**
   * The headers of the response: the challenge, `cache-control`, `retry-after`. Set by
   * `guard.refusal(error)`, which every adapter calls; undefined before. Error handlers of Express,
   * Koa and Fastify write them, so an application may pass the error on to them. They contain
   * nothing from the token. Middleware may replace them.
   */
  get headers(): ResponseHeaders | undefined {
    return this.#headers;
  }

  set headers(headers: ResponseHeaders | undefined) {
    this.#headers = headers;
  }

  /** Same as `status`, under the name that Fastify and Express read. */
  get statusCode(): number {
    return this.status;
  }

  /** Same as `reason`, under the name that Node.js errors use. */
  get code(): Reason {
    return this.reason;
  }

  /** OAuth error code for the challenge (RFC 6750 §3.1); undefined where the RFC wants none. */
  get error(): OAuthErrorCode | undefined {
    return catalogue[this.reason].error;
  }

  /** Expected and actual values, for developers only. */
  get details(): RefusalDetails {
    return this.#options.details ?? {};
  }

  /** Scopes that would be sufficient, where scopes or permissions are missing. */
  get scopes(): readonly string[] {
    return this.#options.scopes ?? [];
  }

  /** The login that would be sufficient, where a stronger or more recent one is required. */
  get stepUp(): StepUpTerms | undefined {
    return this.#options.stepUp;
  }

  /** Seconds until a retry makes sense, when the refusal is temporary. */
  get retryAfter(): number | undefined {
    return this.#options.retryAfter;
  }

  /** The scheme that the token was presented with. Its challenge carries the error. */
  get scheme(): AuthScheme {
    return this.#options.scheme ?? "Bearer";
  }

  /**
   * The same refusal for a token presented with this scheme. Returns a copy, since requests that
   * wait for the same result may share an error.
   */
  withScheme(scheme: AuthScheme): AuthError {
    return scheme === this.scheme ? this : new AuthError(this.reason, { ...this.#options, scheme });
  }
}

/** What a `ConfigError` reports: the option, what is wrong with it, and a valid value. */
export interface ConfigProblem {
  /** The option or environment variable, as the developer wrote it. */
  readonly option: string;
  /** What is wrong with it, as a clause that follows the name. */
  readonly problem: string;
  /** A valid value. */
  readonly example: string;
  /** The other option or variable, where the two conflict. */
  readonly other?: string;
}

/**
 * The developer must change something. Thrown at creation, never during a request. A guard whose
 * options are a function refuses requests with this error as `cause`, and `ready()` rejects with
 * it.
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** The option or environment variable at fault. */
  readonly option: string;
  /** What is wrong with it, as a clause that follows the name. */
  readonly problem: string;
  /** A valid value. */
  readonly example: string;
  /** The other option or variable, where the two conflict. */
  readonly other: string | undefined;

  constructor({ option, problem, example, other }: ConfigProblem, options?: ErrorOptions) {
    super(`${option} ${problem}. For example: ${example}`, options);
    this.option = option;
    this.problem = problem;
    this.example = example;
    this.other = other;
  }
}
