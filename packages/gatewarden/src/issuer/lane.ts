// Calls in flight, one per key, shared by all requests that wait for it.
import type { Awaitable } from "../platform/awaitable.js";

interface Flight<Value> {
  readonly answer: Promise<Value>;
  /** Of `performance.now()`. */
  readonly endsAt: number;
}

/** Each kind of call has its own lane, so a full lane does not block the others (CWE-770). */
export class Lane<Value> {
  readonly #flights = new Map<string, Flight<Value>>();
  readonly #milliseconds: number;

  /** `seconds`: the time limit of a call. */
  constructor(seconds: number) {
    this.#milliseconds = seconds * 1000;
  }

  /**
   * The call in flight. One past its time limit never ends: it was cut off with its request, as on
   * Workers.
   */
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

  /** Starts a call. A synchronous answer takes no place in the lane. */
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
