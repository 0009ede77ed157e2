// Follows the log: joins it, reads on, tries again after failures, and stores snapshots.
import type { DependencyError } from "../../monitoring/dependency.js";
import { backOffSeconds } from "../../platform/back-off.js";
import type { MonotonicClock } from "../../platform/monotonic-clock.js";
import { nextTurn } from "../../platform/next-turn.js";
import { LogBrokenError, type RevocationLog } from "../log.js";
import { type ChunkVisitor, visitChunk } from "./chunk.js";
import { type Publisher, toDependencyError } from "./publisher.js";
import type { RevocationTable } from "./table.js";

/** What a follower works with. */
export interface FollowerParts {
  readonly log: RevocationLog;
  readonly table: RevocationTable;
  readonly publisher: Publisher;
  readonly clock: MonotonicClock;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly foundingTime: number;
  /** Called when something changed that the answers to checks may depend on. */
  readonly onChange: () => void;
}

/** Longest pause between two tries, in seconds: a fleet should hear of a server that is back. */
const longestPause = 5;
/** A lag that is no more than waiting for the next entry, in seconds. */
const usualLag = 5;
/** A snapshot is stored after so many revocations, or a quarter of what is known if more. */
const leastTail = 20_000;
/** Bytes of a usual revocation in the log: one entry can hold more than a thousand of them. */
const usualSize = 48;
/** Seconds between two looks at whether the snapshot is still there. */
const snapshotCheck = 30;
/** Bytes of entries after which requests get their turn. */
const sliceSize = 128 * 1024;
/** Seconds between two tries to hold all revocations after there were too many. */
const retryFull = 30;
/** Seconds that a note of a repair may hold up joining processes, whatever it says. */
const longestRepair = 60;

