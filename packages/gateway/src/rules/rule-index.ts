// Which rules can cover a path at all, by its first segment: a file may have thousands.
import { foldSegment } from "../path/readings.js";
import type { Rule } from "./rule.js";

/** Finds the rules for a first segment, in the order of the file. */
export interface RuleIndex {
  /** `first` may be in any form that folds to that of a literal. */
  find(first: string): readonly Rule[];
}

const known = new WeakMap<readonly Rule[], RuleIndex>();

/** The index of a list of rules, made once. */
export function toRuleIndex(rules: readonly Rule[]): RuleIndex {
  const made = known.get(rules) ?? createRuleIndex(rules);
  known.set(rules, made);
  return made;
}

/** One pass: a file may have thousands of first segments. */
function createRuleIndex(rules: readonly Rule[]): RuleIndex {
  const general: Rule[] = [];
  const byFirst = new Map<string, Rule[]>();
  for (const rule of rules) {
    const first = rule.pattern.segments[0]?.folded;
    if (first === undefined) {
      general.push(rule);
      for (const some of byFirst.values()) some.push(rule);
    } else {
      const some = byFirst.get(first) ?? [...general];
      some.push(rule);
      byFirst.set(first, some);
    }
  }
  return { find: (first) => byFirst.get(foldSegment(first)) ?? general };
}
