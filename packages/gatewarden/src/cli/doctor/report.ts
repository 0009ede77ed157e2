// How `doctor` shows its progress and findings.

import { formatFindings } from "../findings.js";
import { linkDoctor } from "../links.js";
import { paint, type Style } from "../terminal/paint.js";
import type { Screen } from "../terminal/screen.js";
import type { DoctorFinding } from "./catalogue/catalogue.js";
import { toShownText } from "./catalogue/shown-text.js";
import type { CheckOutcome, Diagnosis, Progress } from "./doctor.js";

const styles: Readonly<Record<CheckOutcome, Style>> = {
  ok: "ok",
  warning: "warning",
  error: "error",
  skipped: "faint",
};
const column = Math.max(...Object.keys(styles).map((outcome) => outcome.length));

/**
 * A line for each finished check: with the report, or on standard error if the report is for a
 * program.
 */
export function createProgress(screen: Screen, isJson: boolean): Progress {
  const print = isJson ? screen.aside : screen.out;
  return {
    started: screen.progress.show,
    ended: ({ title, outcome, note, rows = [] }) => {
      screen.progress.clear();
      if (screen.isQuiet) return;
      const word = `${screen.symbols[outcome]} ${outcome.padEnd(column)}`;
      print(paint(styles[outcome], word), ` ${title}${note ? `: ${toShownText(note)}` : ""}\n`);
      for (const row of rows) print(`${" ".repeat(column + 5)}${toShownText(row)}\n`);
    },
  };
}

/** Where the address of the documentation is read from. */
type Environment = Readonly<Record<string, string | undefined>>;

const severities = ["error", "warning", "info"] as const;

/** Prints all findings, the most severe first, and a summary line. If quiet, only problems. */
export function printReport(screen: Screen, { findings }: Diagnosis, env: Environment = {}): void {
  const sorted = severities.flatMap((severity) => findings.filter((finding) => finding.severity === severity));
  const shown = screen.isQuiet ? sorted.filter(({ severity }) => severity !== "info") : sorted;
  if (screen.isQuiet && shown.length === 0) return;
  const list = formatFindings(linkDoctor(shown, env), screen.width);
  if (!screen.isQuiet) screen.out("\n");
  screen.out(...list, ...(list.length === 0 ? [] : ["\n"]), ...summarize(findings));
}

function summarize(findings: readonly DoctorFinding[]) {
  const count = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  if (errors + warnings === 0) return [paint("ok", "All is well."), "\n"];
  return [paint(errors > 0 ? "error" : "warning", `${plural(errors, "error")}, ${plural(warnings, "warning")}.`), "\n"];
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** The same as one JSON document. */
export function toJsonReport(diagnosis: Diagnosis, env: Environment = {}): string {
  const document = {
    ok: !hasErrors(diagnosis),
    checks: diagnosis.checks.map(({ title, outcome, note, rows, findings: own }) => ({
      title,
      outcome,
      ...(note !== undefined && { note: toShownText(note) }),
      ...(rows && { rows: rows.map(toShownText) }),
      findings: own.map(({ code }) => code),
    })),
    findings: linkDoctor(diagnosis.findings, env),
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** Whether any finding is an error. */
export function hasErrors({ findings }: Diagnosis): boolean {
  return findings.some(({ severity }) => severity === "error");
}
