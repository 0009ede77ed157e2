// What is refused before Web Crypto is asked, since its engines need not agree on it.
import { afterEach, describe, expect, it, vi } from "vitest";
import { algorithms } from "../../src/token/algorithms.js";
import { createWebVerify } from "../../src/web-crypto/verify-signature.js";

/** The orders of the groups, as SEC 2 §2.4 to §2.6 and RFC 8032 §5.1 print them. */
const orders = {
  ES256: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
  ES384: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
  ES512: `01ff${"f".repeat(62)}fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`,
} as const;
const edOrder = "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";

const toBytes = (value: bigint, size: number) => Buffer.from(value.toString(16).padStart(size * 2, "0"), "hex");

afterEach(() => vi.restoreAllMocks());

/** Whether the platform was asked about the signature. */
async function isAsked(alg: string, signature: Uint8Array): Promise<boolean> {
  const algorithm = algorithms.get(alg);
  if (!algorithm) throw new RangeError(alg);
  const verifying = vi.spyOn(crypto.subtle, "verify").mockResolvedValue(true);
  const verify = createWebVerify(algorithm, algorithm.signatureLength ?? 256, async () => ({}) as never);
  const answer = await verify(new Uint8Array(1), signature);
  expect(answer).toBe(verifying.mock.calls.length === 1);
  return answer;
}

describe.each(Object.entries(orders))("%s", (alg, hex) => {
  const order = BigInt(`0x${hex}`);
  const size = { ES256: 32, ES384: 48, ES512: 66 }[alg] ?? 0;
  const pair = (r: bigint, s: bigint) => Buffer.concat([toBytes(r, size), toBytes(s, size)]);

  it.each([
    ["1 and 1", 1n, 1n, true],
    ["n-1 and n-1", order - 1n, order - 1n, true],
    ["0 and 1", 0n, 1n, false],
    ["1 and 0", 1n, 0n, false],
    ["n and 1", order, 1n, false],
    ["1 and n", 1n, order, false],
  ])("r and s of %s", async (_name, r, s, expected) => {
    expect(await isAsked(alg, pair(r, s))).toBe(expected);
  });

  it("one byte more or less", async () => {
    expect(await isAsked(alg, pair(1n, 1n).subarray(1))).toBe(false);
    expect(await isAsked(alg, Buffer.concat([pair(1n, 1n), Buffer.of(0)]))).toBe(false);
  });
});

describe("EdDSA", () => {
  const order = BigInt(`0x${edOrder}`);
  const withS = (s: bigint) => Buffer.concat([Buffer.alloc(32, 1), toBytes(s, 32).reverse()]);

  it.each([
    ["0", 0n, true],
    ["L-1", order - 1n, true],
    ["L", order, false],
    ["2^256-1", 2n ** 256n - 1n, false],
  ])("S of %s", async (_name, s, expected) => {
    expect(await isAsked("EdDSA", withS(s))).toBe(expected);
  });

  it("leaves the signature as it was", async () => {
    const signature = withS(5n);
    await isAsked("EdDSA", signature);
    expect(signature).toEqual(withS(5n));
  });
});

it("keeps the bytes that were to be verified, whatever becomes of them while the key is on its way", async () => {
  const algorithm = algorithms.get("RS256");
  if (!algorithm) throw new RangeError("RS256");
  const verifying = vi.spyOn(crypto.subtle, "verify").mockResolvedValue(true);
  const verify = createWebVerify(algorithm, 1, async () => ({}) as never);
  const data = Buffer.of(1, 2, 3);
  const answer = verify(data, Buffer.of(1));
  data.fill(0);
  await answer;
  expect(verifying.mock.calls[0]?.[3]).toEqual(new Uint8Array([1, 2, 3]));
});
