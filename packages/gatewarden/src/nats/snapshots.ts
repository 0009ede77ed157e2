// Snapshots in a stream of their own: parts of chunks, and a manifest that names them. A subject
// takes one message and no second, so that of two processes only one stores a manifest.
import { LogBrokenError, type LogSnapshot } from "../revocation/log.js";
import { JetStreamError } from "./client.js";
import { findMessage, openStream, type Stream } from "./streams.js";

/** Bytes of a part: in base64 it must fit into a message, which has 1 MiB by default. */
const partSize = 512 * 1024;
/** Milliseconds after which a lock is taken for one whose owner has ended. */
const lockTimeMs = 60_000;
const maxChunks = 100_000;
/** How many manifests stay: a process that was held up must not store one under a free number. */
const keptManifests = 50;
/** The server's number of the error for a subject that has its message already. */
const subjectIsTaken = 10_077;

/** A stored snapshot: its parts, by chunk. */
interface Manifest {
  readonly version: number;
  readonly name: string;
  readonly position: string;
  /** How many parts each chunk has. */
  readonly parts: readonly number[];
}

export class NatsSnapshots {
  readonly #stream: Stream;
  readonly #subject: string;
  /** The lock that another process was seen to hold, and since when. */
  #seenLock: { readonly seq: number; readonly at: number } | undefined;

  constructor(stream: Stream, subject: string) {
    this.#stream = stream;
    this.#subject = subject;
  }

  async open(): Promise<void> {
    const needed = {
      discard: "new",
      discard_new_per_subject: true,
      max_msgs_per_subject: 1,
      retention: "limits",
      max_age: 0,
    };
    await openStream(this.#stream, { subjects: [`${this.#subject}.>`], storage: "file" }, needed);
  }

  async find(): Promise<LogSnapshot | undefined> {
    const manifest = await this.#findManifest();
    if (manifest === undefined) return undefined;
    const held = await this.#listParts(`${manifest.name}.>`);
    if (held.length < manifest.parts.reduce((sum, count) => sum + count, 0)) throw gonePart();
    return { position: manifest.position, chunks: this.#load(manifest) };
  }

  /** False where another process is storing one, or `isLater` says so of the one that is there. */
  async write({ position, chunks }: LogSnapshot, isLater: (position: string) => boolean): Promise<boolean> {
    const lock = await this.#lock();
    if (lock === undefined) return false;
    try {
      const before = await this.#findManifest();
      if (before && isLater(before.position)) return false;
      const name = crypto.randomUUID();
      const parts: number[] = [];
      for await (const chunk of chunks) {
        parts.push(await this.#storeChunk(`${this.#subject}.part.${name}.${parts.length}`, chunk));
      }
      // Storing takes a while, in which the lock may have been taken for one that was left behind.
      if ((await this.#findManifest())?.version !== before?.version) return false;
      const version = (before?.version ?? 0) + 1;
      const manifest = { version, name, position, parts };
      const stored = await this.#storeOnce(`${this.#subject}.manifest.${version}`, JSON.stringify(manifest));
      if (stored !== undefined) await this.#dropOthers(manifest, before);
      return stored !== undefined;
    } finally {
      await this.#purge(`${this.#subject}.lock`, lock + 1);
    }
  }

  async *#load({ name, parts }: Manifest): AsyncGenerator<Uint8Array> {
    for (const [index, count] of parts.entries()) {
      const subject = (part: number) => `${this.#subject}.part.${name}.${index}.${part}`;
      const numbers = Array.from({ length: count }, (_, part) => part);
      const found = await Promise.all(
        numbers.map((part) => findMessage(this.#stream, { last_by_subj: subject(part) })),
      );
      const pieces = found.flatMap((message) => (message ? [message.data] : []));
      if (pieces.length < count) throw gonePart();
      yield concat(pieces);
    }
  }

  /** The one with the highest version; malformed ones are as good as none. */
  async #findManifest(): Promise<Manifest | undefined> {
    const message = await findMessage(this.#stream, { last_by_subj: `${this.#subject}.manifest.*` });
    if (message === undefined) return undefined;
    const manifest = readManifest(new TextDecoder().decode(message.data));
    return message.subject.endsWith(`.manifest.${manifest?.version}`) ? manifest : undefined;
  }

  async #storeChunk(subject: string, chunk: Uint8Array): Promise<number> {
    const count = Math.max(1, Math.ceil(chunk.length / partSize));
    for (let part = 0; part < count; part++) {
      await this.#stream.js.store(`${subject}.${part}`, chunk.slice(part * partSize, (part + 1) * partSize));
    }
    return count;
  }

  /** The number of the message; undefined where the subject has one already. */
  async #storeOnce(subject: string, text: string): Promise<number | undefined> {
    try {
      return await this.#stream.js.store(subject, text);
    } catch (error) {
      if (error instanceof JetStreamError && error.detail === subjectIsTaken) return undefined;
      throw error;
    }
  }

  /** The number of the lock; undefined where another process holds it. */
  async #lock(): Promise<number | undefined> {
    const subject = `${this.#subject}.lock`;
    const own = await this.#storeOnce(subject, "");
    if (own !== undefined) return own;
    const held = await findMessage(this.#stream, { last_by_subj: subject });
    const now = performance.now();
    if (held && this.#seenLock?.seq !== held.seq) this.#seenLock = { seq: held.seq, at: now };
    if (!held || now - (this.#seenLock?.at ?? now) < lockTimeMs) return undefined;
    // Only the lock that was seen: another process may have a new one meanwhile.
    await this.#purge(subject, held.seq + 1);
    return this.#storeOnce(subject, "");
  }

  /** Those before the last one go: a process that joins may still read that one. */
  async #dropOthers(manifest: Manifest, before: Manifest | undefined): Promise<void> {
    const kept = new Set([manifest.name, before?.name]);
    const names = (await this.#listParts(">")).map((part) => part.split(".")[0] ?? "");
    for (const name of new Set(names)) if (!kept.has(name)) await this.#purge(`${this.#subject}.part.${name}.>`);
    const oldest = manifest.version - keptManifests;
    if (oldest > 0) await this.#purge(`${this.#subject}.manifest.${oldest}`);
  }

  /** `<name>.<chunk>.<part>` of what is held. */
  async #listParts(filter: string): Promise<readonly string[]> {
    const start = `${this.#subject}.part.`;
    const request = { subjects_filter: start + filter };
    const info = await this.#stream.js.ask(`STREAM.INFO.${this.#stream.name}`, request);
    const { subjects } = (info["state"] ?? {}) as { readonly subjects?: object };
    return Object.keys(subjects ?? {}).map((subject) => subject.slice(start.length));
  }

  async #purge(filter: string, seq?: number): Promise<void> {
    await this.#stream.js.ask(`STREAM.PURGE.${this.#stream.name}`, { filter, ...(seq !== undefined && { seq }) });
  }
}

function gonePart(): LogBrokenError {
  return new LogBrokenError("A part of the snapshot of revocations is gone");
}

function readManifest(text: string): Manifest | undefined {
  try {
    const { version, name, position, parts } = JSON.parse(text) as Partial<Manifest>;
    const isSound =
      Number.isSafeInteger(version) &&
      typeof position === "string" &&
      typeof name === "string" &&
      /^[0-9a-f-]{36}$/.test(name) &&
      Array.isArray(parts) &&
      parts.length <= maxChunks &&
      parts.every((count) => Number.isInteger(count) && count > 0 && count <= 100);
    return isSound ? ({ version, name, position, parts } as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
