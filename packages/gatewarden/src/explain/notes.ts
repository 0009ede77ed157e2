// Collects refusals for an explanation, with the facts known at each, in the order of the steps.
import { AuthError } from "../errors.js";
import type { RefusalFacts } from "./refusal-facts.js";

/** A refusal, and what was known when it was found. */
interface Note {
  readonly error: AuthError;
  facts: RefusalFacts;
}

/** Collects refusals instead of stopping at the first. */
export class Notes {
  readonly found: Note[] = [];
  /** The facts known so far. Each note keeps those known when it was added. */
  facts: RefusalFacts;

  constructor(facts: RefusalFacts) {
    this.facts = facts;
  }

  know(facts: RefusalFacts): void {
    this.facts = { ...this.facts, ...facts };
  }

  add(error: AuthError | undefined): void {
    if (error) this.found.push({ error, facts: this.facts });
  }

  /** Adds a fact about the last refusal that was learned later. */
  amend(facts: RefusalFacts): void {
    const last = this.found.at(-1);
    if (last) last.facts = { ...last.facts, ...facts };
  }

  /**
   * Runs a step. A refusal is noted and becomes undefined. Any other error is a failure in code
   * that the check depends on.
   */
  async attempt<Value>(step: () => Value | Promise<Value>): Promise<Value | undefined> {
    try {
      return await step();
    } catch (error) {
      this.add(error instanceof AuthError ? error : new AuthError("check_failed", { cause: error }));
      return undefined;
    }
  }
}
