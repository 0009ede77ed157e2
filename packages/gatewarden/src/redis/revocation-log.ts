// The log of a fleet's revocations in Redis: a stream whose entries each name the one before, a
// snapshot in chunks, and a hash with the name of the last entry.
import { DependencyError } from "../monitoring/dependency.js";
import {
  type LogBatch,
  LogBrokenError,
  type LogSnapshot,
  type RevocationLog,
  snapshotMargin,
  type WrittenSnapshot,
} from "../revocation/log.js";
import type { RedisClient } from "./client.js";
import { createRedisCommands, type RedisCommandOptions, type RedisCommands } from "./commands.js";
import { fromBase64, toBase64 } from "./revocation-bytes.js";
import { createRedisReader, type RedisReader } from "./revocation-reader.js";
import { type ChainEntry, readEntries, readTexts } from "./revocation-replies.js";
import { appendEntry, commitSnapshot, findEnd, openLog } from "./revocation-scripts.js";

/** Entries of one read. One entry can hold more than a thousand revocations. */
const readCount = 100;
/** Seconds for which a read waits for an entry, if there is none. */
const readWait = 1;
/** Milliseconds for which storing a snapshot keeps others from doing the same. */
const lockTime = 60_000;
/** Seconds after which chunks of a snapshot go that was not completed, or that another replaced. */
const chunkTime = 300;
/** A log over Redis 6.2 or later. Throws `ConfigError`; connects at the first use. */
export function createRedisRevocationLog(client: RedisClient, options: Required<RedisCommandOptions>): RevocationLog {
  const commands = createRedisCommands(client, options);
  return new RedisRevocationLog(commands, createRedisReader(client), options.timeout);
}

class RedisRevocationLog implements RevocationLog {
  readonly #commands: RedisCommands;
  readonly #reader: RedisReader;
  readonly #timeout: number;
  readonly #log: string;
  readonly #head: string;
  readonly #snapshot: string;
  readonly #lock: string;
  /** Whether the log is read from its start, after which there is no more of it. */
  #isReadingAll = true;
  #isClosed = false;

  constructor(commands: RedisCommands, reader: RedisReader, timeout: number) {
    this.#commands = commands;
    this.#reader = reader;
    this.#timeout = timeout;
    // The braces put all keys into one slot of a cluster.
    const start = `{${commands.prefix}}`;
    this.#log = `${start}log`;
    this.#head = `${start}head`;
    this.#snapshot = `${start}snapshot`;
    this.#lock = `${start}lock`;
  }

