import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type CacheEntry, createTokenCache } from "../../src/token/cache.js";

const bounds = { maxEntries: 100, maxBytes: 10_000_000 };

function makeToken(tail = randomBytes(64).toString("base64url")): string {
  return `${randomBytes(40).toString("base64url")}.${randomBytes(90).toString("base64url")}.${tail}`;
}

/** 32 bytes that are the same every time, as good as random. */
function makeSignature(index: number): string {
  return createHash("sha256").update(String(index)).digest("base64url");
}

interface Entry extends CacheEntry {
  readonly value: string;
}

type Cache = ReturnType<typeof createTokenCache<Entry>>;

/** What a verified token does that is not in the cache. */
function offer(cache: Cache, token: string, value = "value"): void {
  const kept = cache.admit(token);
  if (kept !== undefined) cache.keep(kept, { value, isMarked: false });
}

/** Offers a token twice, as two requests with it would. */
function keep(cache: Cache, token: string, value = "value"): void {
  offer(cache, token, value);
  offer(cache, token, value);
}

describe("the cache of verified tokens", () => {
  test("keeps a token that comes back, and not one that came once", () => {
    const cache = createTokenCache<Entry>(bounds);
    const token = makeToken();
    offer(cache, token, "once");
    expect(cache.get(token)).toBeUndefined();
    offer(cache, token, "twice");
    expect(cache.get(token)?.value).toBe("twice");
  });

  test("finds a token by an equal text, not by the same object", () => {
    const cache = createTokenCache<Entry>(bounds);
    const token = makeToken();
    keep(cache, token);
    expect(cache.get(Buffer.from(token).toString())?.value).toBe("value");
  });

  test("never takes one token for another that ends in the same signature (CVE-2026-35039)", () => {
    const cache = createTokenCache<Entry>(bounds);
    const tail = randomBytes(64).toString("base64url");
    const good = makeToken(tail);
    keep(cache, good);
    expect(cache.get(makeToken(tail))).toBeUndefined();
    expect(cache.get(good)?.value).toBe("value");
  });

  test("never takes a token with another signature for one with the same header and payload", () => {
    const cache = createTokenCache<Entry>(bounds);
    const good = makeToken();
    keep(cache, good);
    const forged = `${good.slice(0, good.lastIndexOf(".") + 1)}${randomBytes(64).toString("base64url")}`;
    expect(cache.get(forged)).toBeUndefined();
  });

  test("stays within its number of entries", () => {
    const cache = createTokenCache<Entry>(bounds);
    for (let index = 0; index < 1000; index++) keep(cache, makeToken());
    expect(cache.counts().entries).toBe(bounds.maxEntries);
  });

  test("stays within its bytes", () => {
    const cache = createTokenCache<Entry>({ maxEntries: 1_000_000, maxBytes: 50_000 });
    for (let index = 0; index < 1000; index++) keep(cache, makeToken());
    expect(cache.counts().bytes).toBeLessThanOrEqual(50_000);
    expect(cache.counts().entries).toBeGreaterThan(10);
  });

  test("does not keep a token that would take more than half of it", () => {
    const cache = createTokenCache<Entry>({ maxEntries: 10, maxBytes: 1000 });
    const token = makeToken();
    keep(cache, token);
    expect(cache.get(token)).toBeUndefined();
  });

  test("keeps what is used while others pass through", () => {
    const cache = createTokenCache<Entry>(bounds);
    const hot = makeToken();
    keep(cache, hot);
    for (let index = 0; index < 1000; index++) {
      keep(cache, makeToken());
      expect(cache.get(hot)?.value).toBe("value");
    }
  });

  test("takes no room for a flood of tokens that come once", () => {
    const cache = createTokenCache<Entry>(bounds);
    // The same signatures every time: of random ones, two would now and then be taken for one.
    for (let index = 0; index < 10_000; index++) offer(cache, makeToken(makeSignature(index)), "value");
    expect(cache.counts().entries).toBe(0);
  });

  test("tells tokens apart by their signatures' last characters: hardly any stands in another's place", () => {
    const cache = createTokenCache<Entry>({ maxEntries: 30_000, maxBytes: 1_000_000_000 });
    for (let index = 0; index < 20_000; index++) keep(cache, makeToken(makeSignature(index)));
    expect(cache.counts().entries).toBeGreaterThan(19_995);
  });

  test("forgets what it is told to forget", () => {
    const cache = createTokenCache<Entry>(bounds);
    const token = makeToken();
    keep(cache, token);
    cache.delete(token);
    expect(cache.get(token)).toBeUndefined();
    expect(cache.counts()).toMatchObject({ entries: 0, bytes: 0 });
  });

  test("counts hits and misses", () => {
    const cache = createTokenCache<Entry>(bounds);
    const token = makeToken();
    cache.get(token);
    keep(cache, token);
    cache.get(token);
    expect(cache.counts()).toMatchObject({ hits: 1, misses: 1, entries: 1 });
  });
});
