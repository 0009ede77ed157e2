// Limits how long verification blocks the event loop: beyond the limit, signatures are verified in
// the thread pool, or in a later turn where the process has one core.

import { builtin, readSafely } from "../platform/runtime.js";
import { areWaiting, type VerifyNow, verifyInLaterTurn } from "./later-turn.js";

/** Verifies one signature in the thread pool, and then calls `done`. */
export type PooledVerify = (
  data: Uint8Array,
  signature: Uint8Array,
  done: (error: Error | null, isValid: boolean) => void,
) => void;

/** Milliseconds per turn of the event loop after which new signatures are not verified at once. */
const timePerTurn = 4;
/** Checks between two readings of the clock: one signature takes some ten microseconds. */
const checksPerLook = 8;
/**
 * The pool has four threads. Further signatures wait here, so that file and DNS operations do not
 * queue behind them.
 */
const maxRunning = 3;

// The host's own functions, even if a test replaces them later.
const performance = readSafely(() => globalThis.performance);
let setImmediate = performance && readSafely(() => globalThis.setImmediate);

let isTurnKnown = false;
let turnEnds = 0;
let checks = 0;
let isOver = false;

/** Whether this turn of the event loop still has time for a signature. */
export function hasTime(): boolean {
  if (setImmediate === undefined || performance === undefined) return true;
  // In the order of arrival: new signatures must not keep the waiting ones waiting forever.
  if (areWaiting()) return false;
  if (!isTurnKnown) beginTurn(performance);
  checks++;
  if (!isOver && checks % checksPerLook === 0) isOver = performance.now() >= turnEnds;
  return !isOver;
}

/** Immediates run once per turn, after all requests that arrived in it. */
function beginTurn(performance: { now(): number }): void {
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
    // A stub, as in Next.js' edge runtime: a turn would never end.
    setImmediate = undefined;
  }
}

/**
 * Verifies where it does not hold up other requests. On one core that is a later turn: a thread
 * would take the same core, and half as long again for each signature.
 */
export function verifyLater(
  now: VerifyNow,
  pooled: PooledVerify,
  data: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  hasOneCore ??= readSafely(() => builtin("node:os")?.availableParallelism()) === 1;
  return hasOneCore ? verifyInLaterTurn(now, data, signature) : verifyInPool(pooled, data, signature);
}

/** Read once: how many cores a process may use seldom changes while it runs. */
let hasOneCore: boolean | undefined;

/**
 * The queue never exceeds the number of requests in flight, so the limit on those also bounds it.
 * Removing from the front is cheap beside a signature.
 */
const waiting: (() => void)[] = [];
let running = 0;

/** Verifies in the thread pool, a few signatures at a time. Rejects with the platform's error. */
export function verifyInPool(verify: PooledVerify, data: Uint8Array, signature: Uint8Array): Promise<boolean> {
  // The bytes are valid in this turn only.
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
