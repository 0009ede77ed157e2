// Room for bytes that are read at once, used again for the next ones: making room costs more than filling it.

/** For texts of at most so many characters. */
export const maxTextLength = 65_536;
/** A little more, so that a character which takes more than a byte always shows in the number of bytes. */
const size = maxTextLength + 8;
const maxViewLength = 4096;

/** Room for one text at a time. For hosts with Buffer only. */
export class Room {
  #bytes: Buffer | undefined;
  readonly #views = new Map<number, Uint8Array>();

  /** How many bytes the text makes; of one that is too long, those that there is room for. */
  write(text: string, encoding: "utf8" | "base64url"): number {
    this.#bytes ??= Buffer.allocUnsafeSlow(size);
    return this.#bytes.write(text, encoding);
  }

  /** The first bytes. They are good until the next text is written. */
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
