// Which points are on the curves, by numbers alone.
import { describe, expect, test } from "vitest";
import { isOnCurve } from "../../src/keys/curves.js";
import { createKey } from "../support/forge.js";

const primes = {
  "P-256": 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
  "P-384": 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
  "P-521": 2n ** 521n - 1n,
} as const;

describe.each([
  ["ES256", "P-256"],
  ["ES384", "P-384"],
  ["ES512", "P-521"],
] as const)("A point of a key for %s", (alg, curve) => {
  const { x = "", y = "" } = createKey(alg).jwk;
  const [first, second] = [Buffer.from(x, "base64url"), Buffer.from(y, "base64url")];
  const others = ["P-256", "P-384", "P-521"].filter((other) => other !== curve);
  const plusPrime = (bytes: Buffer) => {
    const hex = (BigInt(`0x${bytes.toString("hex")}`) + primes[curve]).toString(16);
    return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  };

  test("is on its curve, and so is its negative", () => {
    const negative = primes[curve] - BigInt(`0x${second.toString("hex")}`);
    const hex = negative.toString(16).padStart(second.length * 2, "0");
    expect(isOnCurve(curve, first, second)).toBe(true);
    expect(isOnCurve(curve, first, Buffer.from(hex, "hex"))).toBe(true);
  });
  test.each(others)("is not on %s", (other) => expect(isOnCurve(other, first, second)).toBe(false));
  test("is on no curve that nobody knows", () => expect(isOnCurve("secp256k1", first, second)).toBe(false));
  test("is not when one coordinate is another", () => {
    expect(isOnCurve(curve, second, first)).toBe(false);
    expect(isOnCurve(curve, new Uint8Array(), new Uint8Array())).toBe(false);
  });
  test("has one spelling: a coordinate beyond the field is none", () => {
    expect(isOnCurve(curve, plusPrime(first), second)).toBe(false);
    expect(isOnCurve(curve, first, plusPrime(second))).toBe(false);
  });
});
