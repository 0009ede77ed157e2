// What `explain` and `doctor` say: one shape for everything that a developer should know.
import type { Reason } from "../reasons.js";

/** What is worth knowing without being a refusal. */
export type Hint = "token_in_query" | "clock_drift" | "provider";

/** One thing to know. `Code` is the stable name of what was found. */
export interface Finding<Code extends string = Reason | "accepted" | Hint> {
  /** For an error: the reason with which the guard would refuse; `accepted` when it would not. Warnings and notes have names of their own. */
  readonly code: Code;
  readonly severity: "error" | "warning" | "info";
  /** What is the matter, and what usually leads there. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
}
