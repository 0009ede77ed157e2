// What a guard shares with adapters and sub-paths, which see only its public methods: its clock,
// and the issuers that it trusts. `status()` has the time too, but reads every issuer first.

interface Shared {
  readonly now: () => number;
  readonly issuers: () => unknown;
}

const shared = new WeakMap<object, Shared>();

/**
 * Stores the clock of a guard (seconds since 1970), and how to find its issuers' policies: the type
 * `IssuerPolicies`, which this room does not know.
 */
export function keepClock(guard: object, now: () => number, issuers: () => unknown): void {
  shared.set(guard, { now, issuers });
}

/** Undefined for a guard that the application implements itself, including a wrapper. */
export function findClock(guard: object): (() => number) | undefined {
  return shared.get(guard)?.now;
}

/** Undefined as above, and for a guard whose options cannot be read yet. */
export function findIssuers(guard: object): unknown {
  return shared.get(guard)?.issuers();
}
