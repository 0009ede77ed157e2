// Giving way: long work in slices, so that requests are served in between.

/** Resolves in a later turn of the event loop, after the requests that wait. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { setImmediate: later } = globalThis as { setImmediate?: (call: () => void) => void };
    if (later) later(resolve);
    else setTimeout(resolve, 0);
  });
}
