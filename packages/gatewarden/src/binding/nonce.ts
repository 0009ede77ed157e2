// Stateless nonces for DPoP proofs: each is a MAC over the number of a time window (RFC 9449 §8,
// §9).
import { type Awaitable, allOf, chain, rescue } from "../platform/awaitable.js";
import { createMonotonicClock } from "../platform/monotonic-clock.js";
import { toBase64url } from "../token/base64url.js";
import { equalBytes, hmacSha256 } from "../token/hash.js";

const encoder = new TextEncoder();

/** Creates and recognises nonces. */
export interface Nonces {
  /**
   * The nonce to send now. Undefined only with Web Crypto, while a nonce is being computed; `age`
   * waits for it.
   */
  current(): string | undefined;
  /**
   * The window of the nonce. Undefined where it belongs to neither window, or is not from this
   * server.
   */
  age(nonce: unknown): Awaitable<"current" | "previous" | undefined>;
}

/** How nonces are created. */
export interface NonceSettings {
  /**
   * At least 32 bytes, shared by the servers of a fleet. Undefined: a random one is created on
   * first use.
   */
  readonly secret: Uint8Array | undefined;
  /**
   * Seconds after which a new nonce is used. A nonce is valid for at least as long and at most
   * twice as long.
   */
  readonly lifetime: number;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** A time window by its number, with the nonces that are valid in it. */
interface Window {
  readonly number: number;
  readonly current: string;
  readonly previous: string;
}

/**
 * Creates nonces from a secret. They are computed once per time window, not per request. Without a
 * shared secret, windows follow the monotonic clock; a fleet shares only the wall clock. A server
 * whose clock is off by more than a lifetime refuses the others' nonces, which costs their clients
 * one round trip each time. A server whose clock is set back accepts expired nonces again; then
 * `iat` and the store of used proofs stop proofs made in advance or sent before.
 */
export function createNonces({ secret, lifetime, now }: NonceSettings): Nonces {
  let kept: Window | undefined;
  let key = secret;
  const clock = secret === undefined ? createMonotonicClock(now) : undefined;
  const thisNumber = () => Math.floor((clock ? clock.at() : now()) / lifetime);
  const turn = (): Awaitable<Window> => {
    const number = thisNumber();
    if (kept?.number === number) return kept;
    // Not at creation, where Workers have no randomness yet.
    key ??= crypto.getRandomValues(new Uint8Array(32));
    return chain(allOf([toNonce(key, number), toNonce(key, number - 1)]), ([current = "", previous = ""]) => {
      kept = { number, current, previous };
      return kept;
    });
  };
  return {
    current: () => {
      rescue<Window | undefined>(turn, () => undefined);
      // The nonce of the previous window is still valid.
      const isGood = kept !== undefined && [kept.number, kept.number + 1].includes(thisNumber());
      return isGood ? kept?.current : undefined;
    },
    age: (nonce) =>
      chain(turn(), ({ current, previous }) => {
        if (typeof nonce !== "string") return undefined;
        if (isSameText(nonce, current)) return "current";
        return isSameText(nonce, previous) ? "previous" : undefined;
      }),
  };
}

/** 128 bits cannot be guessed. The label separates this use of the secret from any other. */
function toNonce(secret: Uint8Array, window: number): Awaitable<string> {
  return chain(hmacSha256(secret, `gatewarden dpop nonce ${window}`), (mac) => toBase64url(mac.subarray(0, 16)));
}

/** In constant time: a nonce is a MAC, which must not be guessed byte by byte (CWE-208). */
function isSameText(nonce: string, expected: string): boolean {
  return equalBytes(encoder.encode(nonce), encoder.encode(expected));
}
