// The clocks of guards, for adapters that need the time with each message. `status()` has it too,
// but reads the state of every issuer first.

const clocks = new WeakMap<object, () => number>();

/** Stores the clock of a guard: seconds since 1970. */
export function keepClock(guard: object, now: () => number): void {
  clocks.set(guard, now);
}

/** Undefined for a guard that the application implements itself, including a wrapper. */
export function findClock(guard: object): (() => number) | undefined {
  return clocks.get(guard);
}
