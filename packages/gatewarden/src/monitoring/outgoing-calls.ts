// Calls that leave the process, for those who trace them: when one begins, how long it takes, whether it failed. Never what it brought.
import { warnOfListener } from "../platform/runtime.js";

/** A call to an issuer: for its keys, metadata included, or about an opaque token. */
export interface OutgoingCall {
  readonly kind: "keys" | "introspection";
  /** The issuer as configured, or as your look-up gave it. */
  readonly issuer: string;
}

/**
 * Told of a call before it begins. `begin` starts it in the caller's context (of `AsyncLocalStorage`, of tracing) and never rejects: what it
 * resolves to is the error, or undefined when all went well. A listener cannot stop, repeat or change the call.
 */
export type CallListener = (call: OutgoingCall, begin: () => Promise<unknown>) => void;

/** Runs calls before listeners. */
export class OutgoingCalls {
  readonly #listeners = new Set<CallListener>();

  /** Listens until the returned function is called. */
  listen(listener: CallListener): () => void {
    const mine: CallListener = (call, begin) => listener(call, begin);
    this.#listeners.add(mine);
    return () => void this.#listeners.delete(mine);
  }

  /** Runs the task once, whatever listeners do. */
  run<Value>(call: OutgoingCall, task: () => Promise<Value>): Promise<Value> {
    if (this.#listeners.size === 0) return task();
    let running: Promise<Value> | undefined;
    const start = (): Promise<Value> => (running ??= task());
    const begin = (): Promise<unknown> =>
      start().then(
        () => undefined,
        (error: unknown) => error ?? new Error("failed"),
      );
    for (const listener of this.#listeners) {
      try {
        const listening: unknown = listener(call, begin);
        if (listening instanceof Promise) listening.catch((error: unknown) => warnOfListener("onCall", error));
      } catch (error) {
        warnOfListener("onCall", error);
      }
    }
    return start();
  }
}
