// A deny list in memory, for one process and for tests. It never drops an entry that could still
// matter to make room for another.
import { ConfigError } from "../errors.js";
import type { RevocationFacts, RevocationSource } from "./refuse-revoked.js";
import {
  parseRevocation,
  type Revocation,
  type RevocationKind,
  type Revoker,
  revocationGrace,
  revocationKinds,
} from "./revocation.js";

/** Options of `createRevocationList`. */
export interface RevocationListOptions {
  /** Maximum number of entries. Default 100,000. */
  readonly maxEntries?: number;
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
}

/** A deny list for the guard's option `revocation`. */
export interface RevocationList extends RevocationSource, Revoker {
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

type Entries = Map<string, ListEntry>;

/** Creates an empty list. */
export function createRevocationList({
  maxEntries = 100_000,
  now = systemClock,
}: RevocationListOptions = {}): RevocationList {
  if (!(Number.isInteger(maxEntries) && maxEntries > 0)) {
    const problem = `is ${String(maxEntries)}; it must be a whole number above 0`;
    throw new ConfigError({ option: "maxEntries", problem, example: "maxEntries: 100_000" });
  }
  const entriesOf = Object.fromEntries(revocationKinds.map((kind) => [kind, new Map()])) as Record<
    RevocationKind,
    Entries
  >;
  const all = Object.values(entriesOf);
  const readSize = (): number => all.reduce((sum, { size }) => sum + size, 0);
  const matches = (
    kind: RevocationKind,
    issuer: string,
    id: string | undefined,
    issuedAt = Number.NEGATIVE_INFINITY,
  ): boolean => {
    // Most lists have entries of one kind or two; a kind without entries costs nothing.
    if (id === undefined || entriesOf[kind].size === 0) return false;
    const entry = entriesOf[kind].get(toEntryKey(issuer, id));
    // Not the other way round: a clock that returns NaN must not end an entry (CWE-636).
    return entry !== undefined && !(now() >= entry.expiresAt + revocationGrace) && issuedAt <= entry.issuedBefore;
  };
  return {
    get size() {
      return readSize();
    },
    isRevoked({ issuer, jti, sid, subject, clientId, issuedAt }) {
      return (
        matches("jti", issuer, jti) ||
        matches("sid", issuer, sid) ||
        matches("subject", issuer, subject, issuedAt) ||
        matches("clientId", issuer, clientId, issuedAt) ||
        matches("wholeIssuer", issuer, "", issuedAt) ||
        matches("everything", "", "", issuedAt)
      );
    },
    revoke(revocation) {
      const { kind, issuer, id, expiresAt, issuedBefore } = parseRevocation(revocation);
      const entries = entriesOf[kind];
      const key = toEntryKey(issuer, id);
      const known = entries.get(key);
      if (known === undefined && readSize() >= maxEntries) makeRoom(all, maxEntries, now());
      const entry = { expiresAt, issuedBefore, keepUntil: hostClock() + expiresAt + revocationGrace - now() };
      entries.set(key, known === undefined ? entry : latest(known, entry));
    },
  };
}

/**
 * Drops entries that have expired by both clocks. Throws if that makes no room, since a forgotten
 * entry is an accepted token. The wall clock alone is not enough: a step ahead would drop entries
 * that matter again once it is corrected.
 */
function makeRoom(all: readonly Entries[], maxEntries: number, now: number): void {
  const host = hostClock();
  let size = 0;
  for (const entries of all) {
    for (const [key, { expiresAt, keepUntil }] of entries) {
      if (now >= expiresAt + revocationGrace && host >= keepUntil) entries.delete(key);
    }
    size += entries.size;
  }
  if (size < maxEntries) return;
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

/** Ids are unique within an issuer: one issuer's entries never match another's tokens. */
function toEntryKey(issuer: string, id: string): string {
  return `${issuer.length} ${issuer}${id}`;
}

function systemClock(): number {
  return Date.now() / 1000;
}

function hostClock(): number {
  return performance.now() / 1000;
}
