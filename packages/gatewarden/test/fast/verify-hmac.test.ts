// HMACs as text in a reusable buffer, against the plain function: the same answer to every signature, of keys by turns.
import * as crypto from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createVerifyHmacWithScratch } from "../../src/fast/verify-hmac.js";
import { type AlgorithmRecord, algorithms } from "../../src/token/algorithms.js";
import { createVerifyHmac } from "../../src/token/signature.js";

const names = ["HS256", "HS384", "HS512"] as const;

function recordOf(name: (typeof names)[number]): AlgorithmRecord {
  const record = algorithms.get(name);
  if (!record) throw new Error(`${name} is missing`);
  return record;
}

/** Both verifiers of a key, and what signs with it. */
function createPair(name: (typeof names)[number]) {
  const record = recordOf(name);
  const secret = crypto.createSecretKey(crypto.randomBytes(64));
  const sign = (data: Uint8Array) =>
    crypto
      .createHmac(record.hash ?? "", secret)
      .update(data)
      .digest();
  return {
    sign,
    fast: createVerifyHmacWithScratch(crypto, secret, record),
    plain: createVerifyHmac(crypto, secret, record),
  };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("An HMAC as text is verified as the plain function does", () => {
  test("with good signatures, and with signatures that are changed, cut, longer, empty or another key's", () => {
    const keys = names.flatMap((name) => [createPair(name), createPair(name)]);
    const change = fc.constantFrom("none", "bit", "cut", "longer", "empty", "another key", "the text before");
    const question = fc.record({ key: fc.nat(keys.length - 1), data: fc.uint8Array({ maxLength: 200 }), change });
    let [last, accepted, refused] = [new Uint8Array(1), 0, 0];
    const ask = fc.property(fc.array(question, { minLength: 1, maxLength: 8 }), fc.nat(), (questions, place) => {
      for (const { key, data, change } of questions) {
        const pair = keys[key] ?? createPair("HS256");
        const good = pair.sign(data);
        const signature = {
          none: good,
          bit: Uint8Array.from(good, (byte, at) => (at === place % good.length ? byte ^ (1 << (place % 8)) : byte)),
          cut: good.subarray(0, place % good.length),
          longer: Uint8Array.of(...good, 0),
          empty: new Uint8Array(),
          "another key": (keys[key ^ 1] ?? pair).sign(data),
          "the text before": pair.sign(last),
        }[change];
        const answer = pair.fast(data, signature);
        expect(answer).toBe(pair.plain(data, signature));
        expect(answer).toBe(Buffer.compare(signature, good) === 0);
        if (answer) accepted++;
        else refused++;
        last = data;
      }
    });
    fc.assert(ask, { numRuns: 2000, seed: 42 });
    expect(Math.min(accepted, refused)).toBeGreaterThan(500);
  });

  test("where there is no Buffer", () => {
    vi.stubGlobal("Buffer", undefined);
    const { sign, fast } = createPair("HS384");
    const data = Uint8Array.of(1, 2, 3);
    const signature = sign(data);
    expect([fast(data, signature), fast(Uint8Array.of(1, 2), signature)]).toEqual([true, false]);
  });

  test.each(["", "short", "6".repeat(64)])(
    "and a digest that is %j, of a host that is broken, matches no signature",
    (text) => {
      const { sign, fast } = createPair("HS256");
      const secret = crypto.createSecretKey(crypto.randomBytes(64));
      const broken = { ...crypto, createHmac: () => ({ update: () => ({ digest: () => text }) }) };
      const verify = createVerifyHmacWithScratch(broken as never, secret, recordOf("HS256"));
      const data = Uint8Array.of(1, 2, 3);
      expect(fast(data, sign(data))).toBe(true);
      for (const signature of [
        sign(data),
        new Uint8Array(32),
        new Uint8Array(),
        Buffer.from(text),
        Buffer.from(text.slice(0, 32)),
      ])
        expect(verify(data, signature)).toBe(false);
    },
  );
});
