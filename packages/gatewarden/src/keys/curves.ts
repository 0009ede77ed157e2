// The ECDSA curves in numbers (FIPS 186-5, SEC 2 §2.4 to §2.6), to check that a point is on its
// curve. Web Crypto engines differ in what they check.
import type { AlgorithmRecord } from "../token/algorithms.js";
import { toBigInteger } from "../web-crypto/verify-signature.js";

interface Curve {
  /** The prime of its field. */
  readonly p: bigint;
  /** y² = x³ - 3x + b. */
  readonly b: bigint;
}

const curves: ReadonlyMap<AlgorithmRecord["curve"], Curve> = new Map([
  [
    "P-256",
    {
      p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
      b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    },
  ],
  [
    "P-384",
    {
      p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
      b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    },
  ],
  [
    "P-521",
    {
      p: 2n ** 521n - 1n,
      b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    },
  ],
]);

/** Whether the big-endian coordinates are those of a point on the curve. */
export function isOnCurve(name: string | undefined, first: Uint8Array, second: Uint8Array): boolean {
  const curve = curves.get(name as AlgorithmRecord["curve"]);
  if (!curve) return false;
  const { p, b } = curve;
  const [x, y] = [toBigInteger(first), toBigInteger(second)];
  return x < p && y < p && (y * y - (x * x * x - 3n * x + b)) % p === 0n;
}