  async open(): Promise<number> {
    const age = Number(await this.#send(["EVAL", openLog, "2", this.#log, this.#head, crypto.randomUUID()]));
    if (!Number.isFinite(age)) throw new DependencyError("Redis gave an answer that is not one of the script's");
    return Math.max(0, age);
  }

  async append(entry: Uint8Array): Promise<void> {
    const name = crypto.randomUUID();
    await this.#send(["EVAL", appendEntry, "2", this.#log, this.#head, toBase64(entry), name]);
  }

  async read(position: string | undefined): Promise<LogBatch> {
    const [id = "0-0", last = ""] = position?.split(" ") ?? [];
    try {
      const found = await this.#awaitNext(id);
      const end = followChain(found, last, this.#isReadingAll);
      const isAtEnd = found.length < readCount;
      if (isAtEnd) this.#isReadingAll = false;
      return {
        entries: found.map(({ data }) => fromBase64(data)),
        position: `${found.at(-1)?.id ?? id} ${end}`,
        isAtEnd,
      };
    } catch (error) {
      this.#isReadingAll = error instanceof LogBrokenError;
      throw error;
    }
  }

  async #awaitNext(id: string): Promise<readonly ChainEntry[]> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const found = await this.#awaitEntries(id, attempt === 0 ? readWait : 0);
      // An entry may arrive after the read; then the next read has it.
      if (found.length > 0 || (await this.#send(["EVAL", findEnd, "1", this.#log])) === id) return found;
    }
    throw new LogBrokenError("The log of revocations does not end where it was read to");
  }

  async findSnapshot(): Promise<LogSnapshot | undefined> {
    const found = await this.#findChunks();
    if (found === undefined) return undefined;
    const { length } = found.chunks;
    if (length > 0 && Number(await this.#send(["EXISTS", ...found.chunks])) < length) {
      throw new LogBrokenError("Parts of the snapshot of revocations are gone");
    }
    return { position: found.position, chunks: this.#chunksOf(found.chunks) };
  }

  async writeSnapshot({ position, chunks, writtenAt }: WrittenSnapshot): Promise<boolean> {
    const owner = crypto.randomUUID();
    const isOurs = await this.#send(["SET", this.#lock, owner, "NX", "PX", lockTime.toFixed()]);
    if (isOurs === null || isOurs === undefined) return false;
    const before = await this.#findChunks();
    const keys: string[] = [];
    for await (const chunk of chunks) {
      const key = this.#chunkKey(owner, keys.length);
      keys.push(key);
      await this.#send(["SET", key, toBase64(chunk), "EX", chunkTime.toFixed()]);
    }
    const [id = "", entry = ""] = position.split(" ");
    const all = [this.#log, this.#snapshot, this.#lock, ...keys];
    const isStored = await this.#send([
      ...["EVAL", commitSnapshot, all.length.toFixed(), ...all],
      ...[owner, position, id, entry, owner, writtenAt.toFixed(3), snapshotMargin.toFixed()],
    ]);
    if (Number(isStored) === 2) throw new DependencyError("The clock of this process is ahead of that of Redis");
    if (Number(isStored) !== 1) return false;
    // A process that is reading the former one has time to end.
    for (const key of before?.chunks ?? []) await this.#send(["EXPIRE", key, chunkTime.toFixed()]);
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#reader.drop();
  }

  async #awaitEntries(id: string, seconds: number): Promise<readonly ChainEntry[]> {
    if (this.#isClosed) throw new DependencyError("The log of revocations is closed");
    const block = seconds > 0 ? ["BLOCK", (seconds * 1000).toFixed()] : [];
    const args = ["XREAD", "COUNT", readCount.toFixed(), ...block, "STREAMS", this.#log, id];
    return readEntries(await this.#reader.send(this.#log, args, seconds + this.#timeout));
  }

  async #findChunks(): Promise<{ readonly position: string; readonly chunks: string[] } | undefined> {
    const answer = await this.#send(["HMGET", this.#snapshot, "name", "position", "chunks"]);
    const [name, position, count] = readTexts(answer);
    if (name === undefined || position === undefined || count === undefined) return undefined;
    const length = Math.min(Number(count) || 0, 100_000);
    return { position, chunks: Array.from({ length }, (_, index) => this.#chunkKey(name, index)) };
  }

  async *#chunksOf(keys: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const key of keys) {
      const text = await this.#send(["GET", key]);
      if (typeof text !== "string") throw new LogBrokenError("A part of the snapshot of revocations is gone");
      yield fromBase64(text);
    }
  }

  #chunkKey(name: string, index: number): string {
    return `{${this.#commands.prefix}}chunk:${name}:${index}`;
  }

  #send(args: string[]): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new DependencyError("The log of revocations is closed"));
    return this.#commands.send(this.#log, args);
  }
}

/**
 * The name of the last entry. Throws `LogBrokenError` where an entry does not name the one before
 * it. A reader of all, for whom there is nothing left to read again, passes it by, unless the start
 * is missing, which a snapshot should hold. An entry of another writer, without names, is not part
 * of the chain. One that a client sent twice names itself.
 */
function followChain(entries: readonly ChainEntry[], last: string, isReadingAll: boolean): string {
  let end = last;
  for (const { name, before } of entries) {
    if (name === undefined || before === undefined) continue;
    const isPassedBy = isReadingAll && end !== "";
    if (before !== end && !isPassedBy) throw new LogBrokenError("Entries of the log of revocations are missing");
    end = name;
  }
  return end;
}
