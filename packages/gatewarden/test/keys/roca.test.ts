// The fingerprint of ROCA keys, with moduli built as the flawed library built them, and with others.
import { describe, expect, test } from "vitest";
import { importJwk } from "../../src/keys/key.js";
import { hasRocaFingerprint } from "../../src/keys/roca.js";
import { createKey, encode } from "../support/forge.js";

/** The product of all primes up to 167: the number by which keys of 1024 bits and less were picked. */
const primorial = Array.from({ length: 166 }, (_, index) => index + 2)
  .filter((one) => !Array.from({ length: 12 }, (_, index) => index + 2).some((two) => two < one && one % two === 0))
  .reduce((product, prime) => product * BigInt(prime), 1n);

/** A number of that shape: a multiple of the primorial and a power of 65537. */
function make(multiple: bigint, exponent: number): bigint {
  let power = 1n;
  for (let count = 0; count < exponent; count++) power = (power * 65_537n) % primorial;
  return multiple * primorial + power;
}

const modulus = make(2n ** 805n + 12_345n, 111) * make(2n ** 804n + 999n, 77);
const toJwk = (n: bigint) => ({
  kty: "RSA",
  e: "AQAB",
  n: encode(Buffer.from(n.toString(16).padStart(512, "0"), "hex")),
});

describe("A ROCA key", () => {
  test("is refused by its fingerprint", () => {
    expect(modulus.toString(2)).toHaveLength(2048);
    expect(() => importJwk(toJwk(modulus))).toThrow("ROCA");
  });

  test.each([2n, 4n, 6n, 30n])("is told from a modulus that differs by %s", (difference) => {
    expect(hasRocaFingerprint(modulus + difference)).toBe(false);
    expect(() => importJwk(toJwk(modulus + difference))).not.toThrow();
  });

  test.each([1, 2, 3, 4, 5])("is told from keys that OpenSSL makes (%i)", () => {
    expect(() => importJwk(createKey("RS256").jwk)).not.toThrow();
  });
});
