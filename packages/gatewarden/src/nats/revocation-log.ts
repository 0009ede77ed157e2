// The log of a fleet's revocations in NATS JetStream: a stream whose messages are followed by their
// numbers, and woken up for by a subscription.
import { DependencyError } from "../monitoring/dependency.js";
import {
  type LogBatch,
  LogBrokenError,
  type LogSnapshot,
  type RevocationLog,
  snapshotMargin,
  type WrittenSnapshot,
} from "../revocation/log.js";
import { createJetStream, type JetStream, type NatsConnection } from "./client.js";
import { NatsSnapshots } from "./snapshots.js";
import {
  findMessage,
  findState,
  openStream,
  readServerTime,
  type Stream,
  type StreamState,
  toServerSeconds,
} from "./streams.js";

/** Messages of one batch, and how many are asked for at once. */
const readCount = 1000;
const atOnce = 100;
/** Milliseconds for which a read waits for an entry, if there is none. */
const readWaitMs = 1000;
/** A message is stored a moment after subscribers have it. */
const storeWaitMs = 5;

/** Where the streams are, and how long an answer is awaited. */
export interface NatsLogOptions {
  /** The streams are called so, and `<stream>_SNAPSHOTS`. */
  readonly stream: string;
  /** Subjects begin so. */
  readonly subject: string;
  /** Seconds. */
  readonly timeout: number;
}

/** A place in the log: which log, and the number and time of the last message that was read. */
interface Place {
  readonly created: string;
  readonly seq: number;
  readonly time: string;
}

/** A log over JetStream. Throws `ConfigError`; sends nothing before the first use. */
export function createNatsRevocationLog(connection: NatsConnection, options: NatsLogOptions): RevocationLog {
  return new NatsRevocationLog(connection, createJetStream(connection, options.timeout), options);
}

class NatsRevocationLog implements RevocationLog {
  readonly #connection: NatsConnection;
  readonly #js: JetStream;
  readonly #stream: Stream;
  readonly #subject: string;
  readonly #snapshots: NatsSnapshots;
  #subscription: { unsubscribe(): void } | undefined;
  #hasArrived = false;
  #wake: () => void = () => {};
  #isClosed = false;

  constructor(connection: NatsConnection, js: JetStream, { stream, subject }: NatsLogOptions) {
    this.#connection = connection;
    this.#js = js;
    this.#stream = { js, name: stream };
    this.#subject = `${subject}.log`;
    this.#snapshots = new NatsSnapshots({ js, name: `${stream}_SNAPSHOTS` }, `${subject}.snapshot`);
  }

  async open(): Promise<number> {
    this.#refuseClosed();
    // A full stream must refuse messages rather than drop old ones.
    const state = await openStream(
      this.#stream,
      { subjects: [this.#subject], storage: "file" },
      { discard: "new", retention: "limits", max_age: 0, max_msgs_per_subject: -1 },
    );
    await this.#snapshots.open();
    this.#subscribe();
    const age = (await readServerTime(this.#stream)) - toServerSeconds(state.created);
    if (!Number.isFinite(age)) throw new DependencyError("NATS gave an answer that is not of JetStream");
    return Math.max(0, age);
  }

  async append(entry: Uint8Array): Promise<void> {
    this.#refuseClosed();
    await this.#js.store(this.#subject, entry);
  }

  async read(position: string | undefined): Promise<LogBatch> {
    this.#refuseClosed();
    const place = position === undefined ? undefined : parsePlace(position);
    const state = await this.#awaitNext(place?.seq ?? 0);
    if (place) await this.#refuseBroken(place, state);
    const from = Math.max((place?.seq ?? 0) + 1, state.first);
    const to = Math.min(state.last, from + readCount - 1);
    const { entries, time } = await this.#load(from, to);
    const end = { created: state.created, seq: Math.max(to, place?.seq ?? 0), time: time ?? place?.time ?? "" };
    return { entries, position: toPosition(end), isAtEnd: to === state.last };
  }

  async findSnapshot(): Promise<LogSnapshot | undefined> {
    this.#refuseClosed();
    return this.#snapshots.find();
  }

  async writeSnapshot(snapshot: WrittenSnapshot): Promise<boolean> {
    this.#refuseClosed();
    if (snapshot.writtenAt > (await readServerTime(this.#stream)) + snapshotMargin) {
      throw new DependencyError("The clock of this process is ahead of that of NATS");
    }
    const { created, seq } = parsePlace(snapshot.position);
    const isLater = (other: string) => {
      const place = parsePlace(other);
      return place.created === created && place.seq > seq;
    };
    if (!(await this.#snapshots.write(snapshot, isLater))) return false;
    const state = await findState(this.#stream);
    // Never what belongs to another log, or is not in the snapshot.
    if (state.created === created) await this.#js.ask(`STREAM.PURGE.${this.#stream.name}`, { seq });
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    try {
      this.#subscription?.unsubscribe();
    } catch {
      // The connection is closed already.
    }
  }

  #subscribe(): void {
    const callback = () => {
      this.#hasArrived = true;
      this.#wake();
    };
    this.#subscription ??= this.#connection.subscribe(this.#subject, { callback });
  }

  /** The state of the log, once it has something after `seq`, or after about a second. */
  async #awaitNext(seq: number): Promise<StreamState> {
    this.#hasArrived = false;
    const state = await findState(this.#stream);
    if (state.last !== seq) return state;
    if (!this.#hasArrived) await this.#sleep(readWaitMs);
    this.#refuseClosed();
    for (let attempt = 0; ; attempt++) {
      const next = await findState(this.#stream);
      if (next.last !== seq || !this.#hasArrived || attempt === 3) return next;
      await new Promise((resolve) => setTimeout(resolve, storeWaitMs));
    }
  }

  async #sleep(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }

  /**
   * The message at the place must be the one that was read: a server that lost its last messages
   * gives their numbers to others.
   */
  async #refuseBroken({ created, seq, time }: Place, state: StreamState): Promise<void> {
    const isHeld = seq === 0 ? state.first <= 1 : seq >= state.first && seq <= state.last;
    if (created !== state.created || !isHeld) throw broken();
    if (seq === 0) return;
    const message = seq === state.last ? { time: state.lastTime } : await findMessage(this.#stream, { seq });
    if (message?.time !== time) throw broken();
  }

  async #load(
    from: number,
    to: number,
  ): Promise<{ readonly entries: Uint8Array[]; readonly time: string | undefined }> {
    const entries: Uint8Array[] = [];
    let time: string | undefined;
    for (let first = from; first <= to; first += atOnce) {
      const numbers = Array.from({ length: Math.min(atOnce, to - first + 1) }, (_, index) => first + index);
      const messages = await Promise.all(numbers.map((seq) => findMessage(this.#stream, { seq })));
      // Trimmed while it was read. A message that was deleted one by one is just missing.
      if (messages.includes(undefined) && (await findState(this.#stream)).first > first) throw broken();
      for (const message of messages) if (message) entries.push(message.data);
      time = messages.at(-1)?.time ?? "";
    }
    return { entries, time };
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw new DependencyError("The log of revocations is closed");
  }
}

function broken(): LogBrokenError {
  return new LogBrokenError("The log of revocations does not continue where it was read to");
}

function toPosition({ created, seq, time }: Place): string {
  return `${seq} ${time || "-"} ${created}`;
}

function parsePlace(position: string): Place {
  const [seq = "", time = "", created = ""] = position.split(" ");
  if (!/^\d{1,16}$/.test(seq)) throw broken();
  return { seq: Number(seq), time: time === "-" ? "" : time, created };
}
