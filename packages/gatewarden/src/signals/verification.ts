// Verification of a stream (SSF 1.0 §8.1.4): the receiver asks for an event with a `state`, and
// recognises that state when the event arrives, in this process or in another one of a fleet.
import { toBase64url } from "../token/base64url.js";
import { equalBytes, hmacSha256 } from "../token/hash.js";

/** States of verification requests. */
export interface VerificationStates {
  /** A new state, and a promise that resolves when its event has arrived in this process. */
  begin(): Promise<{ readonly state: string; readonly arrived: Promise<void>; cancel(): void }>;
  /** Whether a state is one of ours. Settles the promise that waits for it. */
  recognise(state: unknown): Promise<boolean>;
}

const maxWaiting = 1000;

/**
 * Creates states that carry their own proof, so that processes with one secret know each other's.
 */
export function createVerificationStates(secret: Uint8Array): VerificationStates {
  const waiting = new Map<string, () => void>();
  const prove = async (nonce: string) => toBase64url(await hmacSha256(secret, `verification ${nonce}`));
  return {
    async begin() {
      const nonce = toBase64url(crypto.getRandomValues(new Uint8Array(16)));
      const state = `${nonce}.${await prove(nonce)}`;
      if (waiting.size >= maxWaiting) throw new RangeError("Too many verifications are waited for at once");
      const arrived = new Promise<void>((resolve) => waiting.set(state, resolve));
      return { state, arrived, cancel: () => void waiting.delete(state) };
    },
    async recognise(state) {
      if (typeof state !== "string" || state.length > 200) return false;
      const [nonce = "", proof = ""] = state.split(".", 2);
      const encoder = new TextEncoder();
      if (!equalBytes(encoder.encode(proof), encoder.encode(await prove(nonce)))) return false;
      waiting.get(state)?.();
      waiting.delete(state);
      return true;
    },
  };
}
