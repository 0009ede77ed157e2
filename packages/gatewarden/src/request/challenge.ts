// AuthError → status, WWW-Authenticate and JSON body (RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC
// 9728 §5.1). Contains nothing from the request.
import type { AuthError, AuthScheme } from "../errors.js";
import { catalogue } from "../reasons.js";

/** A refusal, ready for any framework to write. */
export interface Refusal {
  readonly status: number;
  /**
   * Header names in lower case. Several challenges are several values: append them, never
   * overwrite.
   */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: RefusalBody;
}

/** The JSON body of a refusal. */
export interface RefusalBody {
  /**
   * OAuth error code, or `unauthorized`, `access_denied`, `temporarily_unavailable`, `server_error`
   * where OAuth defines none.
   */
  readonly error: string;
  readonly error_description: string;
  /** The stable reason. */
  readonly reason: string;
  /** The usual cause. This member and those below exist only with `explain: "development"`. */
  readonly cause?: string;
  /** How to fix it. */
  readonly fix?: string;
  /** What this API expects. */
  readonly expected?: unknown;
  /** What was sent: may quote the token's claims, never its signature. */
  readonly actual?: unknown;
  /** The page of the documentation, where the variable `GATEWARDEN_DOCS` says where that is. */
  readonly see?: string;
}

/** What `explain` adds to a refusal. */
export type Explanation = Required<Pick<RefusalBody, "cause" | "fix">> &
  Pick<RefusalBody, "expected" | "actual" | "see">;

/** What challenges contain where this API accepts DPoP-bound tokens. */
export interface DpopChallenge {
  /** Whether Bearer is also accepted (RFC 9449 §7.2). */
  readonly mode: "allowed" | "required";
  /** The algorithms of proofs, separated by blanks (RFC 9449 §7.1 `algs`). */
  readonly algorithms: string;
  /** The nonce for the next proof, where nonces are required (RFC 9449 §9). */
  readonly nonce: (() => string | undefined) | undefined;
}

const otherErrors: Readonly<Record<number, string>> = {
  401: "unauthorized",
  403: "access_denied",
  500: "server_error",
  503: "temporarily_unavailable",
};

/** What every challenge contains. From configuration: nothing here comes from a request. */
export interface ChallengePolicy {
  /** The protection space that challenges name (RFC 9110 §11.5). */
  readonly realm: string;
  /** URL of this API's metadata; undefined when none is published. */
  readonly metadataUrl: string | undefined;
  /** How DPoP is offered; undefined where it is off. */
  readonly dpop: DpopChallenge | undefined;
}

/**
 * The response to a refused request. Its headers are also set on the error, for error handlers that
 * read them there.
 */
export function toRefusal(error: AuthError, policy: ChallengePolicy, explanation?: Explanation): Refusal {
  const { status, reason } = error;
  const { description, error: code } = catalogue[reason];
  const nonce = status === 401 ? policy.dpop?.nonce?.() : undefined;
  const headers = {
    // A response to one caller must not be stored for the next (RFC 6750 §5.3, RFC 9449 §8.2).
    "cache-control": "no-store",
    ...(status < 500 && { "www-authenticate": toChallenges(error, policy) }),
    ...(nonce !== undefined && { "dpop-nonce": nonce }),
    ...(error.retryAfter !== undefined && { "retry-after": String(error.retryAfter) }),
  };
  error.headers = headers;
  return {
    status,
    headers,
    body: {
      error: code ?? otherErrors[status] ?? "server_error",
      error_description: description,
      reason,
      ...explanation,
    },
  };
}

/**
 * One challenge per accepted scheme. The error is in the challenge of the scheme that the client
 * used, or of the first.
 */
function toChallenges(error: AuthError, { realm, metadataUrl, dpop }: ChallengePolicy): readonly string[] {
  const schemes: readonly AuthScheme[] = dpop ? (dpop.mode === "required" ? ["DPoP"] : ["Bearer", "DPoP"]) : ["Bearer"];
  const used = schemes.includes(error.scheme) ? error.scheme : schemes[0];
  return schemes.map((scheme) => {
    const parameters: [string, string][] = [["realm", realm]];
    if (scheme === used) parameters.push(...toErrorParameters(error));
    // Where a client finds the issuer (RFC 9728 §5.1).
    if (metadataUrl !== undefined) parameters.push(["resource_metadata", metadataUrl]);
    if (scheme === "DPoP" && dpop) parameters.push(["algs", dpop.algorithms]);
    return `${scheme} ${parameters.map(([name, value]) => `${name}=${quoteParameter(value)}`).join(", ")}`;
  });
}

function toErrorParameters(error: AuthError): [string, string][] {
  const parameters: [string, string][] = [];
  // A request without credentials gets no error code (RFC 6750 §3.1).
  if (error.error !== undefined) {
    parameters.push(["error", error.error], ["error_description", catalogue[error.reason].description]);
  }
  const { scopes, stepUp } = error;
  if (scopes.length > 0) parameters.push(["scope", scopes.join(" ")]);
  // The login that is required (RFC 9470 §3).
  if (stepUp?.acrValues) parameters.push(["acr_values", stepUp.acrValues.join(" ")]);
  if (stepUp?.maxAge !== undefined) parameters.push(["max_age", String(stepUp.maxAge)]);
  return parameters;
}

/**
 * A quoted-string (RFC 9110 §5.6.4). Characters that could end the header or the string are escaped
 * or dropped (CWE-113).
 */
function quoteParameter(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, "").replace(/["\\]/g, "\\$&")}"`;
}
