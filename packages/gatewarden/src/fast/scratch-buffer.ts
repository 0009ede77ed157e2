// A reusable buffer for bytes that are read immediately: allocating costs more than filling.

/** Maximum length of a text in characters. */
export const maxTextLength = 65_536;
/** Slightly larger, so that a character of several bytes always changes the number of bytes. */
const size = maxTextLength + 8;
const maxViewLength = 4096;

/** Holds the bytes of one text at a time, in one encoding. Only for hosts with Buffer. */
export class ScratchBuffer {
  #bytes: Buffer | undefined;
  /** The text in the buffer, so that writing it again costs nothing. */
  #text: string | undefined;
  #length = 0;
  readonly #views = new Map<number, Uint8Array>();

  /** The number of bytes of the text; for one that is too long, those that fit. */
  write(text: string, encoding: "utf8" | "base64url"): number {
    if (text === this.#text) return this.#length;
    this.#bytes ??= Buffer.allocUnsafeSlow(size);
    this.#text = text;
    this.#length = this.#bytes.write(text, encoding);
    return this.#length;
  }

  /** The text will not be asked for again. The bytes stay until they are overwritten. */
  forget(): void {
    this.#text = undefined;
  }

  /** The first bytes of the last written text. */
  view(length: number): Uint8Array {
    const known = this.#views.get(length);
    if (known) return known;
    const view = (this.#bytes ?? Buffer.alloc(0)).subarray(0, length);
    if (length <= maxViewLength) this.#views.set(length, view);
    return view;
  }

  /** The first bytes, decoded as UTF-8. */
  read(length: number): string {
    return this.#bytes?.toString("utf8", 0, length) ?? "";
  }
}
