// Proofs against an independent implementation: jose verifies signature and thumbprint. Whatever one takes, the other takes too.
import { randomInt } from "node:crypto";
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { createProofParser } from "../../src/binding/proof.js";
import { AuthError } from "../../src/index.js";
import { asymmetricAlgorithms } from "../../src/token/algorithms.js";
import { verifySignature } from "../../src/token/compact.js";
import { createSender, prove, type Sender, time } from "../support/senders.js";

const parser = createProofParser(new Set(asymmetricAlgorithms));

/** The thumbprint of the key that signed, or undefined where the proof is not valid. */
async function ours(proof: string): Promise<string | undefined> {
  try {
    const { key, payloadEnd } = await parser.parse(proof);
    const isValid = await verifySignature(proof, payloadEnd, key.verify);
    return isValid ? key.thumbprint : undefined;
  } catch (error) {
    if (error instanceof AuthError) return undefined;
    throw error;
  }
}

async function jose(proof: string): Promise<string | undefined> {
  try {
    const options = { typ: "dpop+jwt", algorithms: [...asymmetricAlgorithms], currentDate: new Date(time * 1000) };
    const { protectedHeader } = await jwtVerify(proof, EmbeddedJWK, options);
    return await calculateJwkThumbprint(protectedHeader["jwk"] as JWK);
  } catch {
    return undefined;
  }
}

/** One character of the proof changed, removed or added. */
function mutate(proof: string): string {
  const position = randomInt(proof.length);
  const character = "ABCabc012-_.+/= "[randomInt(16)] ?? "";
  const removed = randomInt(2);
  return proof.slice(0, position) + (randomInt(3) === 0 ? "" : character) + proof.slice(position + removed);
}

describe.each(asymmetricAlgorithms)("%s", (alg) => {
  const create = (): Promise<Sender> => createSender(alg);

  test("thumbprints agree", async () => {
    const sender = await create();
    const proof = prove(sender, "token");
    expect(await ours(proof)).toBe(sender.jkt);
    expect(await jose(proof)).toBe(sender.jkt);
  });

  test("both refuse another key's signature", async () => {
    const [sender, stranger] = await Promise.all([create(), create()]);
    const proof = prove(sender, "token", { signer: stranger });
    expect([await ours(proof), await jose(proof)]).toEqual([undefined, undefined]);
  });

  test("never accepts a mutation that the other refuses", async () => {
    const sender = await create();
    const proof = prove(sender, "token");
    const mutations = Array.from({ length: 150 }, () => mutate(proof));
    const verdicts = await Promise.all(
      mutations.map(async (text) => ({ text, ours: await ours(text), jose: await jose(text) })),
    );
    // Ours is stricter about what base64url is; it must never be laxer, nor see another key.
    expect(verdicts.filter((verdict) => verdict.ours !== undefined && verdict.ours !== verdict.jose)).toEqual([]);
  });
});
