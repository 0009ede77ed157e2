// The error classes of jsonwebtoken 9, by which applications tell refusals apart, and which of them
// each reason becomes.
import type { AuthError, Reason } from "../../index.js";

/** The token was refused. `cause` is the `AuthError`, whose `reason` says exactly why. */
export class JsonWebTokenError extends Error {
  override name = "JsonWebTokenError";
}

/** The token has expired, or is older than `maxAge`. */
export class TokenExpiredError extends JsonWebTokenError {
  override name = "TokenExpiredError";
  readonly #expiredAt: Date;

  constructor(message: string, expiredAt: Date, options?: ErrorOptions) {
    super(message, options);
    this.#expiredAt = expiredAt;
  }

  /** When it expired. Not enumerable: a logger that prints errors prints no claims (CWE-532). */
  get expiredAt(): Date {
    return this.#expiredAt;
  }
}

/** The token is not valid yet. */
export class NotBeforeError extends JsonWebTokenError {
  override name = "NotBeforeError";
  readonly #date: Date;

  constructor(message: string, date: Date, options?: ErrorOptions) {
    super(message, options);
    this.#date = date;
  }

  /** From when it is valid. Not enumerable. */
  get date(): Date {
    return this.#date;
  }
}

/** What messages name: values of the configuration, never of the token. */
export interface ExpectedNames {
  readonly issuers?: readonly string[] | undefined;
  readonly audiences?: readonly string[] | undefined;
}

const unreadable = "jwt malformed";
const noKey = "secret or public key must be provided";

/**
 * The messages that jsonwebtoken documents. Reasons that it has no words for keep their own text.
 */
const messages: Partial<Readonly<Record<Reason, string>>> = {
  credentials_malformed: unreadable,
  credentials_multiple: "only one jwt may be sent",
  token_opaque: unreadable,
  token_encrypted: unreadable,
  token_malformed: "invalid token",
  algorithm_none: "invalid algorithm",
  algorithm_not_allowed: "invalid algorithm",
  key_unsuitable: "invalid algorithm",
  key_unknown: noKey,
  key_ambiguous: noKey,
  signature_invalid: "invalid signature",
};

/** Converts a refusal of the guard. */
export function toJwtError(refusal: AuthError, expected: ExpectedNames): JsonWebTokenError {
  const { reason, details } = refusal;
  const options = { cause: refusal };
  if (reason === "expired") return new TokenExpiredError("jwt expired", toDate(details.actual), options);
  if (reason === "not_yet_valid") return new NotBeforeError("jwt not active", toDate(details.actual), options);
  return new JsonWebTokenError(toMessage(refusal, expected), options);
}

function toMessage({ reason, details, message }: AuthError, { audiences = [], issuers = [] }: ExpectedNames): string {
  const lacks = reason === "claim_missing" ? details.name : undefined;
  if (reason === "audience_mismatch" || lacks === "aud")
    return audiences.length === 0
      ? "jwt audience invalid. expected: none"
      : `jwt audience invalid. expected: ${audiences.join(" or ")}`;
  if (reason === "issuer_untrusted" || lacks === "iss") return toIssuerMessage(issuers);
  if (reason === "claim_invalid" && isDate(details.name)) return `invalid ${details.name} value`;
  if (reason === "token_malformed" && details.name === "token") return unreadable;
  return messages[reason] ?? message;
}

/** The text for another issuer. */
export function toIssuerMessage(issuers: readonly string[]): string {
  return `jwt issuer invalid. expected: ${issuers.join(",")}`;
}

function isDate(name: unknown): name is "exp" | "nbf" {
  return name === "exp" || name === "nbf";
}

function toDate(seconds: unknown): Date {
  return new Date(typeof seconds === "number" ? seconds * 1000 : Number.NaN);
}
