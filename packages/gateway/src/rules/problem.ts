// What is wrong with a rules file, and where.
import type { Place } from "./rule.js";

/** A finding in a file. An error keeps the file from being used. */
export interface FileProblem {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly place: Place;
}

/** The file cannot be used. */
export class RulesError extends Error {
  override readonly name = "RulesError";
  readonly problems: readonly FileProblem[];

  constructor(problems: readonly FileProblem[]) {
    const [first] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
    super(first ? `${first.place.line}:${first.place.column} ${first.message}${more}` : "The rules cannot be used");
    this.problems = problems;
  }
}
