// A deny list in memory, for one process and for tests. It never drops an entry that could still
// matter to make room for another.
import { ConfigError } from "../errors.js";
import type { RevocationFacts, RevocationSource } from "./refuse-revoked.js";

/**
 * What is revoked at one issuer: a token, a login session, or all tokens that a subject got up to a
 * moment. Times in seconds since 1970.
 */
export type Revocation = {
  readonly issuer: string;
  /**
   * When the last token covered by this entry expires: its `exp`, or for many tokens now plus their
   * lifetime.
   */
  readonly expiresAt: number;
} & (
  | { readonly jti: string }
  | { readonly sid: string }
  /** Tokens with an `iat` up to and including this second, and those without `iat`. */
  | { readonly subject: string; readonly issuedBefore: number }
);

/** Options of `createRevocationList`. */
export interface RevocationListOptions {
  /** Maximum number of entries. Default 100,000. */
  readonly maxEntries?: number;
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
}

/** A deny list for the guard's option `revocation`. */
export interface RevocationList extends RevocationSource {
  isRevoked(facts: RevocationFacts): boolean;
  /**
   * Revokes from now on. Throws `RangeError` if the list is full of entries that are still needed,
   * and `TypeError` for a malformed entry. In both cases nothing was revoked.
   */
  revoke(revocation: Revocation): void;
  /** The number of entries, including expired ones until room is needed. */
  readonly size: number;
}

interface ListEntry {
  readonly expiresAt: number;
  /** Tokens issued up to this second are revoked. Infinity revokes all of them. */
  readonly issuedBefore: number;
  /** When the entry ends by the host's monotonic clock, in seconds. */
  readonly keepUntil: number;
}

/**
 * An entry outlives its token by the largest clock tolerance, or the token would be valid again
 * within it (RFC 7519 §4.1.4). One minute more allows for checks that wait between `exp` and the
 * deny list.
 */
const grace = 300 + 60;

/** Creates an empty list. */
export function createRevocationList({
  maxEntries = 100_000,
  now = systemClock,
}: RevocationListOptions = {}): RevocationList {
  if (!(Number.isInteger(maxEntries) && maxEntries > 0)) {
    const problem = `is ${String(maxEntries)}; it must be a whole number above 0`;
    throw new ConfigError({ option: "maxEntries", problem, example: "maxEntries: 100_000" });
  }
  const entries = new Map<string, ListEntry>();
  const matches = (key: string, issuedAt = Number.NEGATIVE_INFINITY): boolean => {
    const entry = entries.get(key);
    // Not the other way round: a clock that returns NaN must not end an entry (CWE-636).
    return entry !== undefined && !(now() >= entry.expiresAt + grace) && issuedAt <= entry.issuedBefore;
  };
  return {
    get size() {
      return entries.size;
    },
    isRevoked({ issuer, jti, sid, subject, issuedAt }) {
      return (
        (jti !== undefined && matches(toEntryKey("jti", issuer, jti))) ||
        (sid !== undefined && matches(toEntryKey("sid", issuer, sid))) ||
        (subject !== undefined && matches(toEntryKey("sub", issuer, subject), issuedAt))
      );
    },
    revoke(revocation) {
      const { key, entry } = parseRevocation(revocation, now());
      const known = entries.get(key);
      if (known === undefined) makeRoom(entries, maxEntries, now());
      entries.set(key, known === undefined ? entry : latest(known, entry));
    },
  };
}

/**
 * Drops entries that have expired by both clocks. Throws if that makes no room, since a forgotten
 * entry is an accepted token. The wall clock alone is not enough: a step ahead would drop entries
 * that matter again once it is corrected.
 */
function makeRoom(entries: Map<string, ListEntry>, maxEntries: number, now: number): void {
  if (entries.size < maxEntries) return;
  const host = hostClock();
  for (const [key, { expiresAt, keepUntil }] of entries) {
    if (now >= expiresAt + grace && host >= keepUntil) entries.delete(key);
  }
  if (entries.size < maxEntries) return;
  throw new RangeError(
    `The revocation list is full: it holds ${maxEntries} entries. Raise maxEntries, or use a shared store`,
  );
}

function latest(known: ListEntry, entry: ListEntry): ListEntry {
  return {
    expiresAt: Math.max(known.expiresAt, entry.expiresAt),
    issuedBefore: Math.max(known.issuedBefore, entry.issuedBefore),
    keepUntil: Math.max(known.keepUntil, entry.keepUntil),
  };
}

function parseRevocation(revocation: Revocation, now: number): { key: string; entry: ListEntry } {
  const { issuer, expiresAt } = revocation;
  const given = (["jti", "sid", "subject"] as const).filter((name) => Object.hasOwn(revocation, name));
  const [name] = given;
  const value: unknown = name && (revocation as Readonly<Record<string, unknown>>)[name];
  const issuedBefore = "issuedBefore" in revocation ? revocation.issuedBefore : Infinity;
  const isSound = given.length === 1 && isFilledText(issuer) && isFilledText(value) && Number.isFinite(expiresAt);
  // Milliseconds or NaN would make an entry that never ends or never matches.
  const isInSeconds = expiresAt < maxTime && (name === "subject" ? issuedBefore < maxTime : issuedBefore === Infinity);
  if (!isSound || !isInSeconds || name === undefined) {
    throw new TypeError(
      "A revocation is { issuer, expiresAt } with one of: jti; sid; subject and issuedBefore. Times in seconds",
    );
  }
  const keepUntil = hostClock() + expiresAt + grace - now;
  const entry = { expiresAt, issuedBefore, keepUntil };
  return { key: toEntryKey(name === "subject" ? "sub" : name, issuer, value as string), entry };
}

/** The year 5138. Larger values are milliseconds. */
const maxTime = 1e11;

function isFilledText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Ids are unique within an issuer: one issuer's entries never match another's tokens. */
function toEntryKey(kind: "jti" | "sid" | "sub", issuer: string, id: string): string {
  return JSON.stringify([kind, issuer, id]);
}

function systemClock(): number {
  return Date.now() / 1000;
}

function hostClock(): number {
  return performance.now() / 1000;
}
