// Tells a listener what became of an event. A listener that fails changes nothing.
import { warnOfListener } from "../platform/runtime.js";

/** Calls the listener, if there is one. Never throws. */
export function notify<Event>(name: string, listener: ((event: Event) => unknown) | undefined, event: Event): void {
  try {
    const listening = listener?.(event);
    // A rejection of an async listener must not end the process (CWE-248).
    if (listening instanceof Promise) listening.catch((error: unknown) => warnOfListener(name, error));
  } catch (error) {
    warnOfListener(name, error);
  }
}
