// What happens at the tenant and at the APIs that are connected to it, for people who watch. Never
// a token and never a claim's value.

/** One event. Its other members depend on the kind. */
export interface FeedEvent {
  readonly id: number;
  /** When it happened, as ISO 8601. */
  readonly at: string;
  readonly kind: FeedKind;
  readonly [member: string]: unknown;
}

export const feedKinds = ["decision", "token", "faults", "keys", "logout", "signal", "people", "reset"] as const;
export type FeedKind = (typeof feedKinds)[number];

type Listener = (event: FeedEvent) => void;

const kept = 300;
const maxListeners = 32;

export class Feed {
  readonly #events: FeedEvent[] = [];
  readonly #listeners = new Set<Listener>();
  #last = 0;

  /** The last events, the oldest first. */
  get recent(): readonly FeedEvent[] {
    return this.#events;
  }

  publish(kind: FeedKind, members: Readonly<Record<string, unknown>>): void {
    this.#last++;
    const event: FeedEvent = { ...members, id: this.#last, at: new Date().toISOString(), kind };
    this.#events.push(event);
    if (this.#events.length > kept) this.#events.shift();
    for (const listener of this.#listeners) listener(event);
  }

  /** Returns the function that ends it, or undefined while too many others listen (CWE-770). */
  subscribe(listener: Listener): (() => void) | undefined {
    if (this.#listeners.size >= maxListeners) return undefined;
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
