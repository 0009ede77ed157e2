// Changes that take time, one after the other.

/** Runs what it is given one at a time, in the order of the calls; a failure is its caller's and does not hold up the next. */
export type Serial = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function createSerial(): Serial {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
