// A rules file → configuration, or every problem in it with its place.
import { ConfigError } from "gatewarden";
import { findNearestName } from "gatewarden/terminal";
import type { z } from "zod";
import { PatternError } from "./pattern.js";
import { type FileProblem, RulesError } from "./problem.js";
import { toCutOffRequirement } from "./requirement.js";
import type { Rule } from "./rule.js";
import { type FileData, fileSchema } from "./schema.js";
import { RuleError, toRule } from "./to-rule.js";
import { parseYaml, type YamlFile } from "./yaml-file.js";

/** A rules file that can be used. */
export interface RulesFile {
  readonly data: FileData;
  readonly rules: readonly Rule[];
}

/** Throws `RulesError` with all problems. */
export function parseRules(text: string): RulesFile {
  const file = parseYaml(text);
  const result = fileSchema.safeParse(file.data);
  if (!result.success) throw new RulesError(result.error.issues.flatMap((issue) => toProblems(issue, file)));
  const problems = findCutOffProblems(result.data, file);
  const rules: Rule[] = [];
  for (const [index, data] of result.data.rules.entries()) {
    const path = ["rules", index];
    try {
      rules.push(toRule(data, file.placeOf(path)));
    } catch (error) {
      problems.push(toRuleProblem(error, { file, path }));
    }
  }
  if (problems.length > 0) throw new RulesError(problems);
  return { data: result.data, rules };
}

/** Where the member stands, and what it may contain instead. */
function toProblems(issue: z.core.$ZodIssue, file: YamlFile): FileProblem[] {
  if (issue.code === "unrecognized_keys") {
    const known = knownMembers(issue.path);
    return issue.keys.map((key) => {
      const nearest = findNearestName(key, known);
      const hint = nearest === undefined ? `there are ${known.join(", ")}` : `did you mean "${nearest}"?`;
      return {
        severity: "error",
        message: `there is no member "${key.slice(0, 60)}"; ${hint}`,
        place: file.placeOfKey(issue.path, key),
      };
    });
  }
  const name = issue.path.filter((part) => typeof part === "string").at(-1);
  const message = `${name === undefined ? "the file" : `"${String(name)}"`} ${toClause(issue)}`;
  return [{ severity: "error", message, place: file.placeOf(issue.path) }];
}

function toClause(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_value")
    return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
  return issue.message.startsWith("m") ? issue.message : `is wrong: ${issue.message}`;
}

/** The members that an object of the schema may have, found by walking it. */
function knownMembers(path: readonly PropertyKey[]): readonly string[] {
  let schema: unknown = fileSchema;
  for (const part of path) {
    const { def } = unwrap(schema);
    if (def?.shape) schema = def.shape[String(part)];
    else schema = def?.element ?? def?.valueType;
  }
  return Object.keys(unwrap(schema).def?.shape ?? {});
}

interface Definition {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly element?: unknown;
  readonly valueType?: unknown;
  readonly innerType?: unknown;
  readonly getter?: () => unknown;
  readonly options?: readonly unknown[];
}

/** Through `optional`, `lazy` and unions, to the last alternative: the one that is an object. */
function unwrap(schema: unknown): { readonly def?: Definition } {
  const known = schema as { readonly def?: Definition } | undefined;
  const inner = known?.def?.innerType ?? known?.def?.getter?.() ?? known?.def?.options?.at(-1);
  return inner === undefined ? (known ?? {}) : unwrap(inner);
}

/** Only the library knows whether a requirement can be used. */
function findCutOffProblems({ cutOff }: FileData, file: YamlFile): FileProblem[] {
  try {
    if (cutOff !== undefined) toCutOffRequirement(cutOff);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof TypeError)) throw error;
    const message = `the requirement of "cutOff" is wrong: ${error.message}`;
    return [{ severity: "error", message, place: file.placeOf(["cutOff"]) }];
  }
}

function toRuleProblem(
  error: unknown,
  { file, path }: { readonly file: YamlFile; readonly path: readonly PropertyKey[] },
): FileProblem {
  if (error instanceof PatternError)
    return { severity: "error", message: `"path" ${error.message}`, place: file.placeOf([...path, "path"]) };
  if (error instanceof RuleError) {
    const { member } = error;
    const place = member === undefined ? file.placeOf(path) : file.placeOfKey(path, member);
    return {
      severity: "error",
      message: `${member === undefined ? "the rule" : `"${member}"`} ${error.message}`,
      place,
    };
  }
  if (error instanceof ConfigError || error instanceof TypeError)
    return {
      severity: "error",
      message: `a requirement of this rule is wrong: ${error.message}`,
      place: file.placeOf(path),
    };
  throw error;
}
