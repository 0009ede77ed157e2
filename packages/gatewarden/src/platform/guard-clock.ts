// The clocks of guards, for adapters that look at the time with each message. `status()` tells it
// too, but reads the state of every issuer first.

const clocks = new WeakMap<object, () => number>();

/** Remembers the clock of a guard: seconds since 1970. */
export function keepClock(guard: object, now: () => number): void {
  clocks.set(guard, now);
}

/** Undefined for a guard of the application's own making, also one around another. */
export function findClock(guard: object): (() => number) | undefined {
  return clocks.get(guard);
}
