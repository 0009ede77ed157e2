// Which processes add again what the log has lost: those that join wait for them.
import type { MonotonicClock } from "../../platform/monotonic-clock.js";
import type { RepairNote } from "./chunk.js";
import { repairTime } from "./publisher.js";

/** Seconds by which the clock of a process that writes a note may be behind. */
const tolerance = 60;
/** How many processes are remembered: anything may have written the notes. */
const maxProcesses = 1000;

export class Repairs {
  readonly #clock: MonotonicClock;
  readonly #now: () => number;
  /** Until when they are waited for, by the monotonic clock. */
  readonly #until = new Map<string, number>();

  constructor(clock: MonotonicClock, now: () => number) {
    this.#clock = clock;
    this.#now = now;
  }

  /** The wall clock only tells old notes, of processes that ended meanwhile, from new ones. */
  note({ process, until }: RepairNote): void {
    const isOver = until <= this.#now() - tolerance;
    if (isOver) this.#until.delete(process);
    else if (this.#until.size < maxProcesses) this.#until.set(process, this.#clock.at() + repairTime);
  }

  clear(): void {
    this.#until.clear();
  }

  /** Whether another process than this one is at it. */
  hasOther(own: string): boolean {
    const time = this.#clock.at();
    for (const [process, until] of this.#until) if (until <= time) this.#until.delete(process);
    return this.#until.size > (this.#until.has(own) ? 1 : 0);
  }
}
