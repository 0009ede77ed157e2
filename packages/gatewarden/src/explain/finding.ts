// The form of what `explain` and `doctor` report.
import type { Reason } from "../reasons.js";

/** Facts worth knowing that are not refusals. */
export type Hint = "token_in_query" | "clock_drift" | "provider";

/** One fact for a developer. `Code` is its stable name. */
export interface Finding<Code extends string = Reason | "accepted" | Hint> {
  /**
   * For an error: the reason with which the guard would refuse. `accepted` if it would not.
   * Warnings and hints have their own names.
   */
  readonly code: Code;
  readonly severity: "error" | "warning" | "info";
  /** What is wrong, and the usual cause. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
  /** The claim or header parameter at fault, or the name of a `check`. */
  readonly name?: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
}
