// How `doctor` shows its progress and findings.

import { formatFindings } from "../findings.js";
import type { DoctorFinding } from "./catalogue/catalogue.js";
import { toShownText } from "./catalogue/shown-text.js";
import type { CheckOutcome, Diagnosis, Progress } from "./doctor.js";

const marks: Readonly<Record<CheckOutcome, string>> = { ok: "ok", warning: "warn", error: "FAIL", skipped: "skip" };

/** The streams for progress: with the report, or apart from it if the report is for a program. */
export interface ProgressStreams {
  /** A line for each finished check. */
  readonly lines: (text: string) => void;
  /**
   * The current step, on a terminal only. It may contain control sequences, so untrusted text must
   * not go there.
   */
  readonly moment: ((text: string) => void) | undefined;
}

const eraseLine = "\r\u001b[2K";

export function createProgress({ lines, moment }: ProgressStreams): Progress {
  return {
    started: (title) => moment?.(`${eraseLine}…     ${title}`),
    ended: ({ title, outcome, note, rows = [] }) => {
      moment?.(eraseLine);
      lines(`${marks[outcome].padEnd(5)} ${title}${note ? `: ${toShownText(note)}` : ""}\n`);
      for (const row of rows) lines(`        ${toShownText(row)}\n`);
    },
  };
}

const severities = ["error", "warning", "info"] as const;

/** All findings, the most severe first, and a summary line. */
export function formatReport({ findings }: Diagnosis): string {
  const parts = severities.map((severity) => formatPart(severity, findings));
  return [...parts.filter((part) => part !== ""), `${summarize(findings)}\n`].join("\n");
}

function formatPart(severity: (typeof severities)[number], findings: readonly DoctorFinding[]): string {
  const own = findings.filter((finding) => finding.severity === severity);
  return own.length === 0 ? "" : `--- ${severity} ---\n\n${formatFindings(own)}`;
}

function summarize(findings: readonly DoctorFinding[]): string {
  const count = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  if (errors + warnings === 0) return "All is well.";
  return `${plural(errors, "error")}, ${plural(warnings, "warning")}.`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** The same as one JSON document. */
export function toJsonReport(diagnosis: Diagnosis): string {
  const document = {
    ok: !hasErrors(diagnosis),
    checks: diagnosis.checks.map(({ title, outcome, note, rows, findings: own }) => ({
      title,
      outcome,
      ...(note !== undefined && { note: toShownText(note) }),
      ...(rows && { rows: rows.map(toShownText) }),
      findings: own.map(({ code }) => code),
    })),
    findings: diagnosis.findings,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** Whether any finding is an error. */
export function hasErrors({ findings }: Diagnosis): boolean {
  return findings.some(({ severity }) => severity === "error");
}
