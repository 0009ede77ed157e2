// The revocations of a fleet in the memory of each process: it answers without asking, follows a
// log, and adds again what the log has lost. Works over any transport (`../log.ts`).
import { ConfigError } from "../../errors.js";
import { DependencyError } from "../../monitoring/dependency.js";
import { createMonotonicClock, type MonotonicClock } from "../../platform/monotonic-clock.js";
import type { RevocationLog } from "../log.js";
import type { RevocationFacts, RevocationSource, RevocationSourceStatus } from "../refuse-revoked.js";
import { parseRevocation, type Revocation, type Revoker } from "../revocation.js";
import { toPackedEntry } from "./chunk.js";
import { Follower } from "./follower.js";
import { Publisher } from "./publisher.js";
import { RevocationTable } from "./table.js";

/** Options of a replica. Times in seconds. */
export interface ReplicaOptions {
  /**
   * What a process does that has not yet read the log, for example since the server is down when it
   * starts. `not ready`: it refuses every token (`revocation_unavailable`), and `guard.ready()`
   * rejects. `degraded`: it accepts tokens without knowing what was revoked, and `guard.health()`
   * says so. Default `not ready`.
   */
  readonly beforeJoin?: "not ready" | "degraded";
  /**
   * For how long a process goes on that no longer hears from the log. After that it refuses every
   * token (`revocation_unavailable`), since it would accept what was revoked meanwhile. Default
   * 300; `Infinity` never refuses.
   */
  readonly maxLag?: number;
  /**
   * For how long a joining process waits for others where the log is new, or its server (Redis) was
   * started again: it may have lost data, which those who knew it are adding again. Default 5.
   */
  readonly foundingTime?: number;
  /** Maximum number of entries. Beyond it every token is refused. Default 5,000,000. */
  readonly maxEntries?: number;
  /** Seconds since 1970. Default: the system's clock. */
  readonly now?: () => number;
}

/** The revocations of a fleet: for the guard's option `revocation`, and to revoke with. */
export interface RevocationReplica extends RevocationSource, Revoker {
  isRevoked(facts: RevocationFacts): boolean;
  /**
   * Revokes in this process at once, and resolves when the log has it. Rejects with
   * `DependencyError` where the log does not take it: this process goes on refusing, and adds it to
   * the log as soon as it can. Rejects with `TypeError` for a malformed revocation, and with
   * `RangeError` when there are too many; then nothing was revoked.
   */
  revoke(revocation: Revocation): Promise<void>;
  ready(): Promise<void>;
  status(): RevocationSourceStatus;
  /** Stops following. Must be called for the process to end. Never rejects. */
  close(): Promise<void>;
}

/** Creates a replica, which begins to follow the log at once. Throws `ConfigError`. */
export function createReplica(log: RevocationLog, options: ReplicaOptions = {}): RevocationReplica {
  return new Replica(log, requireReplicaOptions(options));
}

type CheckedOptions = Required<ReplicaOptions>;

function requireReplicaOptions(options: ReplicaOptions): CheckedOptions {
  const { beforeJoin = "not ready", maxLag = 300, foundingTime = 5, maxEntries = 5_000_000, now = wallClock } = options;
  if (beforeJoin !== "not ready" && beforeJoin !== "degraded") {
    const problem = 'must be "not ready" or "degraded"';
    throw new ConfigError({ option: "beforeJoin", problem, example: 'beforeJoin: "not ready"' });
  }
  if (!(typeof maxLag === "number" && maxLag >= 5)) {
    throw new ConfigError({ option: "maxLag", problem: "must be at least 5 seconds", example: "maxLag: 300" });
  }
  if (!(typeof foundingTime === "number" && foundingTime >= 0 && foundingTime <= 600)) {
    const problem = "must be a number of seconds from 0 to 600";
    throw new ConfigError({ option: "foundingTime", problem, example: "foundingTime: 5" });
  }
  if (!(Number.isInteger(maxEntries) && maxEntries > 0 && maxEntries <= 2 ** 24)) {
    const problem = "must be a whole number from 1 to 16,777,216";
    throw new ConfigError({ option: "maxEntries", problem, example: "maxEntries: 5_000_000" });
  }
  if (typeof now !== "function") {
    throw new ConfigError({ option: "now", problem: "must be a function", example: "now: () => Date.now() / 1000" });
  }
  return { beforeJoin, maxLag, foundingTime, maxEntries, now };
}

