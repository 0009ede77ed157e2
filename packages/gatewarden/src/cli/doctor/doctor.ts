// Runs the checks in order. One whose needs are not met is skipped, and that is said.
import { describeValue } from "../../explain/describe.js";
import { type DoctorFinding, toFinding } from "./catalogue/catalogue.js";
import type { Check, CheckResult, Context, Facts } from "./check.js";

/** How a check ended. */
export type Outcome = "ok" | "warning" | "error" | "skipped";

/** One check as it went. */
export interface CheckReport extends Pick<CheckResult, "findings" | "note"> {
  readonly title: string;
  readonly outcome: Outcome;
}

/** All that was looked at, and all that was found. */
export interface Diagnosis {
  readonly checks: readonly CheckReport[];
  readonly findings: readonly DoctorFinding[];
}

/** Told of each check as it begins and ends. */
export interface Progress {
  started(title: string): void;
  ended(report: CheckReport): void;
}

/** All checks together may take so many times what one thing may. */
const stepsOfTime = 12;

/** Runs all checks. Never rejects, and ends within twelve times the timeout. */
export async function runChecks(checks: readonly Check[], context: Context, progress: Progress): Promise<Diagnosis> {
  const deadline = createDeadline(context.options.timeout * stepsOfTime);
  let facts: Partial<Facts> = {};
  const reports: CheckReport[] = [];
  const add = (report: CheckReport) => {
    reports.push(report);
    progress.ended(report);
  };
  for (const check of checks) {
    const { title } = check;
    if (check.isDue?.(facts) === false) continue;
    if (deadline.isOver() || check.needs.some((need) => facts[need] === undefined)) {
      add({ title, outcome: "skipped", findings: [] });
      continue;
    }
    progress.started(title);
    const { findings, facts: found, note } = await deadline.race(attempt(check, context, facts), check, context);
    facts = { ...facts, ...found };
    add({ title, outcome: worst(findings), findings, ...(note !== undefined && { note }) });
  }
  deadline.clear();
  return { checks: reports, findings: [...reports.flatMap((report) => report.findings), ...describeSkipped(reports)] };
}

async function attempt(check: Check, context: Context, facts: Partial<Facts>): Promise<CheckResult> {
  try {
    return await check.run(context, facts);
  } catch (error) {
    const problem = describeValue(error instanceof Error ? error.message : error);
    return { findings: [toFinding("check_broken", { check: check.title, problem })] };
  }
}

function createDeadline(seconds: number) {
  let isOver = false;
  let ring = () => {};
  const over = new Promise<void>((resolve) => {
    ring = resolve;
  });
  const timer = setTimeout(() => {
    isOver = true;
    ring();
  }, seconds * 1000);
  const giveUp = async ({ title }: Check, { options }: Context): Promise<CheckResult> => {
    await over;
    return { findings: [toFinding("out_of_time", { check: title, seconds, longer: options.timeout * 2 })] };
  };
  return {
    isOver: () => isOver,
    clear: () => clearTimeout(timer),
    race: (result: Promise<CheckResult>, check: Check, context: Context) =>
      Promise.race([result, giveUp(check, context)]),
  };
}

function worst(findings: CheckResult["findings"]): Outcome {
  const severities = new Set(findings.map(({ severity }) => severity));
  if (severities.has("error")) return "error";
  return severities.has("warning") ? "warning" : "ok";
}

/** One finding for all that were skipped. */
function describeSkipped(reports: readonly CheckReport[]): readonly DoctorFinding[] {
  const titles = reports.filter(({ outcome }) => outcome === "skipped").map(({ title }) => title);
  return titles.length === 0 ? [] : [toFinding("checks_skipped", { checks: titles.join(", ") })];
}
