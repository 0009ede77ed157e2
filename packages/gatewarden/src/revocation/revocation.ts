// What can be revoked, and the interface of those who revoke.
import type { Awaitable } from "../platform/awaitable.js";

/** Tokens up to a moment: the second in which they were issued decides. */
interface DatedRevocation {
  /**
   * Tokens with an `iat` up to and including this second, and those without `iat`. In seconds since
   * 1970.
   */
  readonly issuedBefore: number;
}

/**
 * What is revoked: a token, a login session, or all tokens up to a moment of a subject, of a
 * client, of an issuer, or of all issuers. Exactly one of the kinds, each written out, so that a
 * forgotten member never revokes more than was meant. Times in seconds since 1970.
 */
export type Revocation = {
  /**
   * When the last token covered by this entry expires: its `exp`, or for many tokens now plus their
   * lifetime.
   */
  readonly expiresAt: number;
} & (
  | ({ readonly issuer: string } & (
      | { readonly jti: string }
      | { readonly sid: string }
      | ({ readonly subject: string } & DatedRevocation)
      /** Tokens whose `client_id`, or `azp` where there is none, is this. */
      | ({ readonly clientId: string } & DatedRevocation)
      /** Every token of the issuer. */
      | ({ readonly wholeIssuer: true } & DatedRevocation)
    ))
  /** Every token of every issuer. */
  | ({ readonly everything: true; readonly issuer?: never } & DatedRevocation)
);

/** Takes revocations: the list in memory, the replica of a fleet, or your own. */
export interface Revoker {
  /**
   * Revokes. Once it returns or resolves, the revocation is stored. Throws or rejects if it is not,
   * with `TypeError` for a malformed one; a fleet's replica refuses the tokens itself even then.
   */
  revoke(revocation: Revocation): Awaitable<void>;
}

/** The kinds, by the member that names them. Their order is part of a stored format. */
export const revocationKinds = ["jti", "sid", "subject", "clientId", "wholeIssuer", "everything"] as const;
export type RevocationKind = (typeof revocationKinds)[number];

/** A revocation whose members have been checked, in one shape for all kinds. */
export interface RevocationEntry {
  readonly kind: RevocationKind;
  /** Empty for `everything`. */
  readonly issuer: string;
  /** Empty for `wholeIssuer` and `everything`. */
  readonly id: string;
  readonly expiresAt: number;
  /** Infinity for `jti` and `sid`. */
  readonly issuedBefore: number;
}

/**
 * An entry outlives its token by the largest clock tolerance, or the token would be valid again
 * within it (RFC 7519 §4.1.4). One minute more allows for checks that wait between `exp` and the
 * deny list.
 */
export const revocationGrace: number = 300 + 60;

/** The year 5138. Larger values are milliseconds. */
const maxTime = 1e11;

/** Throws `TypeError` for a malformed revocation. */
export function parseRevocation(revocation: Revocation): RevocationEntry {
  const members = { ...revocation } as Readonly<Record<string, unknown>>;
  const { issuer, expiresAt, issuedBefore } = members;
  const [kind, ...others] = revocationKinds.filter((name) => Object.hasOwn(members, name));
  const value = kind && members[kind];
  const isWide = kind === "wholeIssuer" || kind === "everything";
  const isDated = isWide || kind === "subject" || kind === "clientId";
  const isSound =
    kind !== undefined &&
    others.length === 0 &&
    (isWide ? value === true : isFilledText(value)) &&
    (kind === "everything" ? !Object.hasOwn(members, "issuer") : isFilledText(issuer));
  if (isSound && isTime(expiresAt) && (isDated ? isTime(issuedBefore) : !Object.hasOwn(members, "issuedBefore"))) {
    return {
      kind,
      issuer: kind === "everything" ? "" : (issuer as string),
      id: isWide ? "" : (value as string),
      expiresAt,
      issuedBefore: isDated ? (issuedBefore as number) : Number.POSITIVE_INFINITY,
    };
  }
  throw new TypeError(
    "A revocation is { issuer, expiresAt } with one of: jti; sid; subject, clientId or wholeIssuer: true with " +
      "issuedBefore. Or it is { everything: true, issuedBefore, expiresAt }. Times in seconds",
  );
}

/** Milliseconds or NaN would make an entry that never ends or never matches. */
function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value < maxTime;
}

function isFilledText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
