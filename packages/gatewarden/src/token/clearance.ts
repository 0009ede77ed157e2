// A note with the facts of a token: in which state a deny list held nothing against it.

/** What a deny list may leave a note with. The note is private: copies of the facts have none. */
export class Clearable {
  #clearAt = 0;

  /** The state of a deny list that is noted with the facts; 0 for facts without a note. */
  static readClearance(facts: object): number {
    return #clearAt in facts ? facts.#clearAt : 0;
  }

  /** Notes that a deny list holds nothing against the token as long as it is in this state. */
  static noteClearance(facts: object, state: number): void {
    if (#clearAt in facts) facts.#clearAt = state;
  }
}
