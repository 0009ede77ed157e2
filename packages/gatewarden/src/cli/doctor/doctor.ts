// Runs the checks in order. A check with missing facts is skipped, and reported as such.
import { describeValue } from "../../explain/describe-value.js";
import { type DoctorFinding, toDoctorFinding } from "./catalogue/catalogue.js";
import type { CheckResult, Context, DoctorCheck, DoctorFacts } from "./define-check.js";

/** How a check ended. */
export type CheckOutcome = "ok" | "warning" | "error" | "skipped";

/** The report of one check. */
export interface CheckReport extends Pick<CheckResult, "findings" | "note" | "rows"> {
  readonly title: string;
  readonly outcome: CheckOutcome;
}

/** All reports and findings. */
export interface Diagnosis {
  readonly checks: readonly CheckReport[];
  readonly findings: readonly DoctorFinding[];
}

/** Called when a check begins and ends. */
export interface Progress {
  started(title: string): void;
  ended(report: CheckReport): void;
}

/** All checks together may take this many times the timeout. */
const stepsOfTime = 12;

/** Runs all checks. Never rejects, and ends within twelve times the timeout. */
export async function runChecks(
  checks: readonly DoctorCheck[],
  context: Context,
  progress: Progress,
): Promise<Diagnosis> {
  const deadline = createDeadline(context.options.timeout * stepsOfTime);
  let facts: Partial<DoctorFacts> = {};
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
    const { findings, facts: found, note, rows } = await deadline.race(runCheck(check, context, facts), check, context);
    facts = { ...facts, ...found };
    add({ title, outcome: worst(findings), findings, ...(note !== undefined && { note }), ...(rows && { rows }) });
  }
  deadline.clear();
  return { checks: reports, findings: [...reports.flatMap((report) => report.findings), ...describeSkipped(reports)] };
}

async function runCheck(check: DoctorCheck, context: Context, facts: Partial<DoctorFacts>): Promise<CheckResult> {
  try {
    return await check.run(context, facts);
  } catch (error) {
    const problem = describeValue(error instanceof Error ? error.message : error);
    return { findings: [toDoctorFinding("check_broken", { check: check.title, problem })] };
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
  const giveUp = async ({ title }: DoctorCheck, { options }: Context): Promise<CheckResult> => {
    await over;
    return { findings: [toDoctorFinding("out_of_time", { check: title, seconds, longer: options.timeout * 2 })] };
  };
  return {
    isOver: () => isOver,
    clear: () => clearTimeout(timer),
    race: (result: Promise<CheckResult>, check: DoctorCheck, context: Context) =>
      Promise.race([result, giveUp(check, context)]),
  };
}

function worst(findings: CheckResult["findings"]): CheckOutcome {
  const severities = new Set(findings.map(({ severity }) => severity));
  if (severities.has("error")) return "error";
  return severities.has("warning") ? "warning" : "ok";
}

/** One finding for all skipped checks. */
function describeSkipped(reports: readonly CheckReport[]): readonly DoctorFinding[] {
  const titles = reports.filter(({ outcome }) => outcome === "skipped").map(({ title }) => title);
  return titles.length === 0 ? [] : [toDoctorFinding("checks_skipped", { checks: titles.join(", ") })];
}
