// What a failed token request says: about the caller's token, about this API, or about the server.
import * as oauth from "oauth4webapi";
import { DependencyError } from "../../monitoring/dependency.js";
import { AnswerTooLarge } from "../../oauth-client/bounded-fetch.js";
import { readFailureCause, readRetryAfter } from "../../oauth-client/read-failure-cause.js";
import { isObject, member } from "../../token/json.js";
import { TokenRequestError } from "./token-request-error.js";

/** A failed request. */
export interface TokenFailure {
  readonly error: TokenRequestError;
  /**
   * `request`: the server refused this one. `server`: it failed, whatever was asked. `unclear`:
   * either.
   */
  readonly about: "request" | "server" | "unclear";
}

/** An answer that is no token. Its message quotes nothing. */
export class UnusableToken extends Error {}

/** Longest wait that the server can request, in seconds. */
const longestWait = 60;
const longestDescription = 300;
const longestClaims = 2048;
/** As registered codes are. Anything else might quote a token (RFC 6749 §5.2). */
const errorCode = /^[a-z][a-z\d_.-]{0,63}$/i;
/** Codes of a server that is busy or broken, although it answers. */
const busy = ["temporarily_unavailable", "server_error", "slow_down"];
/**
 * Codes that every request of this client would get, if the status is 401 (RFC 6749 §5.2). With
 * another one they may be about this request: Keycloak calls an unknown audience `invalid_client`.
 */
const aboutClient = ["invalid_client", "unauthorized_client"];
/** Long runs of the characters of tokens. */
const tokenLike = /[\w.~+/=-]{40,}/g;

/** Never throws. `secrets` must not appear in what is said of the failure. */
export function readTokenFailure(error: unknown, secrets: readonly string[]): TokenFailure {
  try {
    return classify(error, secrets);
  } catch {
    return { error: new TokenRequestError("server_unavailable"), about: "unclear" };
  }
}

function classify(error: unknown, secrets: readonly string[]): TokenFailure {
  if (error instanceof oauth.ResponseBodyError) return readRefusal(error, secrets);
  if (error instanceof oauth.WWWAuthenticateChallengeError) return readChallenge(error);
  const answer = readAnswer(error);
  const { message, code } = readFailureCause(error);
  const cause = new DependencyError(hide(message, secrets));
  const status = answer?.status ?? 0;
  const retryAfter = answer && toWait(answer);
  if (status === 429 || (status === 503 && retryAfter !== undefined)) {
    return { error: unavailable(cause, retryAfter), about: "server" };
  }
  // An answer that is a success, a redirect or a refusal in another language will not improve soon.
  const isAnswer = isUnusable(error) ? status < 500 : status > 0 && status < 500;
  if (isAnswer) return { error: new TokenRequestError("answer_unusable", { cause }), about: "unclear" };
  return { error: unavailable(cause), about: code === undefined ? "unclear" : "server" };
}

/**
 * A challenge is the answer to a client that is not accepted (RFC 6749 §5.2), unless it says that
 * the token is at fault (RFC 6750 §3.1).
 */
function readChallenge({ cause }: oauth.WWWAuthenticateChallengeError): TokenFailure {
  const isToken = cause.some(({ parameters }) => parameters.error === "invalid_token");
  if (isToken) return { error: new TokenRequestError("invalid_token"), about: "request" };
  return { error: new TokenRequestError("invalid_client"), about: "server" };
}

/** Whether an answer came that is no token response. */
function isUnusable(error: unknown): boolean {
  if (error instanceof UnusableToken || error instanceof oauth.UnsupportedOperationError) return true;
  return error instanceof oauth.OperationProcessingError;
}

/** The endpoint's own answer, where that could not be used. */
function readAnswer(error: unknown): Response | undefined {
  if (error instanceof AnswerTooLarge) return error.answer;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Response ? cause : undefined;
}

function readRefusal(error: oauth.ResponseBodyError, secrets: readonly string[]): TokenFailure {
  const { error: given, error_description: text, response, cause } = error;
  const retryAfter = toWait(response);
  const description = typeof text === "string" ? hide(text, secrets) : undefined;
  const isCode = errorCode.test(given) && !secrets.includes(given);
  const code = isCode ? given : "unknown_error";
  if (response.status === 429 || busy.includes(code)) {
    return {
      error: unavailable(new DependencyError(`status ${response.status} "${code}"`), retryAfter),
      about: "server",
    };
  }
  const claims = readClaims(cause, secrets);
  return {
    error: new TokenRequestError(code, { description, claims }),
    about: isAboutAll(code, response.status) ? "server" : "request",
  };
}

function isAboutAll(code: string, status: number): boolean {
  return code === "unsupported_grant_type" || (status === 401 && aboutClient.includes(code));
}

/**
 * The claims challenge, which Microsoft Entra puts beside the error as JSON text. Only JSON objects
 * of ASCII are passed on, since they become part of a header.
 */
function readClaims(body: unknown, secrets: readonly string[]): string | undefined {
  const claims = isObject(body) ? member(body, "claims") : undefined;
  if (typeof claims !== "string" || claims.length > longestClaims || !/^[\x20-\x7e]+$/.test(claims)) return undefined;
  if (secrets.some((secret) => claims.includes(secret))) return undefined;
  try {
    return isObject(JSON.parse(claims)) ? claims : undefined;
  } catch {
    return undefined;
  }
}

function unavailable(cause: unknown, retryAfter = 1): TokenRequestError {
  return new TokenRequestError("server_unavailable", { cause, retryAfter });
}

function toWait({ headers }: Response): number | undefined {
  const seconds = readRetryAfter(headers);
  return seconds === undefined ? undefined : Math.min(Math.ceil(seconds), longestWait);
}

/** On one line, shortened, without what was sent (CWE-532, CWE-117). */
function hide(text: string, secrets: readonly string[]): string {
  const shown = secrets.reduce((rest, secret) => rest.replaceAll(secret, "…"), text.slice(0, 64 * 1024));
  return shown
    .replace(tokenLike, "…")
    .replace(/[^\x20-\x7e…]+/g, " ")
    .slice(0, longestDescription);
}
