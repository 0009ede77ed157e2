// Waiting that ends with a signal: what is called may ignore the signal that it was given.

/** Rejects with the signal's reason once it aborts; never resolves. */
export function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
