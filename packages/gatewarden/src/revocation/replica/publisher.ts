// Adds revocations to the log: new ones, and again those that the log was not seen to have.
import { DependencyError } from "../../monitoring/dependency.js";
import { nextTurn } from "../../platform/next-turn.js";
import { LogBrokenError, type RevocationLog } from "../log.js";
import { ChunkWriter, type PackedEntry, toRepairChunk } from "./chunk.js";
import type { RevocationTable } from "./table.js";

interface Waiting {
  readonly entry: PackedEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Bytes of one entry of the log. */
const batchSize = 64 * 1024;

/** Seconds for which others wait for a repair whose process does not go on. */
export const repairTime = 20;

export class Publisher {
  readonly #log: RevocationLog;
  readonly #table: RevocationTable;
  readonly #now: () => number;
  readonly #name: string = crypto.randomUUID();
  #waiting: Waiting[] = [];
  #isSending = false;
  #isRepairing = false;
  /** Whether entries may be missing in the log. */
  isBehind = false;
  /** How many appends the log has taken. */
  stored = 0;

  constructor(log: RevocationLog, table: RevocationTable, now: () => number) {
    this.#log = log;
    this.#table = table;
    this.#now = now;
  }

  /** The name under which this process notes its repairs. */
  get name(): string {
    return this.#name;
  }

  /** Revokes here at once. Resolves when the log has the entry; rejects if it is not taken. */
  publish(entry: PackedEntry): Promise<void> {
    this.#table.put(entry, 0);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      void this.#send();
    });
  }

  /** One append at a time: what arrives meanwhile goes into the next one together. */
  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    while (this.#waiting.length > 0) {
      const writer = new ChunkWriter();
      let count = 0;
      for (; count < this.#waiting.length && writer.length < batchSize; count++) {
        const one = this.#waiting[count];
        if (one) writer.add(one.entry);
      }
      const sent = this.#waiting.splice(0, count);
      try {
        await this.#append(writer.take());
        for (const { resolve } of sent) resolve();
      } catch (error) {
        this.isBehind = true;
        for (const { reject } of sent) reject(toDependencyError(error));
      }
    }
    this.#isSending = false;
  }

  /**
   * Adds what the log was not seen to have since `mark`. Others do the same at the same time; what
   * they have added is left out as soon as it was read back.
   */
  async repair(mark: number): Promise<void> {
    if (this.#isRepairing) {
      // What runs is about an earlier mark: it leaves out what the log has lost since.
      this.isBehind = true;
      return;
    }
    this.#isRepairing = true;
    this.isBehind = false;
    let notedAt = Number.NEGATIVE_INFINITY;
    try {
      for (const chunk of this.#table.chunks(mark)) {
        if (this.#now() - notedAt > repairTime / 4) {
          notedAt = this.#now();
          await this.#append(toRepairChunk({ process: this.#name, until: notedAt + repairTime }));
        }
        await this.#append(chunk);
        await nextTurn();
      }
      if (notedAt > 0) await this.#append(toRepairChunk({ process: this.#name, until: 0 }));
    } catch {
      // The next time that the log is read to its end, the rest follows.
      this.isBehind = true;
    }
    this.#isRepairing = false;
  }

  async #append(chunk: Uint8Array): Promise<void> {
    await this.#log.append(chunk);
    this.stored++;
  }
}

/** Of other errors only the kind: the message may quote anything. */
export function toDependencyError(error: unknown): DependencyError {
  if (error instanceof DependencyError) return error;
  if (error instanceof LogBrokenError) return new DependencyError(error.message, { cause: error });
  return new DependencyError("The log of revocations could not be used", { cause: error });
}
