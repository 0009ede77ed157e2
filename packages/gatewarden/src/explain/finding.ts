// What `explain` and `doctor` say: one shape for everything that a developer should know.
import type { Reason } from "../reasons.js";

/** One thing to know. `Code` is the stable name of what was found. */
export interface Finding<Code extends string = Reason | "accepted"> {
  /** For a token: the reason with which the guard would refuse it; `accepted` when it would not. */
  readonly code: Code;
  readonly severity: "error" | "warning" | "info";
  /** What is the matter, and what usually leads there. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
}
