// The bytes to verify are in memory that is used again: tokens that wait for keys together must not change each other's.
import { afterEach, describe, expect, test } from "vitest";
import { AuthError } from "../../src/index.js";
import { bearer, stranger } from "../support/keys.js";
import { type Remote, startRemote } from "../support/remote.js";

let remote: Remote | undefined;
afterEach(() => remote?.server.close());

describe("What is verified", () => {
  test("is each token's own text, however many wait for the same keys", async () => {
    remote = await startRemote();
    const { guard, key, token } = remote;
    // Every third one claims the right key and is signed by another.
    const signers = Array.from({ length: 200 }, (_, index) => (index % 3 === 0 ? { ...stranger, kid: key.kid } : key));
    const outcomes = await Promise.all(
      signers.map((signer, index) => guard.attempt(bearer(token(signer, { sub: `user|${index}` })))),
    );
    const said = outcomes.map((outcome) => (outcome instanceof AuthError ? outcome.reason : outcome?.subject));
    expect(said).toEqual(signers.map((signer, index) => (signer === key ? `user|${index}` : "signature_invalid")));
  });
});
