// Fixed keys: configured once, never fetched.
import { AuthError } from "../errors.js";
import type { Awaitable } from "../platform/awaitable.js";
import type { Verify } from "../token/signature.js";
import { type KeyQuery, type KeySet, selectVerifier, verifierOf } from "./key-set.js";
import type { KeySource } from "./key-source.js";
import { createKeyCounts, fixedKeys, type KeyCounts } from "./keys-status.js";
import type { VerificationKey } from "./verification-key.js";

/** A source over a fixed key set: keys are chosen as from a remote one. */
export function createStaticKeySet(set: KeySet): KeySource {
  return {
    pick: (query) => selectVerifier(set, query),
    ready: () => Promise.resolve(),
    status: () => ({ ...fixedKeys, counts: { ...set.counts } }),
  };
}

/** A source with one pinned key: only this key verifies tokens, regardless of their `kid`. */
export function createPinnedKey(key: VerificationKey, counts: KeyCounts = createKeyCounts()): KeySource {
  const pick = (query: KeyQuery): Verify => {
    const verify = verifierOf(key, query);
    if (verify) return verify;
    throw new AuthError("key_unsuitable", {
      details: { name: "alg", expected: [...key.verifiers.keys()], actual: query.alg },
    });
  };
  return { pick, ready: () => Promise.resolve(), status: () => ({ ...fixedKeys, counts: { ...counts } }) };
}

/** The source itself, or one that waits for it. */
export function toSource(source: Awaitable<KeySource>): KeySource {
  return source instanceof Promise ? createPendingKeys(source) : source;
}

/**
 * A source whose keys Web Crypto is still importing. Requests wait meanwhile; a failure refuses all
 * of them.
 */
function createPendingKeys(pending: Promise<KeySource>): KeySource {
  let source: KeySource | undefined;
  pending.then(
    (imported) => {
      source = imported;
    },
    () => undefined,
  );
  return {
    pick: (query) => source?.pick(query) ?? pending.then((imported) => imported.pick(query)),
    ready: () => pending.then((imported) => imported.ready()),
    status: () => source?.status() ?? fixedKeys,
  };
}
