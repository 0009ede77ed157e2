// What the RFCs print as valid, verifies; with one bit of it changed, it does not.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createProofParser } from "../../src/binding/proof.js";
import { createProofSteps } from "../../src/binding/proof-steps.js";
import { createMemoryReplayStore } from "../../src/index.js";
import { stopAtFirst, toRules } from "../../src/road/step.js";
import { asymmetricAlgorithms } from "../../src/token/algorithms.js";
import { verifySignature } from "../../src/token/compact.js";
import { encode } from "../support/forge.js";
import { verdictOf } from "../support/keys.js";
import { toTerms, verifyJws } from "./_jws.js";
import { boundRequest, examples, thumbprints, tokenRequestProof } from "./_rfc-examples.js";

const algorithms: ReadonlySet<string> = new Set(asymmetricAlgorithms);

/** The token with the last bit of its signature turned. */
function turnBit(token: string): string {
  const bytes = Buffer.from(token.slice(token.lastIndexOf(".") + 1), "base64url");
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return `${token.slice(0, token.lastIndexOf(".") + 1)}${bytes.toString("base64url")}`;
}

describe.each(examples)("The $alg example of $section", ({ jwk, token }) => {
  const terms = toTerms([jwk]);

  test("verifies", async () => {
    expect(await verifyJws(token, terms)).toBe("accepted");
  });

  test("does not verify with one bit of the signature turned", async () => {
    expect(await verifyJws(turnBit(token), terms)).toBe("signature_invalid");
  });

  test("does not verify with another payload", async () => {
    const [header, , signature] = token.split(".");
    expect(await verifyJws(`${header}.${encode("Payloae")}.${signature}`, terms)).toBe("signature_invalid");
  });
});

const asymmetric = examples.filter(({ jwk }) => jwk["kty"] !== "oct");

test.each(asymmetric)("$section verifies with a key for $alg and with none for another algorithm", async (example) => {
  const { alg, jwk, token } = example;
  const other = jwk["kty"] === "RSA" ? "RS512" : "PS256";
  expect(await verifyJws(token, toTerms([{ ...jwk, alg }]))).toBe("accepted");
  expect(await verifyJws(token, toTerms([{ ...jwk, alg: other }]))).not.toBe("accepted");
});

test.each(thumbprints)("The thumbprint of $section is computed", async ({ alg, jwk, thumbprint }) => {
  const proof = `${encode({ typ: "dpop+jwt", alg, jwk })}.${encode({})}.${encode("x")}`;
  const { key } = await createProofParser(algorithms).parse(proof);
  expect(key.thumbprint).toBe(thumbprint);
});

describe("The bound request of RFC 9449 §7.1", () => {
  const { time, url, host } = boundRequest;

  function check(changes: Partial<{ token: string; now: number; url: string; method: string; proof: string }> = {}) {
    const { steps } = createProofSteps({
      algorithms,
      maxAge: 60,
      clockTolerance: 5,
      target: { origin: undefined, proxy: undefined },
      replay: createMemoryReplayStore({ now: () => time }),
      nonces: undefined,
    });
    const given = { ...boundRequest, method: "GET", now: time, url, ...changes };
    const headers = { host, dpop: given.proof };
    const connection = { isEncrypted: true, address: "203.0.113.7" };
    const bound = {
      hash: () => createHash("sha256").update(given.token).digest("base64url"),
      key: boundRequest.thumbprint,
      request: { method: given.method, url: given.url, headers, connection },
      now: given.now,
    };
    return verdictOf(
      (async () => {
        const refusal = await stopAtFirst(toRules(steps), { bound, proof: undefined });
        if (refusal) throw refusal;
      })(),
    );
  }

  test("proves possession of the token's key", async () => {
    expect(await check()).toBe("accepted");
  });

  test("may have a query in its URL (RFC 9449 §4.3 step 9)", async () => {
    expect(await check({ url: `${url}?page=2` })).toBe("accepted");
  });

  test.each([
    ["for another token", { token: `${boundRequest.token}x` }, "dpop_token_mismatch"],
    ["with another method", { method: "POST" }, "dpop_method_mismatch"],
    ["to another URL", { url: "/other" }, "dpop_target_mismatch"],
    ["an hour later", { now: time + 3600 }, "dpop_stale"],
    ["an hour before", { now: time - 3600 }, "dpop_issued_in_future"],
    ["with one bit of the signature turned", { proof: turnBit(boundRequest.proof) }, "dpop_signature_invalid"],
    ["with the proof of §4.1, which names no token", { proof: tokenRequestProof }, "dpop_claim_invalid"],
  ] as const)("proves nothing %s", async (_name, changes, reason) => {
    expect(await check(changes)).toBe(reason);
  });

  test.each([tokenRequestProof, boundRequest.proof])("has a proof whose signature verifies: %s", async (proof) => {
    const { key, payloadEnd } = await createProofParser(algorithms).parse(proof);
    expect(await verifySignature(proof, payloadEnd, key.verify)).toBe(true);
  });
});
