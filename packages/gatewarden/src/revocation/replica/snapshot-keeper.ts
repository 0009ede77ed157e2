// Stores snapshots, so that the log stays short: one process of a fleet does it for all.
import type { DependencyError } from "../../monitoring/dependency.js";
import type { MonotonicClock } from "../../platform/monotonic-clock.js";
import { LogBrokenError, type RevocationLog } from "../log.js";
import { toDependencyError } from "./publisher.js";
import type { RevocationTable } from "./table.js";

/** What a keeper works with. */
export interface SnapshotParts {
  readonly log: RevocationLog;
  readonly table: RevocationTable;
  readonly clock: MonotonicClock;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** A snapshot is stored after so many revocations, or a quarter of what is known if more. */
const leastTail = 20_000;
/** Bytes of a usual revocation in the log: one entry can hold more than a thousand of them. */
const usualSize = 48;
/** Seconds between two looks at whether the snapshot is still there. */
const snapshotCheck = 30;
/** Seconds after a failure to store one. */
const storePause = 60;

export class SnapshotKeeper {
  readonly #parts: SnapshotParts;
  /** The position of the snapshot that was last seen. */
  #position: string | undefined;
  #seenAt = Number.NEGATIVE_INFINITY;
  /** About how many revocations the log holds after it. */
  #tail = 0;
  #isStoring = false;
  /** When a snapshot may be stored again after a failure. */
  #storeAt = Number.NEGATIVE_INFINITY;
  /** Why the last one could not be stored. */
  failure: DependencyError | undefined;

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
  }

  /** The log is read from its start, where there is this snapshot or none. */
  noteSnapshot(position: string | undefined): void {
    this.#position = position;
    this.#seenAt = this.#parts.clock.at();
    this.#tail = 0;
  }

  /** An entry of the log was read. */
  noteEntry(size: number): void {
    this.#tail += Math.max(1, Math.floor(size / usualSize));
  }

  /**
   * Stores a snapshot of what was read up to `position`, if the log has become long, or if the
   * snapshot is gone. Never rejects.
   */
  async keep(position: string | undefined): Promise<void> {
    const { clock, table } = this.#parts;
    const isLong = clock.at() >= this.#storeAt && this.#tail >= Math.max(leastTail, table.size / 4);
    const isDue = clock.at() - this.#seenAt > snapshotCheck;
    if (this.#isStoring || !(isLong || (isDue && this.#position !== undefined))) return;
    this.#isStoring = true;
    try {
      await this.#store(position, isLong);
    } catch (error) {
      // The log is only longer than it need be.
      this.#storeAt = clock.at() + storePause;
      this.failure = toDependencyError(error);
    }
    this.#isStoring = false;
  }

  async #store(position: string | undefined, isLong: boolean): Promise<void> {
    const { log, table, clock, now } = this.#parts;
    const tail = this.#tail;
    const latest = await log.findSnapshot().catch((error: unknown) => {
      if (error instanceof LogBrokenError) return undefined;
      throw error;
    });
    this.#seenAt = clock.at();
    if (latest !== undefined && latest.position !== this.#position) {
      // Another process has stored one.
      this.#position = latest.position;
      this.#tail = 0;
      return;
    }
    // It is still there, and the log is short.
    if (position === undefined || (latest !== undefined && !isLong)) return;
    const written = { position, entries: table.size, chunks: table.chunks(), writtenAt: now() };
    if (await log.writeSnapshot(written)) this.#position = position;
    // What arrived meanwhile is not in it.
    this.#tail = Math.max(0, this.#tail - tail);
    this.failure = undefined;
  }
}
