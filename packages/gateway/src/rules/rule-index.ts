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

function createRuleIndex(rules: readonly Rule[]): RuleIndex {
  const firsts = new Set(rules.flatMap(({ pattern }) => pattern.segments[0]?.folded ?? []));
  const isGeneral = ({ pattern }: Rule) => pattern.segments[0] === undefined;
  const general = rules.filter(isGeneral);
  const byFirst = new Map(
    [...firsts].map(
      (first) =>
        [first, rules.filter((rule) => isGeneral(rule) || rule.pattern.segments[0]?.folded === first)] as const,
    ),
  );
  return { find: (first) => byFirst.get(foldSegment(first)) ?? general };
}
