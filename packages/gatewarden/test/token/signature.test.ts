// A key that verified many signatures is read again, to be faster: it has to say the same as before.
import * as crypto from "node:crypto";
import { expect, test } from "vitest";
import { algorithms, asymmetricAlgorithms } from "../../src/token/algorithms.js";
import { toSignature, toSigningInput } from "../../src/token/compact.js";
import { createVerify } from "../../src/token/signature.js";
import { createKey, forge } from "../support/forge.js";

test.each(asymmetricAlgorithms)("%s keys say the same after hundreds of signatures", async (alg) => {
  const algorithm = algorithms.get(alg);
  if (!algorithm) throw new Error(`${alg} is missing`);
  const [key, other] = [createKey(alg, "a"), createKey(alg, "a")];
  const verify = createVerify(crypto, crypto.createPublicKey({ key: key.jwk, format: "jwk" }), algorithm);
  const header = { alg, kid: "a" };
  const tokens = [key, other].map((signer) => forge({ header, payload: { sub: "user|1" }, key: signer }));
  const verdicts: boolean[] = [];
  for (let time = 0; time < 300; time++) {
    for (const token of tokens) {
      const payloadEnd = token.lastIndexOf(".");
      verdicts.push(await verify(toSigningInput(token, payloadEnd), toSignature(token, payloadEnd)));
    }
  }
  expect(verdicts).toEqual(verdicts.map((_, index) => index % 2 === 0));
});
