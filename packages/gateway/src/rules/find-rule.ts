// The rule for a request: the first that covers it. If the upstream could read the path as one that
// another rule covers, there is none.
import type { ParsedPath } from "../path/parse-target.js";
import { type Reading, toReadings } from "../path/readings.js";
import { GatewayRefusal } from "../refusals.js";
import { isCovered } from "./pattern.js";
import type { Rule } from "./rule.js";
import { toRuleIndex } from "./rule-index.js";

/** What rules look at. */
export interface RuleQuestion {
  readonly method: string;
  /** In lower case, with the port if one was given. */
  readonly host: string;
  readonly path: ParsedPath;
}

/** Throws `GatewayRefusal`: `rule_missing` (default deny), `path_ambiguous`, `path_dot_segment`. */
export function requireRule(rules: readonly Rule[], { method, host, path }: RuleQuestion): Rule {
  let name: string | undefined;
  const isNamed = (hosts: ReadonlySet<string>) => {
    name ??= host.replace(/:[0-9]+$/, "");
    return hosts.has(name);
  };
  const index = toRuleIndex(rules);
  // Readings differ from the path in single characters, so one may have another first segment.
  const find = ({ segments, form }: Pick<Reading, "segments" | "form">) =>
    index
      .find((form === "raw" ? path.segments : segments)[0] ?? "")
      .find(
        (one) =>
          (one.methods?.has(method) ?? true) &&
          (one.hosts === undefined || isNamed(one.hosts)) &&
          isCovered(one.pattern, { segments, form }),
      );
  const rule = find({ segments: path.segments, form: "exact" });
  if (rule === undefined) throw new GatewayRefusal("rule_missing");
  for (const reading of toReadings(path)) {
    const other = find(reading);
    if (other === rule || other?.accessKey === rule.accessKey) continue;
    if (other === undefined && reading.refusing !== "other or none") continue;
    // `/docs/` is named on purpose where its rule stands before that of `/docs`.
    const isLater = reading.refusing === "earlier" && other !== undefined && rules.indexOf(other) > rules.indexOf(rule);
    if (!isLater) throw new GatewayRefusal("path_ambiguous");
  }
  return rule;
}
