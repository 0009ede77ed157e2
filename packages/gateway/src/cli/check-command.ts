// `gatewarden gateway check rules.yaml`: everything that is wrong with rules, without a network.
import { readFileSync } from "node:fs";
import type { Screen } from "gatewarden/terminal";
import { toConfig } from "../config.js";
import { findRuleProblems } from "../rules/find-problems.js";
import { parseRules, type RulesFile } from "../rules/parse-rules.js";
import { type FileProblem, RulesError } from "../rules/problem.js";
import type { CheckLine } from "./command-line.js";
import type { CliIo } from "./io.js";
import { toReport } from "./report.js";

/** 0 if the rules can be used and nothing is wrong with them, 1 otherwise. */
export function runCheck({ path, strict, json }: CheckLine, env: CliIo["env"], screen: Screen): number {
  const text = readFileSync(path, "utf8");
  const problems = findProblems(text, env);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (json) {
    screen.out(
      `${JSON.stringify(
        problems.map((problem) => toRecord(path, problem)),
        null,
        2,
      )}\n`,
    );
  } else {
    for (const problem of problems) screen.out(...toReport(path, text, problem));
    if (!screen.isQuiet)
      screen.out(`${path}: ${plural(errors, "error")}, ${plural(problems.length - errors, "warning")}\n`);
  }
  return errors > 0 || (strict && problems.length > 0) ? 1 : 0;
}

function toRecord(file: string, { severity, message, place }: FileProblem) {
  return { file, line: place.line, column: place.column, severity, message };
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function findProblems(text: string, env: CliIo["env"]): readonly FileProblem[] {
  let file: RulesFile;
  try {
    file = parseRules(text);
  } catch (error) {
    if (error instanceof RulesError) return error.problems;
    throw error;
  }
  return [...findConfigProblem(file, env), ...findRuleProblems(file.rules)];
}

/** Issuer, audience and Redis may come from the environment of the machine that will run it. */
function findConfigProblem(file: RulesFile, env: CliIo["env"]): FileProblem[] {
  const { issuer, audience } = file.data.guard ?? {};
  const named = ["AUTH0_DOMAIN", "ISSUER_BASE_URL", "ISSUER", "AUTH0_AUDIENCE", "AUDIENCE"].some(
    (name) => env[name] !== undefined,
  );
  const standIn = {
    ...(issuer === undefined && { ISSUER: "https://issuer.example/" }),
    ...(audience === undefined && { AUDIENCE: "https://api.example/" }),
  };
  try {
    const redis = { REDIS_URL: "redis://127.0.0.1:6379" };
    toConfig(file, { env: { ...redis, ...(named ? env : standIn) }, overrides: { proxy: file.data.proxy ?? "nginx" } });
    return [];
  } catch (error) {
    const message = error instanceof Error ? error.message : "the configuration cannot be used";
    return [{ severity: "error", message, place: { line: 1, column: 1 } }];
  }
}
