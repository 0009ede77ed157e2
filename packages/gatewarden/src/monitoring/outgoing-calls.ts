// Outgoing calls, for tracing: when one begins, how long it takes, whether it failed. Never its
// result.
import { warnOfListener } from "../platform/runtime.js";

/**
 * A call to an issuer: for its keys, including metadata, about an opaque token, or for a token of
 * the next API.
 */
export interface OutgoingCall {
  readonly kind: "keys" | "introspection" | "exchange";
  /**
   * The issuer as configured, or as your resolver returned it. For `exchange`, the one of the token
   * that is exchanged.
   */
  readonly issuer: string;
}

/**
 * Called before an outgoing call begins. `begin` starts the call in the listener's context
 * (`AsyncLocalStorage`, tracing), so a tracer can run it inside its span. It never rejects: it
 * resolves to the error, or to undefined on success. A listener cannot stop, repeat or change the
 * call.
 */
export type CallListener = (call: OutgoingCall, begin: () => Promise<unknown>) => void;

/** Runs outgoing calls and informs listeners. */
export class OutgoingCalls {
  readonly #listeners = new Set<CallListener>();

  /** Listens until the returned function is called. */
  listen(listener: CallListener): () => void {
    const mine: CallListener = (call, begin) => listener(call, begin);
    this.#listeners.add(mine);
    return () => void this.#listeners.delete(mine);
  }

  /** Runs the task exactly once, regardless of the listeners. */
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
