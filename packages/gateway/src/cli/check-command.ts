// `gatewarden gateway check rules.yaml`: everything that is wrong with rules, without a network.
import { readFileSync } from "node:fs";
import { toConfig } from "../config.js";
import { findRuleProblems } from "../rules/find-problems.js";
import { parseRules, type RulesFile } from "../rules/parse-rules.js";
import { type FileProblem, RulesError } from "../rules/problem.js";
import type { CliIo } from "./io.js";
import { toPrintable, toReport } from "./report.js";

/** How the command was called. */
export interface CheckFlags {
  readonly path: string;
  /** Warnings fail too. */
  readonly strict: boolean;
}

/** 0 if the rules can be used and nothing is wrong with them, 1 otherwise. */
export function runCheck({ path, strict }: CheckFlags, io: CliIo): number {
  const text = readFileSync(path, "utf8");
  const problems = findProblems(text, io.env);
  for (const problem of problems) io.out(toReport(path, text, problem));
  const errors = problems.filter(({ severity }) => severity === "error").length;
  io.out(
    toPrintable(`${path}: ${errors} ${errors === 1 ? "error" : "errors"}, ${problems.length - errors} warnings\n`),
  );
  return errors > 0 || (strict && problems.length > 0) ? 1 : 0;
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