class Replica implements RevocationReplica {
  readonly #options: CheckedOptions;
  readonly #clock: MonotonicClock;
  readonly #table: RevocationTable;
  readonly #follower: Follower;
  readonly #publisher: Publisher;
  readonly #log: RevocationLog;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Why every token is refused now. Kept up to date, so that a check reads no clock. */
  #refusal: DependencyError | undefined;
  #isClosed = false;

  constructor(log: RevocationLog, options: CheckedOptions) {
    this.#log = log;
    this.#options = options;
    this.#clock = createMonotonicClock(options.now);
    this.#table = new RevocationTable({ now: options.now, host: hostClock }, options.maxEntries);
    this.#publisher = new Publisher(log, this.#table, options.now);
    this.#follower = new Follower({
      ...{ log, table: this.#table, publisher: this.#publisher, clock: this.#clock },
      ...{ now: options.now, foundingTime: options.foundingTime },
      onChange: () => this.#judge(),
    });
    this.#judge();
    this.#timer = setInterval(() => this.#tick(), 1000);
    (this.#timer as { unref?: () => void }).unref?.();
    this.#follower.start();
  }

  isRevoked(facts: RevocationFacts): boolean {
    if (this.#refusal !== undefined) throw this.#refusal;
    return this.#table.isRevoked(facts);
  }

  async revoke(revocation: Revocation): Promise<void> {
    const entry = toPackedEntry(parseRevocation(revocation));
    if (this.#isClosed) throw new DependencyError("The replica of the deny list is closed");
    await this.#publisher.publish(entry);
  }

  async ready(): Promise<void> {
    while (!this.#follower.hasJoined) {
      if (this.#isClosed) throw new DependencyError("The replica of the deny list is closed");
      const failure = await this.#follower.nextAttempt();
      if (failure === undefined) continue;
      if (this.#options.beforeJoin === "degraded") return;
      throw failure;
    }
    if (this.#refusal) throw this.#refusal;
  }

  status(): RevocationSourceStatus {
    this.#judge();
    const { isConnected, lag } = this.#follower;
    const reasons = this.#follower.findProblems();
    const isOpen = this.#refusal === undefined;
    const state = isOpen ? (reasons.length === 0 ? "ready" : "degraded") : "not ready";
    return { state, isConnected, lag, entries: this.#table.size, reasons };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#follower.stop();
    await this.#log.close();
    await this.#follower.ended;
    this.#judge();
  }

  #tick(): void {
    this.#table.sweep();
    this.#judge();
  }

  /** Decides whether checks may be answered. */
  #judge(): void {
    const { hasJoined, isFull, lag, lastFailure } = this.#follower;
    const { beforeJoin, maxLag, maxEntries } = this.#options;
    if (isFull) this.#refuse(`There are more revocations than maxEntries (${maxEntries})`);
    else if (this.#isClosed) this.#refuse("The replica of the deny list is closed");
    else if (hasJoined && (lag ?? 0) > maxLag) this.#refuse(`The deny list is older than maxLag (${maxLag} s)`);
    else if (hasJoined || beforeJoin === "degraded") this.#refusal = undefined;
    else this.#refuse(lastFailure?.message ?? "The revocations of the fleet are not read yet");
  }

  #refuse(message: string): void {
    if (this.#refusal?.message !== message) this.#refusal = new DependencyError(message);
  }
}

function wallClock(): number {
  return Date.now() / 1000;
}

function hostClock(): number {
  return performance.now() / 1000;
}
