// Reads text from left to right. It never goes back, so reading takes steps in proportion to the
// text, whatever the text is (CWE-1333).

export class Scanner {
  readonly #text: string;
  #at = 0;
  #steps = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Characters that were looked at. */
  get steps(): number {
    return this.#steps;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next character; empty at the end. */
  peek(): string {
    this.#steps++;
    return this.#text.charAt(this.#at);
  }

  /** The next character, taken; empty at the end. */
  take(): string {
    const character = this.peek();
    this.#at++;
    return character;
  }

  /** What comes before the first character that is not of the kind. */
  takeWhile(isOfKind: (character: string) => boolean): string {
    const from = this.#at;
    while (!this.isAtEnd && isOfKind(this.peek())) this.#at++;
    return this.#text.slice(from, this.#at);
  }
}
