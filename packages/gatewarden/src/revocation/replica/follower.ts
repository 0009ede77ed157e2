// Follows the log: joins it, reads on, and tries again after failures.
import type { DependencyError } from "../../monitoring/dependency.js";
import { backOffSeconds } from "../../platform/back-off.js";
import type { MonotonicClock } from "../../platform/monotonic-clock.js";
import { nextTurn } from "../../platform/next-turn.js";
import { LogBrokenError, type RevocationLog } from "../log.js";
import { type ChunkVisitor, visitChunk } from "./chunk.js";
import { type Publisher, toDependencyError } from "./publisher.js";
import { Repairs } from "./repairs.js";
import { SnapshotKeeper } from "./snapshot-keeper.js";
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
/** Bytes of entries after which requests get their turn. */
const sliceSize = 128 * 1024;
/**
 * Seconds by which a clock may be set back without more: less than entries outlive the largest
 * clock tolerance.
 */
const leastSetBack = 30;
/** Seconds between two tries to hold all revocations after there were too many. */
const retryFull = 30;

export class Follower {
  readonly #parts: FollowerParts;
  readonly #repairs: Repairs;
  readonly #snapshots: SnapshotKeeper;
  /** The wall clock, less that of the host. */
  #offset = Number.NEGATIVE_INFINITY;
  #position: string | undefined;
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
  /** Whether an entry was left out since the log was read from its start. */
  #isIncomplete = false;
  #loadedAt = Number.NEGATIVE_INFINITY;
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
    this.#snapshots = new SnapshotKeeper(parts);
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
      this.#snapshots.failure && `No snapshot of the deny list could be stored: ${this.#snapshots.failure.message}`,
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
    this.#isIncomplete = false;
    this.#loadedAt = this.#parts.clock.at();
    this.#repairs.clear();
    // Those that are still there are counted again.
    this.#malformed = 0;
    const snapshot = await this.#parts.log.findSnapshot();
    this.#snapshots.noteSnapshot(snapshot?.position);
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
    if (this.#isSetBack()) {
      // What ended by the clock as it was has been dropped, and matters again.
      this.#position = undefined;
      await this.#load();
    }
    await this.#recover();
    const { log, publisher } = this.#parts;
    const { stored } = publisher;
    const { entries, position, isAtEnd } = await log.read(this.#position);
    let bytes = 0;
    for (const entry of entries) {
      this.#visit(entry);
      bytes += entry.length;
      this.#snapshots.noteEntry(entry.length);
      if (bytes < sliceSize) continue;
      bytes = 0;
      await nextTurn();
    }
    this.#position = position;
    this.#failures = 0;
    this.isConnected = true;
    if (!isAtEnd) return nextTurn();
    this.lastFailure = undefined;
    this.#readBack = stored;
    this.#noteEnd();
  }

  #noteEnd(): void {
    const { clock, publisher, onChange } = this.#parts;
    this.#lastAtEnd = clock.at();
    this.isFull = this.#isIncomplete;
    // Those who know more than the log add it, also while others wait for that.
    if (publisher.isBehind || this.#repairedMark !== this.#mark) {
      this.#repairedMark = this.#mark;
      void publisher.repair(this.#mark);
    }
    if (!this.hasJoined && this.#lastAtEnd >= this.#settledAt && !this.#repairs.hasOther(publisher.name))
      this.hasJoined = true;
    if (this.hasJoined) this.#settle(undefined);
    onChange();
    // What cannot be read or held cannot be stored either, and must not be dropped.
    if (this.hasJoined && !this.#hasNewer && !this.isFull) void this.#snapshots.keep(this.#position);
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
      this.#isIncomplete = true;
      this.isFull = true;
    }
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
