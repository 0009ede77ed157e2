// The log of a fleet's revocations, as a transport offers it: Redis, NATS or your own. The replica
// (`replica.ts`) does all the rest, so a transport knows nothing of revocations: entries are bytes.

/** Entries of the log after some position. */
export interface LogBatch {
  /** In order. Each is an argument of `append`; entries of other writers may be anything. */
  readonly entries: readonly Uint8Array[];
  /** Where to read on. */
  readonly position: string;
  /** Whether there was nothing after `position` when the log was asked. */
  readonly isAtEnd: boolean;
}

/** All that a log held up to a position, in chunks of at most 1 MiB. */
export interface LogSnapshot {
  /** The entries after this position are not in the snapshot, or are also in it. */
  readonly position: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * Seconds by which the clock of a process that stores a snapshot may be ahead of the server's: less
 * than what `revocationGrace` has beyond the largest clock tolerance.
 */
export const snapshotMargin = 30;

/** A snapshot that a process stores. */
export interface WrittenSnapshot extends LogSnapshot {
  /** Seconds since 1970, by the clock of the process: what had ended by then is left out. */
  readonly writtenAt: number;
}

/**
 * A log that all processes of a fleet append to and follow. Every method may reject, with a
 * `DependencyError` where the message is safe to show; the replica tries again after a pause. No
 * method may wait forever: a server that is silent is a failure.
 */
export interface RevocationLog {
  /**
   * Connects, and founds the log where there is none. Called at the start and after each failure.
   * Resolves to how many seconds ago the log was founded, or its server was started, by the
   * server's clock: a young log may be one that lost data, which other processes are about to add
   * again.
   */
  open(): Promise<number>;
  /** Appends an entry. Resolves once the server has it. */
  append(entry: Uint8Array): Promise<void>;
  /**
   * The entries after `position`, or from the oldest that is held. Waits about a second for the
   * first one; `isAtEnd` without entries then also says that nothing went missing. Rejects with
   * `LogBrokenError` where the log does not continue at `position`: it was emptied, restored from a
   * copy, failed over to a server without the last entries, or trimmed.
   */
  read(position: string | undefined): Promise<LogBatch>;
  /** The latest snapshot. A chunk that is gone rejects with `LogBrokenError`. */
  findSnapshot(): Promise<LogSnapshot | undefined>;
  /**
   * Stores a snapshot, and only then drops the entries up to its position. Resolves to false where
   * another process is storing one, or stored a later one. Rejects where `writtenAt` is further
   * ahead of the server's clock than `snapshotMargin`: it may lack what others still need.
   */
  writeSnapshot(snapshot: WrittenSnapshot): Promise<boolean>;
  /** Ends reading and appending; pending calls reject. Never rejects. */
  close(): Promise<void>;
}

/** The log does not continue where it was read up to, so it must be read from the start again. */
export class LogBrokenError extends Error {
  override readonly name = "LogBrokenError";
}
