// Reads text from left to right and never goes back, so the number of steps is proportional to any
// text's length (CWE-1333).

export class Scanner {
  readonly #text: string;
  #at = 0;
  #steps = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The number of characters read so far, with repetitions. */
  get steps(): number {
    return this.#steps;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next character, without consuming it. Empty at the end. */
  peek(): string {
    this.#steps++;
    return this.#text.charAt(this.#at);
  }

  /** Consumes the next character. Empty at the end. */
  take(): string {
    const character = this.peek();
    this.#at++;
    return character;
  }

  /** Consumes characters up to the first that is not of the kind. */
  takeWhile(isOfKind: (character: string) => boolean): string {
    const from = this.#at;
    while (!this.isAtEnd && isOfKind(this.peek())) this.#at++;
    return this.#text.slice(from, this.#at);
  }
}
