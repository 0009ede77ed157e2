// Which keys may verify signatures at all, and for which algorithms.
import { createHash, createPublicKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { importJwk } from "../../src/keys/key.js";
import { UnusableKey } from "../../src/keys/material.js";
import { createKey, encode, forge } from "../support/forge.js";
import { claims, ec, guardWith, rsa, verdict } from "../support/keys.js";
import { refusedKeys, usableKeys } from "./_key-cases.js";

describe("A key from a key set", () => {
  test.each(usableKeys)("%s verifies what it fits and nothing else", async (_name, jwk, names) => {
    expect([...(await importJwk(jwk)).verifiers.keys()]).toEqual(names);
  });

  test.each(refusedKeys)("is not used when it is %s", (_name, jwk, why) => {
    const defined = Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== undefined));
    const attempt = () => importJwk(defined);
    expect(attempt).toThrow(UnusableKey);
    expect(attempt).toThrow(why);
  });

  test("verifies when its modulus is no whole number of bytes", async () => {
    const odd = createKey("RS256", "odd", 2050);
    const token = forge({ header: { alg: "RS256", kid: "odd" }, payload: claims(), key: odd });
    expect(await verdict(guardWith({ keys: { jwks: { keys: [odd.jwk] } } }), token)).toBe("accepted");
  });

  test("with an exponent of 1 lets nobody sign for the issuer", async () => {
    const weak = { ...rsa.jwk, e: "AQ", kid: "weak" };
    const guard = guardWith({ keys: { jwks: { keys: [weak, ec.jwk] } } });
    const digest = Buffer.from("3031300d060960864801650304020105000420", "hex");
    const input = `${encode({ alg: "RS256", kid: "weak" })}.${encode(claims())}`;
    const tail = Buffer.concat([Buffer.of(0), digest, createHash("sha256").update(input).digest()]);
    const block = Buffer.concat([Buffer.of(0, 1), Buffer.alloc(256 - 2 - tail.length, 0xff), tail]);
    expect(await verdict(guard, `${input}.${block.toString("base64url")}`)).toBe("key_unknown");
  });

  test("is accepted as PEM, as JWK and as KeyObject", async () => {
    const token = forge({ header: { alg: "ES256", kid: "any" }, payload: claims(), key: ec });
    const pem = ec.publicKey.export({ type: "spki", format: "pem" }).toString();
    const verdicts = [pem, { ...ec.jwk }, createPublicKey(pem)].map((publicKey) =>
      verdict(guardWith({ keys: { publicKey } }), token),
    );
    expect(await Promise.all(verdicts)).toEqual(["accepted", "accepted", "accepted"]);
  });
});
