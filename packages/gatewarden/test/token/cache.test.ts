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

type Cache = ReturnType<typeof createTokenCache<Entry, string>>;

/** What is kept for exactly this text. */
function valueAt(cache: Cache, text: string): string | undefined {
  const index = cache.find(text);
  return index === undefined ? undefined : cache.entryAt(index)?.value;
}

/** What a verified token does that is not in the cache. */
function offer(cache: Cache, token: string, value = "value"): void {
  const kept = cache.admit(token);
  if (kept !== undefined) cache.keep(kept, { value, isMarked: false }, `grounds of ${value}`);
}

/** Offers a token twice, as two requests with it would. */
function keep(cache: Cache, token: string, value = "value"): void {
  offer(cache, token, value);
  offer(cache, token, value);
}

describe("the cache of verified tokens", () => {
  test("keeps a token that comes back, and not one that came once", () => {
    const cache = createTokenCache<Entry, string>(bounds);
    const token = makeToken();
    offer(cache, token, "once");
    expect(cache.find(token)).toBeUndefined();
    offer(cache, token, "twice");
    expect(valueAt(cache, token)).toBe("twice");
  });

  test("finds a token by an equal text, not by the same object", () => {
    const cache = createTokenCache<Entry, string>(bounds);
    const token = makeToken();
    keep(cache, token);
    expect(valueAt(cache, Buffer.from(token).toString())).toBe("value");
  });

  test("never takes one token for another that ends in the same signature (CVE-2026-35039)", () => {
    const cache = createTokenCache<Entry, string>(bounds);
    const tail = randomBytes(64).toString("base64url");
    const good = makeToken(tail);
    keep(cache, good);
    expect(cache.find(makeToken(tail))).toBeUndefined();
    expect(valueAt(cache, good)).toBe("value");
  });

  test("never takes a token with another signature for one with the same header and payload", () => {
    const cache = createTokenCache<Entry, string>(bounds);
    const good = makeToken();
    keep(cache, good);
    const forged = `${good.slice(0, good.lastIndexOf(".") + 1)}${randomBytes(64).toString("base64url")}`;
    expect(cache.find(forged)).toBeUndefined();
  });

  test("stays within its number of entries", () => {
    const cache = createTokenCache<Entry, string>(bounds);
    for (let index = 0; index < 1000; index++) keep(cache, makeToken());
    expect(cache.counts().entries).toBe(bounds.maxEntries);
  });

  test("stays within its bytes", () => {
    const cache = createTokenCache<Entry, string>({ maxEntries: 1_000_000, maxBytes: 50_000 });
    for (let index = 0; index < 1000; index++) keep(cache, makeToken());
    expect(cache.counts().bytes).toBeLessThanOrEqual(50_000);
    expect(cache.counts().entries).toBeGreaterThan(10);
  });

  test("does not keep a token that would take more than half of it", () => {
    const cache = createTokenCache<Entry, string>({ maxEntries: 10, maxBytes: 1000 });
    const token = makeToken();
    keep(cache, token);
    expect(cache.find(token)).toBeUndefined();
  });

  test("keeps what is used while others pass through", () => {
    const cache = createTokenCache<Entry, string>(bounds);
    const hot = makeToken();
    keep(cache, hot);
    for (let index = 0; index < 1000; index++) {
      keep(cache, makeToken());
      expect(valueAt(cache, hot)).toBe("value");
    }
  });

  test("takes no room for a flood of tokens that come once", () => {
    const cache = createTokenCache<Entry, string>(bounds);
    // The same signatures every time: of random ones, two would now and then be taken for one.
    for (let index = 0; index < 10_000; index++) offer(cache, makeToken(makeSignature(index)), "value");
    expect(cache.counts().entries).toBe(0);
  });

  test("tells tokens apart by their signatures' last characters: hardly any stands in another's place", () => {
    const cache = createTokenCache<Entry, string>({ maxEntries: 30_000, maxBytes: 1_000_000_000 });
    for (let index = 0; index < 20_000; index++) keep(cache, makeToken(makeSignature(index)));
    expect(cache.counts().entries).toBe(20_000);
  });

  test("keeps with each token its own entry and grounds, whichever of them go", () => {
    const cache = createTokenCache<Entry, string>({ ...bounds, maxEntries: 20 });
    const tokens = Array.from({ length: 60 }, (_, index) => makeToken(makeSignature(index)));
    for (const [index, token] of tokens.entries()) {
      keep(cache, token, String(index));
      if (index % 3 === 0) cache.delete(token);
    }
    const left = tokens.flatMap((token, number) => {
      const index = cache.find(token);
      return index === undefined ? [] : [[number, cache.entryAt(index)?.value, cache.verifiedByAt(index)]];
    });
    expect(left.length).toBe(20);
    expect(left).toEqual(left.map(([number]) => [number, String(number), `grounds of ${number}`]));
  });

  test("forgets what it is told to forget", () => {
    const cache = createTokenCache<Entry, string>(bounds);
    const token = makeToken();
    keep(cache, token);
    cache.delete(token);
    expect(cache.find(token)).toBeUndefined();
    expect(cache.counts()).toMatchObject({ entries: 0, bytes: 0 });
  });

  test("counts hits and misses", () => {
    const cache = createTokenCache<Entry, string>(bounds);
    const token = makeToken();
    cache.find(token);
    keep(cache, token);
    cache.find(token);
    expect(cache.counts()).toMatchObject({ hits: 1, misses: 1, entries: 1 });
  });
});
