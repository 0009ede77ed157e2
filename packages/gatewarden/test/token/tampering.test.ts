// A token that was changed anywhere is another token, and too large ones are not looked at.
import { describe, expect, test } from "vitest";
import { encode } from "../support/forge.js";
import { claims, ed, guardWith, rsa, token, verdict } from "../support/keys.js";

const guard = guardWith();
const good = token({ iat: undefined, sub: undefined });
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

describe("Each character of a good token", () => {
  const positions = Array.from(good, (_character, index) => index);

  test.each(positions)("at position %i cannot be changed for another", async (index) => {
    const others = [...alphabet, ".", "=", " "].filter((other) => other !== good[index]);
    const verdicts = await Promise.all(
      others.map((other) => verdict(guard, good.slice(0, index) + other + good.slice(index + 1))),
    );
    expect(verdicts).not.toContain("accepted");
  });

  test.each(positions)("at position %i cannot be left out or doubled", async (index) => {
    const shorter = good.slice(0, index) + good.slice(index + 1);
    const longer = good.slice(0, index) + good.charAt(index) + good.slice(index);
    expect([await verdict(guard, shorter), await verdict(guard, longer)]).not.toContain("accepted");
  });
});

describe("Each byte of a signature", () => {
  const tokens = {
    ES256: token(),
    EdDSA: token({}, { header: { alg: "EdDSA", kid: "ed" }, key: ed }),
    RS256: token({}, { header: { alg: "RS256", kid: "rsa" }, key: rsa }),
    PS256: token({}, { header: { alg: "PS256", kid: "rsa" }, key: rsa }),
  };
  const rows = Object.entries(tokens).flatMap(([alg, made]) => {
    const [header, payload, signature = ""] = made.split(".");
    const bytes = Buffer.from(signature, "base64url");
    return Array.from(bytes, (_byte, index): [string, number, string] => {
      const flipped = Buffer.from(bytes);
      flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8));
      return [alg, index, `${header}.${payload}.${flipped.toString("base64url")}`];
    });
  });

  test.each(rows)("counts: %s with a flipped bit in byte %i is refused", async (_alg, _index, flipped) => {
    expect(await verdict(guard, flipped)).toBe("signature_invalid");
  });
});

describe("A verified token", () => {
  test("lends nothing to another with the same header", async () => {
    const own = guardWith();
    expect(await verdict(own, good)).toBe("accepted");
    const [header, payload, signature] = good.split(".");
    const others = [
      `${header}.${encode(claims({ sub: "admin" }))}.${signature}`,
      `${header}.${payload}.${token({ sub: "admin" }).split(".")[2]}`,
      `${header}.${payload}.${"A".repeat(86)}`,
    ];
    const verdicts = await Promise.all(others.map((other) => verdict(own, other)));
    expect(verdicts).toEqual(["signature_invalid", "signature_invalid", "signature_invalid"]);
  });

  test("expires although it was accepted before", async () => {
    let now = 1_800_000_000;
    const own = guardWith({ now: () => now });
    expect(await verdict(own, good)).toBe("accepted");
    now += 305;
    expect(await verdict(own, good)).toBe("expired");
  });
});

describe("Input that is meant to be expensive", () => {
  const wide = 65_536;
  const largest = guardWith({ maxTokenSize: wide });
  const payloadOf = (text: string) => `${encode({ alg: "ES256", kid: "ec" })}.${encode(text)}.${"A".repeat(86)}`;

  test.each([
    ["200,000 dots", ".".repeat(200_000)],
    ["a megabyte of one letter", "a".repeat(1_000_000)],
    ["a token with a megabyte of payload", payloadOf(JSON.stringify({ x: "y".repeat(1_000_000) }))],
    ["a signature of a megabyte", `${good}${"A".repeat(1_000_000)}`],
    ["a kid of a megabyte", token({}, { header: { alg: "ES256", kid: "k".repeat(1_000_000) } })],
    ["50,000 levels of nesting", payloadOf("[".repeat(50_000) + "]".repeat(50_000))],
    ["100,000 audiences", payloadOf(JSON.stringify(claims({ aud: Array(100_000).fill("a") })))],
  ])("is refused by its size: %s", async (_name, input) => {
    expect(await verdict(guard, input)).toBe("token_too_large");
    expect(await verdict(largest, input)).toBe("token_too_large");
  });

  test.each([
    ["65,536 dots", ".".repeat(wide), "token_malformed"],
    ["65,536 letters", "a".repeat(wide), "token_opaque"],
    ["20,000 levels of lists", payloadOf(`{"x":${"[".repeat(20_000)}${"]".repeat(20_000)}}`), "token_malformed"],
    ["4,000 levels of objects", payloadOf(`${'{"a":'.repeat(4000)}1${"}".repeat(4000)}`), "token_malformed"],
    ["10,000 audiences", token({ aud: Array(10_000).fill("a") }), "audience_mismatch"],
    ["a string of 40,000 quotes", payloadOf(JSON.stringify({ iss: '"'.repeat(20_000) })), "issuer_untrusted"],
    ["a string of 40,000 backslashes", payloadOf(JSON.stringify({ iss: "\\".repeat(20_000) })), "issuer_untrusted"],
    [
      "10,000 members",
      payloadOf(JSON.stringify(Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [n, n])))),
      "claim_missing",
    ],
    ["a number of 40,000 digits", payloadOf(`{"iss":${"9".repeat(40_000)}}`), "issuer_untrusted"],
  ])("is refused with the largest limit too: %s", async (_name, input, expected) => {
    expect(input.length).toBeLessThanOrEqual(wide);
    expect(await verdict(largest, input)).toBe(expected);
  });

  test("is measured against the limit exactly", async () => {
    const long = token({ x: "y".repeat(256) });
    expect(await verdict(guardWith({ maxTokenSize: long.length }), long)).toBe("accepted");
    expect(await verdict(guardWith({ maxTokenSize: long.length - 1 }), long)).toBe("token_too_large");
  });
});
