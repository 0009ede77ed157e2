// A set of keys, and the choice of the one key that a token's header names (RFC 7517 §5, RFC 7515
// §4.1.4 and Appendix D).

import { AuthError } from "../errors.js";
import { LastKey } from "../fast/last-key.js";
import { type Awaitable, allOf, chain, rescue } from "../platform/awaitable.js";
import { isObject, type JsonObject, member } from "../token/json.js";
import type { Verify } from "../token/signature.js";
import { importJwk } from "./key.js";
import { createKeyCounts, type MutableKeyCounts } from "./keys-status.js";
import { UnusableKey } from "./material.js";
import { maxTries, tryEach } from "./tries.js";
import type { VerificationKey } from "./verification-key.js";

/** The header parameters that select a key. */
export interface KeyQuery {
  readonly alg: string;
  readonly kid: string | undefined;
  /**
   * The only algorithm for RSA keys without their own. The same in all queries of a set, or absent
   * where it does not apply.
   */
  readonly rsaAlgorithm?: string;
}

/** Usable keys, and the reasons for those left out. */
export interface KeySet {
  readonly keys: readonly VerificationKey[];
  readonly byKid: ReadonlyMap<string, readonly VerificationKey[]>;
  /** One clause per unused key, such as `key "a" has 1024 bits`. */
  readonly ignored: readonly string[];
  /** Keys by their exact text, for the next set: an unchanged key is not imported again. */
  readonly byText: ReadonlyMap<string, VerificationKey>;
  /**
   * By algorithm, for tokens without `kid` that several keys fit. One function each, so that known
   * tokens stay known.
   */
  readonly tries: Map<string, Verify>;
  readonly last: LastKey;
  readonly counts: MutableKeyCounts;
}

const maxKeys = 2000;

/** A document without usable keys. Branch on `code`. */
export class KeySetError extends TypeError {
  override readonly name = "KeySetError";
  readonly code: "not_a_key_set" | "too_many_keys" | "no_usable_key";

  constructor(code: KeySetError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A set from a JWK Set document. Throws, or rejects, when the document is not a JWK Set, or when
 * none of its keys can verify anything (RFC 7517 §5). Keys with the same text in the previous set
 * are reused.
 */
export function parseKeySet(
  document: unknown,
  previous?: KeySet,
  counts: MutableKeyCounts = createKeyCounts(),
): Awaitable<KeySet> {
  const entries = isObject(document) ? member(document, "keys") : undefined;
  if (!Array.isArray(entries))
    throw new KeySetError("not_a_key_set", 'The document is not a JWK Set: it has no "keys" array');
  if (entries.length > maxKeys) throw new KeySetError("too_many_keys", `The JWK Set has more than ${maxKeys} keys`);
  return chain(allOf(entries.map((entry) => parseEntry(entry, previous))), (read) => toKeySet(read, counts));
}

/** A key with its exact text, or the reason why it is left out. */
type ParsedEntry = { readonly text: string; readonly key: VerificationKey } | string;

function parseEntry(entry: unknown, previous: KeySet | undefined): Awaitable<ParsedEntry> {
  const read = (): Awaitable<ParsedEntry> => {
    if (!isObject(entry)) throw new UnusableKey("is not an object");
    const text = JSON.stringify(entry);
    return chain(previous?.byText.get(text) ?? importJwk(entry), (key) => ({ text, key }));
  };
  return rescue(read, (error) => {
    if (error instanceof UnusableKey) return `key ${describeEntry(entry)} ${error.message}${error.found}`;
    throw error;
  });
}

function toKeySet(entries: readonly ParsedEntry[], counts: MutableKeyCounts): KeySet {
  const used = entries.filter((entry) => typeof entry !== "string");
  const ignored = entries.filter((entry) => typeof entry === "string");
  const keys = used.map(({ key }) => key);
  if (keys.length === 0)
    throw new KeySetError("no_usable_key", `The JWK Set has no usable key${ignored.map((why) => `; ${why}`).join("")}`);
  const byText = new Map(used.map(({ text, key }) => [text, key]));
  return { keys, byKid: groupByKid(keys), ignored, byText, tries: new Map(), last: new LastKey(), counts };
}

function groupByKid(keys: readonly VerificationKey[]): ReadonlyMap<string, readonly VerificationKey[]> {
  const byKid = new Map<string, VerificationKey[]>();
  for (const key of keys) {
    if (key.kid === undefined) continue;
    const same = byKid.get(key.kid);
    if (same) same.push(key);
    else byKid.set(key.kid, [key]);
  }
  return byKid;
}

/**
 * The verifier for a token's header. Throws `AuthError`: `key_unknown` (no key has the `kid`),
 * `key_unsuitable` (a key has it, but does not fit the algorithm), `key_ambiguous` (different keys
 * share the `kid`, or there is no `kid` and more than four keys fit).
 */
export function selectVerifier(set: KeySet, query: KeyQuery): Verify {
  return set.last.recall(query) ?? set.last.keep(query, chooseVerifier(set, query));
}

/** As `selectVerifier`, without its memory. */
export function chooseVerifier(set: KeySet, query: KeyQuery): Verify {
  const { alg, kid } = query;
  const named = kid === undefined ? set.keys : set.byKid.get(kid);
  if (named === undefined) throw new AuthError("key_unknown", { details: { name: "kid", actual: kid } });
  let found: Verify | undefined;
  let identity: string | undefined;
  let others: Map<string, Verify> | undefined;
  for (const key of named) {
    const verify = verifierOf(key, query);
    // A key that is listed twice counts once (RFC 7638 §3).
    if (verify === undefined || key.identity === identity) continue;
    if (found === undefined) {
      found = verify;
      identity = key.identity;
    } else {
      others ??= new Map();
      others.set(key.identity, verify);
    }
  }
  if (found === undefined)
    throw new AuthError(kid === undefined ? "key_unknown" : "key_unsuitable", {
      details: { name: "alg", actual: alg },
    });
  return others === undefined ? found : chooseTries(set, query, [found, ...others.values()]);
}

/** Whether the token names a key that is not in the set. */
export function isUnknown({ byKid }: KeySet, { kid }: KeyQuery): boolean {
  return kid !== undefined && !byKid.has(kid);
}

/**
 * The key's verifier for the query. A key that fits both the pinned algorithm and another one has
 * no `alg` of its own (RFC 8725 §3.1).
 */
export function verifierOf({ verifiers }: VerificationKey, { alg, rsaAlgorithm }: KeyQuery): Verify | undefined {
  const isPinned = rsaAlgorithm !== undefined && rsaAlgorithm !== alg && verifiers.has(rsaAlgorithm);
  return isPinned ? undefined : verifiers.get(alg);
}

/**
 * Without a `kid` a few keys may be tried, as in a rotation (RFC 7515 §6). A `kid` must identify
 * one key: where different keys share it, none is tried (RFC 7517 §4.5).
 */
function chooseTries({ tries, counts }: KeySet, { alg, kid }: KeyQuery, fitting: readonly Verify[]): Verify {
  if (kid !== undefined || fitting.length > maxTries)
    throw new AuthError("key_ambiguous", { details: { name: "kid", actual: kid } });
  const verify = tries.get(alg) ?? tryEach(fitting, counts);
  tries.set(alg, verify);
  return verify;
}

function describeEntry(entry: unknown): string {
  const kid = isObject(entry) ? member(entry as JsonObject, "kid") : undefined;
  return typeof kid === "string" ? JSON.stringify(kid.slice(0, 64)) : "without kid";
}
