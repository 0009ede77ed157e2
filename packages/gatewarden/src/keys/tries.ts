// Tries several keys for one signature, where a token does not say which one signed it. Few and
// counted.
import type { Verify } from "../token/signature.js";
import type { MutableKeyCounts } from "./keys-status.js";

/**
 * Maximum number of keys tried per signature. Each costs as much as a token of its own, and forged
 * tokens are tried with all of them (CWE-400).
 */
export const maxTries = 4;

/** Whether any of them made the signature. Synchronous where each answers synchronously. */
export function tryEach(verifiers: readonly Verify[], counts: MutableKeyCounts): Verify {
  const tryFrom = (index: number, data: Uint8Array, signature: Uint8Array): ReturnType<Verify> => {
    const verify = verifiers[index];
    if (verify === undefined) return false;
    if (index > 0) counts.extraTries++;
    const isValid = verify(data, signature);
    if (!(isValid instanceof Promise)) return isValid || tryFrom(index + 1, data, signature);
    // The bytes are valid in this turn only: afterwards the buffers hold another token (CWE-362).
    const [ownData, ownSignature] = [Uint8Array.from(data), Uint8Array.from(signature)];
    return isValid.then((found) => found || tryFrom(index + 1, ownData, ownSignature));
  };
  return (data, signature) => tryFrom(0, data, signature);
}
