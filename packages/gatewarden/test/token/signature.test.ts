// A key says the same of the same signature, however often it is asked, at once and in the thread pool.
import * as crypto from "node:crypto";
import { expect, test } from "vitest";
import { algorithms, asymmetricAlgorithms } from "../../src/token/algorithms.js";
import { verifySignature } from "../../src/token/compact.js";
import { createVerify } from "../../src/token/signature.js";
import { createKey, forge, type TestKey } from "../support/forge.js";

test.each(asymmetricAlgorithms)("%s keys say the same after hundreds of signatures", async (alg) => {
  const { good, bad, check } = prepare(alg);
  const verdicts: boolean[] = [];
  for (let time = 0; time < 300; time++) verdicts.push(await check(good), await check(bad));
  expect(verdicts).toEqual(verdicts.map((_, index) => index % 2 === 0));
});

test("signatures that wait in the thread pool get the right answer each", async () => {
  const { good, bad, check } = prepare("RS256");
  const verdicts = Array.from({ length: 1200 }, (_, index) => check(index % 2 === 0 ? good : bad));
  expect(verdicts.some((verdict) => verdict instanceof Promise)).toBe(true);
  expect(await Promise.all(verdicts)).toEqual(verdicts.map((_, index) => index % 2 === 0));
});

/** Tokens of a key and of another one by the same name, and a check with the first. */
function prepare(alg: string) {
  const algorithm = algorithms.get(alg);
  if (!algorithm) throw new Error(`${alg} is missing`);
  const [key, other] = [createKey(alg, "a"), createKey(alg, "a")];
  const verify = createVerify(crypto, crypto.createPublicKey({ key: key.jwk, format: "jwk" }), algorithm);
  const sign = (signer: TestKey) => forge({ header: { alg, kid: "a" }, payload: { sub: "user|1" }, key: signer });
  const check = (token: string) => {
    const payloadEnd = token.lastIndexOf(".");
    return verifySignature(token, payloadEnd, verify);
  };
  return { good: sign(key), bad: sign(other), check };
}
