// How much may happen at once: a flood of tokens must not become a flood of requests (CWE-770).

/** Lets some tasks run and some wait. */
export interface Limit {
  /** Whether not even waiting is possible. */
  readonly isFull: boolean;
  /** Runs the task when it is its turn. Ask `isFull` first. */
  run<Value>(task: () => Promise<Value>): Promise<Value>;
}

/** At most `running` tasks run at a time, and at most `waiting` more wait, first come first served. */
export function createLimit({ running, waiting }: { running: number; waiting: number }): Limit {
  let active = 0;
  const queue: (() => void)[] = [];
  return {
    get isFull() {
      return active >= running && queue.length >= waiting;
    },
    async run(task) {
      if (active < running) active++;
      else await new Promise<void>((resolve) => queue.push(resolve));
      try {
        return await task();
      } finally {
        // The place is handed on rather than given up, so that nobody slips in between.
        const next = queue.shift();
        if (next) next();
        else active--;
      }
    },
  };
}
