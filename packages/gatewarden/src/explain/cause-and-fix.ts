// What is said of each reason, wherever it is written down.

/** What a developer should know of one reason. */
export interface Advice {
  /** What usually leads here. */
  readonly cause: string;
  /** What to do about it. */
  readonly fix: string;
}
