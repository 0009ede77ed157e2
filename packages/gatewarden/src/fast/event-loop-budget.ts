// How long verification may hold up the event loop: what one turn has no time for is left to the thread pool.

import { readSafely } from "../platform/runtime.js";

/** A check of one signature that the thread pool does, and what it calls at the end. */
export type PooledVerify = (
  data: Uint8Array,
  signature: Uint8Array,
  done: (error: Error | null, isValid: boolean) => void,
) => void;

/** Milliseconds of one turn of the event loop after which new signatures go to the thread pool. */
const timePerTurn = 4;
/** The clock is read only so often: one signature takes some ten microseconds. */
const checksPerLook = 8;
/** The pool has four threads. What waits, waits here, so that files and names are not looked up behind a thousand signatures. */
const maxRunning = 3;

// The host's own, whatever a test puts in their place later.
const performance = readSafely(() => globalThis.performance);
let setImmediate = performance && readSafely(() => globalThis.setImmediate);

let isTurnKnown = false;
let turnEnds = 0;
let checks = 0;
let isOver = false;

/** Whether this turn of the event loop still has time for a signature. */
export function hasTime(): boolean {
  if (setImmediate === undefined || performance === undefined) return true;
  if (!isTurnKnown) beginTurn(performance);
  checks++;
  if (!isOver && checks % checksPerLook === 0) isOver = performance.now() >= turnEnds;
  return !isOver;
}

/** Immediates run once in a turn, after all requests that came in it. */
function beginTurn(performance: Performance): void {
  isTurnKnown = true;
  isOver = false;
  checks = 0;
  turnEnds = performance.now() + timePerTurn;
  const end = () => {
    isTurnKnown = false;
  };
  try {
    setImmediate?.(end);
  } catch {
    // A stub, as in Next.js' edge runtime: no turn would ever end.
    setImmediate = undefined;
  }
}

/**
 * A check has one entry at most, and whoever asked waits for it: never longer than there are requests in flight, so whatever bounds those bounds
 * this, and taking from the front stays cheap beside the signature that follows.
 */
const waiting: (() => void)[] = [];
let running = 0;

/** Verifies in the thread pool, a few signatures at a time. Rejects with what the platform fails with. */
export function verifyInPool(verify: PooledVerify, data: Uint8Array, signature: Uint8Array): Promise<boolean> {
  // The bytes are good for this turn only.
  const [ownData, ownSignature] = [Uint8Array.from(data), Uint8Array.from(signature)];
  return new Promise((resolve, reject) => {
    const end = () => {
      running--;
      waiting.shift()?.();
    };
    const start = () => {
      running++;
      try {
        verify(ownData, ownSignature, (error, isValid) => {
          end();
          if (error) reject(error);
          else resolve(isValid);
        });
      } catch (error) {
        end();
        reject(error);
      }
    };
    if (running < maxRunning) start();
    else waiting.push(start);
  });
}
