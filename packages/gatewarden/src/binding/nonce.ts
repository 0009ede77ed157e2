// Stateless nonces for DPoP proofs: each is a MAC over the number of a time window (RFC 9449 §8,
// §9).
import { type Awaitable, allOf, chain, rescue } from "../platform/awaitable.js";
import { createMonotonicClock } from "../platform/monotonic-clock.js";
import { toBase64url } from "../token/base64url.js";
import { equalBytes, hmacSha256 } from "../token/hash.js";

const encoder = new TextEncoder();

/** Bytes of a secret: as many as its HMAC has. */
export const minSecretBytes = 32;

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

/** Secrets that change in time. The servers of a fleet agree on them. */
export interface NonceSecrets {
  /**
   * The secret for nonces of this moment, in seconds since 1970: at least 32 bytes, and the same
   * object while it is the same secret. Called on every request with a proof, so it must not wait.
   * Undefined, or an exception, while none is known: a random one of this process takes its place.
   */
  secretAt(time: number): Uint8Array | undefined;
}

/** How nonces are created. */
export interface NonceSettings {
  /**
   * At least 32 bytes, shared by the servers of a fleet, or those that change in time. Undefined: a
   * random one is created on first use.
   */
  readonly secret: Uint8Array | NonceSecrets | undefined;
  /**
   * Seconds after which a new nonce is used. A nonce is valid for at least as long and at most
   * twice as long.
   */
  readonly lifetime: number;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** A time window by its number, with the nonces that are valid in it, and their secrets. */
interface Window {
  readonly number: number;
  readonly key: Uint8Array;
  readonly keyBefore: Uint8Array;
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
  let own: Uint8Array | undefined;
  const clock = secret === undefined ? createMonotonicClock(now) : undefined;
  const thisNumber = () => Math.floor((clock ? clock.at() : now()) / lifetime);
  const keyOf = (number: number): Uint8Array => {
    const shared = secret instanceof Uint8Array ? secret : secret && readSecret(secret, number * lifetime);
    // Not at creation, where Workers have no randomness yet.
    if (shared === undefined) own ??= crypto.getRandomValues(new Uint8Array(32));
    return shared ?? (own as Uint8Array);
  };
  const turn = (): Awaitable<Window> => {
    const number = thisNumber();
    const key = keyOf(number);
    const keyBefore = keyOf(number - 1);
    if (kept?.number === number && kept.key === key && kept.keyBefore === keyBefore) return kept;
    const nonces = allOf([toNonce(key, number), toNonce(keyBefore, number - 1)]);
    return chain(nonces, ([current = "", previous = ""]) => {
      kept = { number, key, keyBefore, current, previous };
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

/** Undefined for what is too short to be a secret: a MAC under it could be guessed. */
function readSecret(secrets: NonceSecrets, time: number): Uint8Array | undefined {
  try {
    const secret: unknown = secrets.secretAt(time);
    return secret instanceof Uint8Array && secret.length >= minSecretBytes ? secret : undefined;
  } catch {
    return undefined;
  }
}

/** 128 bits cannot be guessed. The label separates this use of the secret from any other. */
function toNonce(secret: Uint8Array, window: number): Awaitable<string> {
  return chain(hmacSha256(secret, `gatewarden dpop nonce ${window}`), (mac) => toBase64url(mac.subarray(0, 16)));
}

/** In constant time: a nonce is a MAC, which must not be guessed byte by byte (CWE-208). */
function isSameText(nonce: string, expected: string): boolean {
  return equalBytes(encoder.encode(nonce), encoder.encode(expected));
}
