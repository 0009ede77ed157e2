// Nonces for DPoP proofs that need no memory: each is a MAC over the number of a time window (RFC 9449 §8, §9).
import { equalBytes, hmacSha256 } from "../token/hash.js";

/** Gives nonces and recognises them. */
export interface Nonces {
  /** The nonce of this time window. */
  current(): string;
  /** Of which window the nonce is, or undefined where it is of neither, or was never given by this server. */
  age(nonce: unknown): "current" | "previous" | undefined;
}

/** How nonces are made. */
export interface NonceSettings {
  /** At least 32 bytes. The servers of a fleet share it. */
  readonly secret: Uint8Array;
  /** Seconds after which a new nonce begins. One is good for at least as long and at most twice as long. */
  readonly lifetime: number;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Makes nonces from a secret. They are computed once per time window, not per request. */
export function createNonces({ secret, lifetime, now }: NonceSettings): Nonces {
  let window = Number.NaN;
  let current = "";
  let previous = "";
  const turn = (): void => {
    const number = Math.floor(now() / lifetime);
    if (number === window) return;
    window = number;
    current = toNonce(secret, number);
    previous = toNonce(secret, number - 1);
  };
  return {
    current: () => {
      turn();
      return current;
    },
    age: (nonce) => {
      if (typeof nonce !== "string") return undefined;
      turn();
      if (isEqual(nonce, current)) return "current";
      return isEqual(nonce, previous) ? "previous" : undefined;
    },
  };
}

/** 128 bits cannot be guessed. The label keeps this use of the secret apart from any other. */
function toNonce(secret: Uint8Array, window: number): string {
  return hmacSha256(secret, `gatewarden dpop nonce ${window}`).subarray(0, 16).toString("base64url");
}

/** In constant time: a nonce is a MAC, which must not be found out byte by byte (CWE-208). */
function isEqual(nonce: string, expected: string): boolean {
  return equalBytes(Buffer.from(nonce), Buffer.from(expected));
}
