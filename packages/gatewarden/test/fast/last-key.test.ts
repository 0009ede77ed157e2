// The memory of the last choice, against the plain choice: the same key or the same refusal for
// every question, in any order.
import * as crypto from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AuthError } from "../../src/errors.js";
import { chooseVerifier, type KeyQuery, type KeySet, parseKeySet, selectVerifier } from "../../src/keys/key-set.js";

const rsa = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
const createEc = () => crypto.generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });

async function createSet(): Promise<KeySet> {
  const keys = [
    { ...rsa, kid: "rsa" },
    { ...createEc(), kid: "ec" },
    { ...createEc(), kid: "shared" },
    { ...createEc(), kid: "shared" },
    createEc(),
  ];
  return await parseKeySet({ keys });
}

/** The key, or why there is none. */
function answerOf(choose: (set: KeySet, query: KeyQuery) => unknown, set: KeySet, query: KeyQuery): unknown {
  try {
    return choose(set, query);
  } catch (error) {
    return error instanceof AuthError ? error.reason : error;
  }
}

const question = fc.record(
  {
    alg: fc.constantFrom("RS256", "PS256", "ES256", "EdDSA"),
    kid: fc.constantFrom("rsa", "ec", "shared", "other", undefined),
    rsaAlgorithm: fc.constantFrom("RS256", "PS256"),
  },
  { requiredKeys: ["alg", "kid"] },
);

describe("The memory of the last key answers as the plain choice does", () => {
  test("to questions in any order, in two sets by turns", async () => {
    const sets = [await createSet(), await createSet()];
    const seen = new Set<unknown>();
    const asked = fc.record({ set: fc.nat(1), question });
    const ask = fc.property(fc.array(asked, { minLength: 2, maxLength: 12 }), (questions) => {
      for (const { set, question } of questions) {
        const keySet = sets[set] as KeySet;
        const answer = answerOf(selectVerifier, keySet, question as KeyQuery);
        expect(answer).toBe(answerOf(chooseVerifier, keySet, question as KeyQuery));
        seen.add(typeof answer === "string" ? answer : "a key");
      }
    });
    fc.assert(ask, { numRuns: 2000, seed: 42 });
    expect([...seen].sort()).toEqual(["a key", "key_ambiguous", "key_unknown", "key_unsuitable"]);
  });

  test("and a key of the set before is not remembered in the next one", async () => {
    const [before, after] = [await createSet(), await createSet()];
    const query = { alg: "ES256", kid: "ec" };
    const old = selectVerifier(before, query);
    expect(selectVerifier(after, query)).not.toBe(old);
    const withdrawn = await parseKeySet({ keys: [{ ...rsa, kid: "rsa" }] }, before);
    expect(answerOf(selectVerifier, withdrawn, query)).toBe("key_unknown");
  });
});
