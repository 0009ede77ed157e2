// Signatures that wait for a later turn of the event loop, some in each: other requests are read
// between two turns.

import { readSafely } from "../platform/runtime.js";

/** Verifies one signature at once. */
export type VerifyNow = (data: Uint8Array, signature: Uint8Array) => boolean;

/**
 * Milliseconds per turn. A turn also answers the requests whose signatures it verified, which takes
 * about twice as long.
 */
const timePerTurn = 1;
/** Checks between two readings of the clock. */
const checksPerLook = 8;
/**
 * How many wait at most. Requests may arrive faster than turns verify, also on few connections
 * (pipelining): beyond the bound the oldest is verified at once, so that reading has to wait
 * (CWE-400, CWE-770).
 */
const mostWaiting = 256;

// The host's own functions, even if a test replaces them later.
const performance = readSafely(() => globalThis.performance);
const setImmediate = readSafely(() => globalThis.setImmediate);

/** In the order of arrival. */
let waiting: (() => void)[] = [];

/** Whether signatures wait for their turn. */
export function areWaiting(): boolean {
  return waiting.length > 0;
}

/** Rejects with the platform's error. */
export function verifyInLaterTurn(verify: VerifyNow, data: Uint8Array, signature: Uint8Array): Promise<boolean> {
  // The bytes are valid in this turn only.
  const [ownData, ownSignature] = [Uint8Array.from(data), Uint8Array.from(signature)];
  return new Promise((resolve, reject) => {
    const check = () => {
      try {
        resolve(verify(ownData, ownSignature));
      } catch (error) {
        reject(error);
      }
    };
    if (waiting.length >= mostWaiting) waiting.shift()?.();
    // An immediate that is set now still runs in this turn; one that it sets runs in the next.
    if (waiting.push(check) === 1) setImmediate?.(continueNextTurn);
  });
}

function continueNextTurn(): void {
  setImmediate?.(checkSome);
}

/** At least some in each turn, however slow the clock says that they are. */
function checkSome(): void {
  const ends = now() + timePerTurn;
  let done = 0;
  for (const check of waiting) {
    check();
    done++;
    if (done % checksPerLook === 0 && now() >= ends) break;
  }
  waiting = waiting.slice(done);
  if (areWaiting()) setImmediate?.(checkSome);
}

function now(): number {
  return performance?.now() ?? Number.POSITIVE_INFINITY;
}
