// A log in memory, which can lose its data, go down, and hold what no process of the fleet wrote.
import { setTimeout as delay } from "node:timers/promises";
import {
  type LogBatch,
  LogBrokenError,
  type RevocationLog,
  type WrittenSnapshot,
} from "../../../src/revocation/log.js";

export interface MemoryLog {
  /** What each process of the fleet opens for itself. */
  connect(): RevocationLog;
  entries: Uint8Array[];
  snapshot: { readonly position: string; readonly chunks: readonly Uint8Array[] } | undefined;
  isDown: boolean;
  /** Seconds since it was founded. */
  age: number;
  /** Loses everything, as a server that is restarted without its data. */
  lose(): void;
}

export function createMemoryLog(): MemoryLog {
  let life = 0;
  let trimmed = 0;
  const log: MemoryLog = {
    connect: () => connect(),
    entries: [],
    snapshot: undefined,
    isDown: false,
    age: 1000,
    lose() {
      life++;
      trimmed = 0;
      log.entries = [];
      log.snapshot = undefined;
    },
  };
  const refuse = () => {
    if (log.isDown) throw new Error("secret words of a driver");
  };
  const connect = (): RevocationLog => {
    let isClosed = false;
    const read = async (position: string | undefined): Promise<LogBatch> => {
      const [itsLife = life, from = 0] = position?.split(" ").map(Number) ?? [];
      for (let wait = 0; wait < 50; wait++) {
        refuse();
        if (isClosed) throw new Error("closed");
        if (itsLife !== life || from < trimmed) throw new LogBrokenError("lost");
        if (log.entries.length + trimmed > from) break;
        await delay(2);
      }
      const entries = log.entries.slice(from - trimmed);
      return { entries, position: `${life} ${from + entries.length}`, isAtEnd: true };
    };
    return {
      read,
      async open() {
        refuse();
        return log.age;
      },
      async append(entry) {
        refuse();
        log.entries.push(entry);
      },
      async findSnapshot() {
        refuse();
        return log.snapshot;
      },
      async writeSnapshot({ position, chunks }: WrittenSnapshot) {
        refuse();
        const stored: Uint8Array[] = [];
        for await (const chunk of chunks) stored.push(chunk);
        log.snapshot = { position, chunks: stored };
        const end = Number(position.split(" ")[1]);
        log.entries = log.entries.slice(end - trimmed);
        trimmed = end;
        return true;
      },
      async close() {
        isClosed = true;
      },
    };
  };
  return log;
}
