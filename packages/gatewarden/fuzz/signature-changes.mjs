// What can be done to a finished signature: bits, lengths, encodings, special values.

/** @typedef {import("./random.mjs").Random} Random */

/** @param {bigint} value @param {number} size */
const toBytes = (value, size) =>
  Buffer.from(
    value
      .toString(16)
      .padStart(size * 2, "0")
      .slice(-size * 2),
    "hex",
  );
/** @param {Uint8Array} bytes */
const toNumber = (bytes) => BigInt(`0x${Buffer.from(bytes).toString("hex") || "0"}`);

/** The orders of P-256 (SEC 2 §2.4.2) and of edwards25519's main subgroup (RFC 8032 §5.1). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const edOrder = 2n ** 252n + 27742317777372353535851937790883648493n;

/** @param {Buffer} bytes @returns {[Buffer, Buffer]} */
const halves = (bytes) => [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)];

/** @type {readonly ((random: Random) => (bytes: Buffer) => Buffer)[]} */
export const signatureChanges = [
  (random) => {
    const [position, bit] = [random.below(600), 1 << random.below(8)];
    return (bytes) => Buffer.from(bytes.map((byte, index) => (index === position % bytes.length ? byte ^ bit : byte)));
  },
  (random) => {
    const added = random.pick([1, 2, 32]);
    return (bytes) => Buffer.concat([Buffer.alloc(added), bytes]);
  },
  (random) => {
    const added = random.pick([1, 2, 32]);
    return (bytes) => Buffer.concat([bytes, Buffer.alloc(added)]);
  },
  (random) => {
    const left = random.pick([0, 1, 32, 63, 64, 255]);
    return (bytes) => bytes.subarray(0, left);
  },
  () => (bytes) => Buffer.alloc(bytes.length),
  () => (bytes) => Buffer.alloc(bytes.length, 0xff),
  () => (bytes) => Buffer.concat(halves(bytes).reverse()),
  (random) => {
    const values = [0n, 1n, order - 1n, order, order + 1n, 2n ** 256n - 1n];
    const [r, s] = [random.pick(values), random.pick(values)];
    return () => Buffer.concat([toBytes(r, 32), toBytes(s, 32)]);
  },
  // The other s of the same signature: as good a signature as the first, for everybody.
  () => (bytes) => {
    const [r, s] = halves(bytes);
    return Buffer.concat([r, toBytes((order - (toNumber(s) % order)) % order, s.length)]);
  },
  () => (bytes) => {
    const [r, s] = halves(bytes);
    return Buffer.concat([r, toBytes(toNumber(Buffer.from(s).reverse()) + edOrder, 32).reverse()]);
  },
  () => (bytes) => toDer(bytes),
  () => (bytes) => {
    const [r, s] = halves(bytes);
    return Buffer.concat([Buffer.alloc(34), r, Buffer.alloc(34), s]);
  },
];

/** @param {Buffer} bytes */
function toDer(bytes) {
  const integers = halves(bytes).map((half) => {
    const value = Buffer.concat([Buffer.alloc((half[0] ?? 0) > 127 ? 1 : 0), half]);
    return Buffer.concat([Buffer.of(2, value.length), value]);
  });
  const body = Buffer.concat(integers);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}
