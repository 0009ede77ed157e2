// The events of one stream that its receiver has not acknowledged, in order and bounded.

const maxEvents = 1000;

/** A signed event. */
export interface QueuedEvent {
  readonly jti: string;
  readonly token: string;
  /** Deliver it once more after it was acknowledged: the fault `set-replayed`. */
  readonly isRepeated: boolean;
}

export class EventQueue {
  readonly #events = new Map<string, QueuedEvent>();
  readonly #listeners = new Set<() => void>();
  #dropped = 0;

  get size(): number {
    return this.#events.size;
  }

  /** How many events were dropped because the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds an event. The oldest is dropped when the queue is full (CWE-770). */
  add(event: QueuedEvent): void {
    this.#events.set(event.jti, event);
    const [oldest] = this.#events.keys();
    if (this.#events.size > maxEvents && oldest !== undefined) {
      this.#events.delete(oldest);
      this.#dropped++;
    }
    for (const listener of [...this.#listeners]) listener();
  }

  /** The oldest events; they stay. */
  peek(most: number): readonly QueuedEvent[] {
    return [...this.#events.values()].slice(0, most);
  }

  /** The receiver has this event. Unknown ones are ignored. */
  settle(jti: string): void {
    const event = this.#events.get(jti);
    this.#events.delete(jti);
    if (event?.isRepeated) this.add({ ...event, isRepeated: false });
  }

  clear(): void {
    this.#events.clear();
  }

  /** Calls back whenever an event is added. Returns the function that ends it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
