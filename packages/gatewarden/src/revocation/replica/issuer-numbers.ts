// Issuers as numbers: a record holds four bytes in place of a name.

export class IssuerNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #names = [""];
  /** The issuer that was asked about last: most processes have one. */
  #lastName = "";
  #lastNumber = 0;

  /** 0 for an issuer without entries, and for the empty name, which stands for all issuers. */
  find(name: string): number {
    if (name === this.#lastName) return this.#lastNumber;
    const number = this.#numbers.get(name);
    if (number === undefined) return 0;
    this.#lastName = name;
    this.#lastNumber = number;
    return number;
  }

  add(name: string): number {
    const number = this.#names.push(name) - 1;
    this.#numbers.set(name, number);
    return number;
  }

  nameOf(number: number): string {
    return this.#names[number] ?? "";
  }
}
