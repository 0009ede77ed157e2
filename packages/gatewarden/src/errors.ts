// The two errors: AuthError (a request was refused) and ConfigError (the developer must change something).
import { catalogue, type OAuthErrorCode, type Reason } from "./reasons.js";

/** What a refusal knows beyond its reason. For logs and `explain`; never for the wire. */
export interface RefusalDetails {
  /** The claim or header parameter at fault. */
  readonly name?: string;
  /** What exactly was wrong, in words without values of the token. */
  readonly problem?: string;
  /** What this API wants. */
  readonly expected?: unknown;
  /** What the token says. Not verified; may be personal data. */
  readonly actual?: unknown;
}

/** What a login must be like; the challenge's `acr_values` and `max_age` (RFC 9470 §3). */
export interface StepUpTerms {
  /** One of these must be the token's `acr`, exactly. In order of preference: clients pass the list on to the issuer. */
  readonly acrValues?: readonly string[];
  /** Seconds that may have passed since the user last logged in, as `auth_time` says. 0 asks for a login just now. */
  readonly maxAge?: number;
}

/** How a token is presented: as the scheme of the Authorization header, and of the challenge that answers it. */
export type AuthScheme = "Bearer" | "DPoP";

/** What may accompany a reason when an `AuthError` is made. */
export interface AuthErrorOptions {
  readonly details?: RefusalDetails;
  /** Scopes that would be sufficient, for the challenge's `scope` (RFC 6750 §3). */
  readonly scopes?: readonly string[];
  /** The login that would be sufficient, where the one behind the token is not. */
  readonly stepUp?: StepUpTerms;
  /** Seconds after which trying again makes sense, for `Retry-After`. */
  readonly retryAfter?: number;
  /** The scheme that the token came with. Default `Bearer`. */
  readonly scheme?: AuthScheme;
  /** The underlying error. */
  readonly cause?: unknown;
}

/**
 * A request was refused. `reason` is stable and safe to branch on; `message` is the public description and holds no value of the token.
 * Details are kept off the enumerable properties, so that a logger which prints errors prints no claim values.
 */
export class AuthError extends Error {
  override readonly name = "AuthError";
  /** Why, as one stable name. */
  readonly reason: Reason;
  readonly #options: AuthErrorOptions;

  constructor(reason: Reason, options: AuthErrorOptions = {}) {
    super(catalogue[reason].description, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.#options = options;
  }

  /** HTTP status of the answer. */
  get status(): number {
    return catalogue[this.reason].status;
  }

  /** The same as `status`, under the name that Fastify and Express read. */
  get statusCode(): number {
    return this.status;
  }

  /** The same as `reason`, under the name that Node.js errors use. */
  get code(): Reason {
    return this.reason;
  }

  /** OAuth error code for the challenge (RFC 6750 §3.1); undefined where none belongs. */
  get error(): OAuthErrorCode | undefined {
    return catalogue[this.reason].error;
  }

  /** Expected against actual, for the developer's eyes only. */
  get details(): RefusalDetails {
    return this.#options.details ?? {};
  }

  /** Scopes that would be sufficient, where scopes or permissions are what is missing. */
  get scopes(): readonly string[] {
    return this.#options.scopes ?? [];
  }

  /** The login that would be sufficient, where a stronger or more recent one is what is missing. */
  get stepUp(): StepUpTerms | undefined {
    return this.#options.stepUp;
  }

  /** Seconds until trying again makes sense, when the refusal is temporary. */
  get retryAfter(): number | undefined {
    return this.#options.retryAfter;
  }

  /** The scheme that the token came with: its challenge carries the error. */
  get scheme(): AuthScheme {
    return this.#options.scheme ?? "Bearer";
  }

  /** The same refusal of a token that came with this scheme. A copy, since requests that wait for one thing may share an error. */
  withScheme(scheme: AuthScheme): AuthError {
    return scheme === this.scheme ? this : new AuthError(this.reason, { ...this.#options, scheme });
  }
}

/** What a `ConfigError` says: where the bad value stands, what it is, and what would be right. */
export interface ConfigProblem {
  /** The option or environment variable, as the developer wrote it. */
  readonly option: string;
  /** What is wrong with it, as a clause that follows the name. */
  readonly problem: string;
  /** A right value. */
  readonly example: string;
  /** The other option or variable, where the two cannot both hold. */
  readonly other?: string;
}

/**
 * The developer must change something. Thrown at creation, never during a request: a guard whose
 * options are a function refuses requests with it as `cause`, and `ready()` rejects with it.
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** The option or environment variable at fault. */
  readonly option: string;
  /** What is wrong with it, as a clause that follows the name. */
  readonly problem: string;
  /** A right value. */
  readonly example: string;
  /** The other option or variable, where the two cannot both hold. */
  readonly other: string | undefined;

  constructor({ option, problem, example, other }: ConfigProblem, options?: ErrorOptions) {
    super(`${option} ${problem}. For example: ${example}`, options);
    this.option = option;
    this.problem = problem;
    this.example = example;
    this.other = other;
  }
}
