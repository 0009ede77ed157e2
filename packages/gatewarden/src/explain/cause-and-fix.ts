// The form of the advice for one reason.

/** Advice to a developer about one reason. */
export interface Advice {
  /** The usual cause. */
  readonly cause: string;
  /** What to do about it. */
  readonly fix: string;
}
