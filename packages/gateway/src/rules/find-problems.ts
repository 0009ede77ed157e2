// What is suspicious about rules that can be used: rules that no request reaches, overlaps, and
// names that differ in case only.
import { parsePath } from "../path/parse-target.js";
import { GatewayRefusal } from "../refusals.js";
import { requireRule } from "./find-rule.js";
import { includesPattern, overlaps, type PathPattern } from "./pattern.js";
import type { FileProblem } from "./problem.js";
import type { Rule } from "./rule.js";

/** An error keeps `check` from passing; the gateway starts all the same. */
export function findRuleProblems(rules: readonly Rule[]): readonly FileProblem[] {
  if (rules.length === 0) {
    return [
      {
        severity: "warning",
        message: "there are no rules, so every request is refused",
        place: { line: 1, column: 1 },
      },
    ];
  }
  return rules.flatMap((rule, index) => {
    const earlier = rules.slice(0, index);
    const unreached = findUnreached(rule, earlier);
    return unreached
      ? [unreached]
      : [
          ...findOverlaps(rule, earlier),
          ...orElse(findTwins(rule, earlier), () => findAmbiguous(rule, rules)),
          ...findOpenDoor(rule),
        ];
  });
}

const orElse = (found: FileProblem[], more: () => FileProblem[]) => (found.length > 0 ? found : more());

/** Asks as a request would, in the rule's own spelling. */
function findAmbiguous({ pattern, methods, hosts, place }: Rule, rules: readonly Rule[]): FileProblem[] {
  // A name that no literal has, so that only other wildcards cover it.
  const path = `/${pattern.segments.map((segment) => segment?.raw ?? "any~name").join("/")}`;
  const [method = "GET", host = "a"] = [methods?.values().next().value, hosts?.values().next().value];
  try {
    requireRule(rules, { method, host, path: parsePath(path) });
    return [];
  } catch (error) {
    if (!(error instanceof GatewayRefusal) || error.reason !== "path_ambiguous") return [];
    const message =
      "every request for this rule is refused as ambiguous: servers that ignore case or a final slash take it for the path of another rule";
    return [{ severity: "error", message, place }];
  }
}

function findUnreached(rule: Rule, earlier: readonly Rule[]): FileProblem | undefined {
  const covering = earlier.filter(
    (one) => includesPattern(one.pattern, rule.pattern) && includesAll(one.hosts, rule.hosts),
  );
  const [whole] = covering.filter(({ methods }) => includesAll(methods, rule.methods));
  const isCoveredInParts =
    rule.methods !== undefined &&
    [...rule.methods].every((method) => covering.some(({ methods }) => methods?.has(method) ?? true));
  if (!whole && !isCoveredInParts) return undefined;
  const names = (whole ? [whole] : covering).map(describe).join(", ");
  return { severity: "error", message: `no request reaches this rule: ${names} stands before it`, place: rule.place };
}

/** Undefined is everything. */
function includesAll(some: ReadonlySet<string> | undefined, others: ReadonlySet<string> | undefined): boolean {
  if (some === undefined) return true;
  return others !== undefined && [...others].every((one) => some.has(one));
}

function hasCommon(some: ReadonlySet<string> | undefined, others: ReadonlySet<string> | undefined): boolean {
  return some === undefined || others === undefined || [...some].some((one) => others.has(one));
}

/** A later rule that is more general is the usual order, and no finding. */
function findOverlaps(rule: Rule, earlier: readonly Rule[]): FileProblem[] {
  return earlier
    .filter(
      (one) =>
        one.accessKey !== rule.accessKey && hasCommon(one.methods, rule.methods) && hasCommon(one.hosts, rule.hosts),
    )
    .filter(
      (one) =>
        overlaps(one.pattern, rule.pattern) &&
        !includesPattern(rule.pattern, one.pattern) &&
        !includesPattern(one.pattern, rule.pattern),
    )
    .map((one) => ({
      severity: "warning",
      message: `some paths are covered by ${describe(one)} too, which decides since it stands first`,
      place: rule.place,
    }));
}

/** Requests for both are refused as ambiguous: a router that ignores case sees one path. */
function findTwins(rule: Rule, earlier: readonly Rule[]): FileProblem[] {
  return earlier
    .filter(
      (one) =>
        one.accessKey !== rule.accessKey && hasCommon(one.methods, rule.methods) && hasCommon(one.hosts, rule.hosts),
    )
    .filter((one) => isTwin(one.pattern, rule.pattern))
    .map((one) => ({
      severity: "error",
      message: `the path differs from that of ${describe(one)} in case only, so requests for one of them are refused`,
      place: rule.place,
    }));
}

function isTwin(one: PathPattern, other: PathPattern): boolean {
  if (one.isOpen !== other.isOpen || one.segments.length !== other.segments.length) return false;
  const isSame = (form: "exact" | "folded") =>
    one.segments.every((segment, index) => segment?.[form] === other.segments[index]?.[form]);
  return isSame("folded") && !isSame("exact");
}

function findOpenDoor({ access, pattern, hosts, methods, place }: Rule): FileProblem[] {
  const isAll = pattern.isOpen && pattern.segments.length === 0 && hosts === undefined && methods === undefined;
  if (access.kind !== "public" || !isAll) return [];
  return [{ severity: "warning", message: "everything that no rule before covers is public", place }];
}

function describe({ pattern, place }: Rule): string {
  return `"${pattern.text}" of line ${place.line}`;
}
