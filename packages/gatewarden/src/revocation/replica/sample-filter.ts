// Which ids may be in the table: two bits per entry, by a hash of a few characters.

/** Bits per slot of the table's index: about 1 % of good ids pass. */
const bitsPerSlot = 8;

/** Never misses an id that was added. Lets a few others pass, which the table then compares. */
export class SampleFilter {
  readonly #words: Int32Array;

  /** `slots`: of the table's index, a power of two. */
  constructor(slots: number) {
    this.#words = new Int32Array((slots * bitsPerSlot) / 32);
  }

  /** Lets ids with this sample pass (`hashSample`). */
  add(sample: number): void {
    const word = (sample >>> 10) & (this.#words.length - 1);
    this.#words[word] = (this.#words[word] ?? 0) | toBits(sample);
  }

  /** Whether an id with this sample may have been added. */
  mayHave(sample: number): boolean {
    const bits = toBits(sample);
    return ((this.#words[(sample >>> 10) & (this.#words.length - 1)] ?? 0) & bits) === bits;
  }
}

function toBits(sample: number): number {
  return (1 << (sample & 31)) | (1 << ((sample >>> 5) & 31));
}
