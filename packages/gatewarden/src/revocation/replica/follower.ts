// Follows the log: joins it, reads on, tries again after failures, and stores snapshots.
import type { DependencyError } from "../../monitoring/dependency.js";
import { backOffSeconds } from "../../platform/back-off.js";
import type { MonotonicClock } from "../../platform/monotonic-clock.js";
import { nextTurn } from "../../platform/next-turn.js";
import { LogBrokenError, type RevocationLog } from "../log.js";
import { type ChunkVisitor, visitChunk } from "./chunk.js";
import { type Publisher, toDependencyError } from "./publisher.js";
import { Repairs } from "./repairs.js";
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
const longestPause = 2;
/** A lag that is no more than waiting for the next entry, in seconds. */
const usualLag = 5;
/** A snapshot is stored after so many entries of the log, or a tenth of what is known if more. */
const leastTail = 20_000;
/** Seconds between two looks at whether the snapshot is still there. */
const snapshotCheck = 30;
/** Seconds after a failure to store one. */
const storePause = 60;
/** Bytes of entries after which requests get their turn. */
const sliceSize = 128 * 1024;
/**
 * Seconds by which a clock may be set back without more: less than entries outlive the largest
 * clock tolerance.
 */
const leastSetBack = 30;

export class Follower {
  readonly #parts: FollowerParts;
  readonly #repairs: Repairs;
  /** The wall clock, less that of the host. */
  #offset = Number.NEGATIVE_INFINITY;
  #position: string | undefined;
  /** Of the snapshot that was last seen. */
  #snapshotAt: string | undefined;
  #snapshotSeenAt = Number.NEGATIVE_INFINITY;
  #tail = 0;
  /** Counts how often the log was read from its start. */
  #mark = 0;
  #repairedMark = 0;
  /** How many of this process's appends were read back. */
  #readBack = 0;
  #settledAt = Number.POSITIVE_INFINITY;
  #lastAtEnd: number | undefined;
  #failures = 0;
  #malformed = 0;
  #hasNewer = false;
  #isStoring = false;
  /** When a snapshot may be stored again after a failure, and what that was. */
  #storeAt = Number.NEGATIVE_INFINITY;
  #storeFailure: DependencyError | undefined;
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
    this.#repairs = new Repairs(parts.clock, parts.now);
    this.#visitor = {
      onEntry: (entry) => this.#take(entry),
      onRepair: (note) => this.#repairs.note(note),
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
    const isWaiting = this.#repairs.hasOther(this.#parts.publisher.name);
    const wait = isWaiting ? "Other processes add what the log has lost" : "";
    const reason = lastFailure?.message ?? wait;
    const why = reason && `: ${reason}`;
    const problems = [
      this.isFull && "There are more revocations than maxEntries",
      !this.hasJoined && `The revocations of the fleet are not read yet${why}`,
      this.hasJoined && isLate && `The deny list has not heard from its log${since}${why}`,
      this.#parts.publisher.isBehind && "Some revocations of this process are not in the log yet",
      this.#storeFailure && `No snapshot of the deny list could be stored: ${this.#storeFailure.message}`,
      this.#hasNewer && "The log holds entries of a later version, which this process cannot read",
      this.#malformed > 0 && `${this.#malformed} entries of the log were malformed and ignored`,
    ];
    return problems.filter((one) => typeof one === "string");
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
    this.#repairs.clear();
    this.#tail = 0;
    // Those that are still there are counted again.
    this.#malformed = 0;
    const snapshot = await this.#parts.log.findSnapshot();
    this.#snapshotAt = snapshot?.position;
    this.#snapshotSeenAt = this.#parts.clock.at();
    if (snapshot === undefined) return;
    for await (const chunk of snapshot.chunks) {
      this.#visit(chunk);
      await nextTurn();
      if (this.#isStopped) return;
    }
    this.#position = snapshot.position;
  }

  async #readOn(): Promise<void> {
    if (this.#isSetBack()) {
      // What ended by the clock as it was has been dropped, and matters again.
      this.#position = undefined;
      await this.#load();
    }
    const { log, publisher } = this.#parts;
    const { stored } = publisher;
    const { entries, position, isAtEnd } = await log.read(this.#position);
    let bytes = 0;
    for (const entry of entries) {
      this.#visit(entry);
      bytes += entry.length;
      if (bytes < sliceSize) continue;
      bytes = 0;
      await nextTurn();
    }
    this.#position = position;
    this.#tail += entries.length;
    this.#failures = 0;
    this.isConnected = true;
    if (!isAtEnd) return nextTurn();
    this.lastFailure = undefined;
    this.#readBack = stored;
    this.#noteEnd();
  }

  #noteEnd(): void {
    const { clock, publisher, table, onChange } = this.#parts;
    this.#lastAtEnd = clock.at();
    // Those who know more than the log add it, also while others wait for that.
    if (publisher.isBehind || this.#repairedMark !== this.#mark) {
      this.#repairedMark = this.#mark;
      void publisher.repair(this.#mark);
    }
    if (!this.hasJoined && this.#lastAtEnd >= this.#settledAt && !this.#repairs.hasOther(publisher.name))
      this.hasJoined = true;
    if (this.hasJoined) this.#settle(undefined);
    onChange();
    if (this.hasJoined) void this.#keepSnapshot(table.size);
  }

  #isSetBack(): boolean {
    const offset = this.#parts.now() - performance.now() / 1000;
    if (!Number.isFinite(offset)) return false;
    const isSetBack = offset < this.#offset - leastSetBack;
    this.#offset = offset;
    return isSetBack;
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
      this.isFull = true;
    }
  }

  /** Stores a snapshot when the log has become long, or when the snapshot is gone. */
  async #keepSnapshot(size: number): Promise<void> {
    const { log, table, clock, now } = this.#parts;
    const isLong = clock.at() >= this.#storeAt && this.#tail >= Math.max(leastTail, size / 10);
    const isDue = clock.at() - this.#snapshotSeenAt > snapshotCheck;
    // What cannot be read cannot be stored either, and must not be dropped.
    if (this.#isStoring || this.#hasNewer || this.isFull || !(isLong || (isDue && this.#snapshotAt !== undefined)))
      return;
    this.#isStoring = true;
    try {
      const position = this.#position;
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
        const isStored = await log.writeSnapshot({ position, chunks: table.chunks(), writtenAt: now() });
        if (isStored) this.#snapshotAt = position;
        this.#tail = 0;
        this.#storeFailure = undefined;
      }
    } catch (error) {
      // The log is only longer than it need be.
      this.#storeAt = clock.at() + storePause;
      this.#storeFailure = toDependencyError(error);
    }
    this.#isStoring = false;
  }

  #noteFailure(error: unknown): void {
    if (error instanceof LogBrokenError) this.#position = undefined;
    // A server that takes over may not have what was not read back yet.
    if (this.#parts.publisher.stored !== this.#readBack) this.#parts.publisher.isBehind = true;
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
