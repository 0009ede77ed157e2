// Runs asynchronous changes one after the other.

/**
 * Runs one task at a time, in call order. A failure goes to its caller and does not block the next
 * task.
 */
export type Serial = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
