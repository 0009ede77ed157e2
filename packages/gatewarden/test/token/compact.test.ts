// The bytes to verify lie in rooms that are used again: tokens that wait for keys together must not get into each other's way.
import { afterEach, describe, expect, it } from "vitest";
import { AuthError } from "../../src/index.js";
import { toSignature, toSigningInput } from "../../src/token/compact.js";
import { bearer, stranger } from "../support/keys.js";
import { type Remote, startRemote } from "../support/remote.js";

let remote: Remote | undefined;
afterEach(() => remote?.server.close());

describe("What is verified", () => {
  it("is each token's own text, however many wait for the same keys", async () => {
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

  it("is the text up to the payload's end, also where it is longer than the room", () => {
    const text = "a".repeat(70_000);
    expect(Buffer.from(toSigningInput(`${text}.rest`, text.length))).toEqual(Buffer.from(text));
    expect(Buffer.from(toSigningInput("ab.cd.ef", 5))).toEqual(Buffer.from("ab.cd"));
  });

  it("is read again where another text was looked at in between", () => {
    const read = (text: string) => [toSigningInput(text, 5), toSignature(text, 5)].map((bytes) => Buffer.from(bytes));
    const [one, other] = ["aa.aa.AAAA", "bb.bb.BBBB"];
    const expected = (text: string) => [Buffer.from(text.slice(0, 5)), Buffer.from(text.slice(6), "base64url")];
    for (const text of [one, other, one, one, other, other, other, one]) expect(read(text)).toEqual(expected(text));
  });
});
