// Bare signatures, as test vectors have them. Plain JavaScript without imports: it runs on every runtime.

/**
 * Whether each signature holds, with the key imported as an issuer's keys are; text where the key is not taken.
 * @param {Pick<typeof import("../../../packages/gatewarden/src/keys/key.js"), "importJwk">} keys
 * @param {readonly import("../test/support/vectors.js").Signature[]} vectors
 * @returns {Promise<readonly (boolean | string)[]>}
 */
export async function verifyAll({ importJwk }, vectors) {
  const known = new Map();
  const answers = [];
  for (const { jwk, alg, message, signature } of vectors) {
    const text = JSON.stringify(jwk);
    try {
      const key = known.get(text) ?? (await importJwk(jwk));
      known.set(text, key);
      answers.push((await key.verifiers.get(alg)?.(toBytes(message), toBytes(signature))) ?? "no verifier");
    } catch (error) {
      answers.push(String(error));
    }
  }
  return answers;
}

/** @param {string} hexadecimal */
function toBytes(hexadecimal) {
  return Uint8Array.from(hexadecimal.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}
