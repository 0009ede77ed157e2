// Memory for bytes that are read at once, used again for the next ones: allocating costs more than filling.

/** For texts of at most so many characters. */
export const maxTextLength = 65_536;
/** A little more, so that a character which takes more than a byte always shows in the number of bytes. */
const size = maxTextLength + 8;
const maxViewLength = 4096;

/** Holds the bytes of one text at a time, in one encoding. For hosts with Buffer only. */
export class ScratchBuffer {
  #bytes: Buffer | undefined;
  /** The text whose bytes are here, so that the second look at it costs nothing. */
  #text: string | undefined;
  #length = 0;
  readonly #views = new Map<number, Uint8Array>();

  /** How many bytes the text makes; of one that is too long, those that there is room for. */
  write(text: string, encoding: "utf8" | "base64url"): number {
    if (text === this.#text) return this.#length;
    this.#bytes ??= Buffer.allocUnsafeSlow(size);
    this.#text = text;
    this.#length = this.#bytes.write(text, encoding);
    return this.#length;
  }

  /** The text will not be asked for again: without it, the next one is not compared with it. The bytes stay until they are overwritten. */
  forget(): void {
    this.#text = undefined;
  }

  /** The first bytes of the text that was written last. */
  view(length: number): Uint8Array {
    const known = this.#views.get(length);
    if (known) return known;
    const view = (this.#bytes ?? Buffer.alloc(0)).subarray(0, length);
    if (length <= maxViewLength) this.#views.set(length, view);
    return view;
  }

  /** The first bytes, read as UTF-8. */
  read(length: number): string {
    return this.#bytes?.toString("utf8", 0, length) ?? "";
  }
}
