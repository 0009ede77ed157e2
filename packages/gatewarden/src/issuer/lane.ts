// Calls under way, one per key, however many requests wait for its answer.
import type { Awaitable } from "../awaitable.js";

interface Flight<Value> {
  readonly answer: Promise<Value>;
  /** Of `performance.now()`. */
  readonly endsAt: number;
}

/** A lane of its own for each kind of call: one that is full holds up no other (CWE-770). */
export class Lane<Value> {
  readonly #flights = new Map<string, Flight<Value>>();
  readonly #milliseconds: number;

  /** `seconds`: how long a call takes at most. */
  constructor(seconds: number) {
    this.#milliseconds = seconds * 1000;
  }

  /** The answer under way. One that outlives its time never comes: it was cut off with its request, as Workers do. */
  get(key: string): Promise<Value> | undefined {
    const flight = this.#flights.get(key);
    return flight !== undefined && performance.now() < flight.endsAt ? flight.answer : undefined;
  }

  isFull(limit: number): boolean {
    if (this.#flights.size < limit) return false;
    const now = performance.now();
    for (const [key, { endsAt }] of this.#flights) if (endsAt <= now) this.#flights.delete(key);
    return this.#flights.size >= limit;
  }

  /** Begins a call; an answer that is there at once takes no place. */
  begin(key: string, call: () => Awaitable<Value>): Awaitable<Value> {
    const endsAt = performance.now() + this.#milliseconds;
    const called = call();
    if (!(called instanceof Promise)) return called;
    const answer = called.finally(() => {
      if (this.#flights.get(key)?.answer === answer) this.#flights.delete(key);
    });
    this.#flights.set(key, { answer, endsAt });
    return answer;
  }
}