export class Follower {
  readonly #parts: FollowerParts;
  readonly #repairs = new Map<string, number>();
  #position: string | undefined;
  /** Of the snapshot that was last seen. */
  #snapshotAt: string | undefined;
  #snapshotSeenAt = Number.NEGATIVE_INFINITY;
  #tail = 0;
  /** Counts how often the log was read from its start. */
  #mark = 0;
  #repairedMark = 0;
  #settledAt = Number.POSITIVE_INFINITY;
  #lastAtEnd: number | undefined;
  #failures = 0;
  #malformed = 0;
  #hasNewer = false;
  /** Whether an entry was left out since the log was read from its start. */
  #isIncomplete = false;
  #loadedAt = Number.NEGATIVE_INFINITY;
  #isStoring = false;
  #isStopped = false;
  #waiting: ((failure: DependencyError | undefined) => void)[] = [];
  #wake: () => void = () => {};
  readonly #visitor: ChunkVisitor;
  /** Whether all that the log held was read once. */
  hasJoined = false;
  isConnected = false;
  isFull = false;
  lastFailure: DependencyError | undefined;
  /** Resolves after `stop`. */
  ended: Promise<void> = Promise.resolve();

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#visitor = {
      onEntry: (entry) => this.#take(entry),
      onRepair: ({ process, until }) => {
        if (this.#repairs.size < 1000) this.#repairs.set(process, Math.min(until, parts.now() + longestRepair));
      },
    };
  }

  /** Seconds since everything was known. */
  get lag(): number | undefined {
    return this.#lastAtEnd === undefined ? undefined : this.#parts.clock.at() - this.#lastAtEnd;
  }

  start(): void {
    this.ended = this.#run();
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  /** Resolves at the next success, or with the next failure. */
  nextAttempt(): Promise<DependencyError | undefined> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What is wrong, for operators. */
  findProblems(): readonly string[] {
    const { lag, isConnected, lastFailure } = this;
    const isLate = lag !== undefined && (lag > usualLag || !isConnected);
    const since = isLate ? ` for ${Math.round(lag)} s` : "";
    const why = lastFailure ? `: ${lastFailure.message}` : "";
    const problems = [
      this.isFull && "There are more revocations than maxEntries",
      !this.hasJoined && `The revocations of the fleet are not read yet${why}`,
      this.hasJoined && isLate && `The deny list has not heard from its log${since}${why}`,
      this.#parts.publisher.isBehind && "Some revocations of this process are not in the log yet",
      this.#hasNewer && "The log holds entries of a later version, which this process cannot read",
      this.#malformed > 0 && `${this.#malformed} entries of the log were malformed and ignored`,
    ];
    return problems.filter((one) => one !== false);
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#open();
        while (!this.#isStopped) await this.#readOn();
      } catch (error) {
        this.#noteFailure(error);
      }
      if (!this.#isStopped) await this.#pause(backOffSeconds(Math.min(++this.#failures, 10), longestPause));
    }
    this.isConnected = false;
    this.#settle(toDependencyError(undefined));
  }

  async #open(): Promise<void> {
    const { log, clock, foundingTime } = this.#parts;
    const age = await log.open();
    this.#settledAt = clock.at() + Math.max(0, foundingTime - age);
    if (this.#position === undefined) await this.#load();
  }

  /** Reads the snapshot. What is known already stays, and is found to be missing in the log. */
  async #load(): Promise<void> {
    this.#mark++;
    this.#isIncomplete = false;
    this.#loadedAt = this.#parts.clock.at();
    this.#repairs.clear();
    this.#tail = 0;
    const snapshot = await this.#parts.log.findSnapshot();
    this.#snapshotAt = snapshot?.position;
    this.#snapshotSeenAt = this.#parts.clock.at();
    if (snapshot === undefined) return;
    if (snapshot.entries !== undefined) this.#parts.table.reserve(snapshot.entries);
    for await (const chunk of snapshot.chunks) {
      this.#visit(chunk);
      await nextTurn();
      if (this.#isStopped) return;
    }
    this.#position = snapshot.position;
  }

  /** Reads the log again once entries have ended, so that those that were left out have room. */
  async #recover(): Promise<void> {
    const { table, clock } = this.#parts;
    if (!this.isFull || !table.hasRoom || clock.at() - this.#loadedAt < retryFull) return;
    this.#position = undefined;
    await this.#load();
  }

  async #readOn(): Promise<void> {
    await this.#recover();
    const { entries, position, isAtEnd } = await this.#parts.log.read(this.#position);
    let bytes = 0;
    for (const entry of entries) {
      this.#visit(entry);
      bytes += entry.length;
      this.#tail += Math.max(1, Math.floor(entry.length / usualSize));
      if (bytes < sliceSize) continue;
      bytes = 0;
      await nextTurn();
    }
    this.#position = position;
    this.#failures = 0;
    this.isConnected = true;
    if (!isAtEnd) return nextTurn();
    this.lastFailure = undefined;
    this.#noteEnd();
  }

  #noteEnd(): void {
    const { clock, now, publisher, table, onChange } = this.#parts;
    this.#lastAtEnd = clock.at();
    this.isFull = this.#isIncomplete;
    // Those who know more than the log add it, also while others wait for that.
    if (publisher.isBehind || this.#repairedMark !== this.#mark) {
      this.#repairedMark = this.#mark;
      void publisher.repair(this.#mark);
    }
    for (const [process, until] of this.#repairs) if (until <= now()) this.#repairs.delete(process);
    const isOthers = [...this.#repairs.keys()].some((process) => process !== publisher.name);
    if (!this.hasJoined && this.#lastAtEnd >= this.#settledAt && !isOthers) this.hasJoined = true;
    if (this.hasJoined) this.#settle(undefined);
    onChange();
    if (this.hasJoined) void this.#keepSnapshot(table.size);
  }

  #visit(chunk: Uint8Array): void {
    const result = visitChunk(chunk, this.#visitor);
    if (result === "malformed") this.#malformed++;
    if (result === "newer") this.#hasNewer = true;
  }

  #take(entry: Parameters<ChunkVisitor["onEntry"]>[0]): void {
    try {
      this.#parts.table.put(entry, this.#mark);
    } catch {
      // A process that cannot hold all revocations cannot tell which tokens are good (CWE-636).
      this.#isIncomplete = true;
      this.isFull = true;
    }
  }

  /** Stores a snapshot when the log has become long, or when the snapshot is gone. */
  async #keepSnapshot(size: number): Promise<void> {
    const { log, table, clock } = this.#parts;
    const isLong = this.#tail >= Math.max(leastTail, size / 4);
    const isDue = clock.at() - this.#snapshotSeenAt > snapshotCheck;
    // What cannot be read cannot be stored either, and must not be dropped.
    if (this.#isStoring || this.#hasNewer || this.isFull || !(isLong || (isDue && this.#snapshotAt !== undefined)))
      return;
    this.#isStoring = true;
    try {
      const [position, tail] = [this.#position, this.#tail];
      const latest = await log.findSnapshot().catch((error: unknown) => {
        if (error instanceof LogBrokenError) return undefined;
        throw error;
      });
      this.#snapshotSeenAt = clock.at();
      const isAnothers = latest !== undefined && latest.position !== this.#snapshotAt;
      const isGone = latest === undefined && this.#snapshotAt !== undefined;
      if (isAnothers) this.#snapshotAt = latest.position;
      if (isAnothers) this.#tail = 0;
      else if (position !== undefined && (isLong || isGone)) {
        const isStored = await log.writeSnapshot({ position, entries: table.size, chunks: table.chunks() });
        if (isStored) this.#snapshotAt = position;
        // What arrived meanwhile is not in it.
        this.#tail = Math.max(0, this.#tail - tail);
      }
    } catch {
      // The log is only longer than it need be; the next entries try again.
      this.#tail = Math.floor(this.#tail / 2);
    }
    this.#isStoring = false;
  }

  #noteFailure(error: unknown): void {
    if (error instanceof LogBrokenError) this.#position = undefined;
    this.isConnected = false;
    this.lastFailure = toDependencyError(error);
    this.#settle(this.lastFailure);
    this.#parts.onChange();
  }

  #settle(failure: DependencyError | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(failure);
  }

  #pause(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
