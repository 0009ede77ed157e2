// What an explanation collects: refusals with the facts around them, in the order of the road.
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
  /** What is known so far. Each note keeps what was known when it was made. */
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

  /** What came out later about the last refusal. */
  amend(facts: RefusalFacts): void {
    const last = this.found.at(-1);
    if (last) last.facts = { ...last.facts, ...facts };
  }

  /** Takes a step; undefined when it refuses, which is noted. What is no refusal is a failure in code that the check depends on. */
  async attempt<Value>(step: () => Value | Promise<Value>): Promise<Value | undefined> {
    try {
      return await step();
    } catch (error) {
      this.add(error instanceof AuthError ? error : new AuthError("check_failed", { cause: error }));
      return undefined;
    }
  }
}
