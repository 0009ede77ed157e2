// Runs the command with an environment of the test's own, and reads the JSON document that it prints.
import { expect } from "vitest";
import type { DoctorCode, DoctorFinding } from "../../../src/cli/doctor/catalogue/catalogue.js";
import { runDoctor } from "../../../src/cli/doctor/doctor-command.js";
import { createMachine, type Machine } from "../../../src/cli/doctor/machine.js";
import { UsageError } from "../../../src/cli/terminal/parse-flags.js";
import { createScreen, type ScreenStreams } from "../../../src/cli/terminal/screen.js";

export const audience = "https://api.acme.test";

export interface Examination {
  readonly exitCode: number;
  readonly findings: readonly DoctorFinding[];
  readonly checks: readonly { title: string; outcome: string; note?: string }[];
  /** Codes of errors and warnings. */
  readonly codes: readonly string[];
  readonly out: string;
  readonly error: string;
}

export interface Changes extends Partial<Machine> {
  readonly args?: readonly string[];
}

/** This machine, with nothing of the process' own environment and no files. */
export function surround(changes: Partial<Machine> = {}): Machine {
  const readFile = () => Promise.reject(Object.assign(new Error("no such file"), { code: "ENOENT" }));
  return { ...createMachine(), env: {}, finish: () => {}, readFile, ...changes };
}

/** Runs with `--json`. */
export async function examine({ args = [], ...changes }: Changes = {}): Promise<Examination> {
  const { exitCode, out, error } = await run(["--json", ...args], surround(changes));
  const { findings, checks } = JSON.parse(out);
  const codes = findings
    .filter(({ severity }: DoctorFinding) => severity !== "info")
    .map(({ code }: DoctorFinding) => code);
  return { exitCode, findings, checks, codes, out, error };
}

/** Runs against one issuer, with a good audience. */
export function examineIssuer(issuer: string, changes: Changes = {}): Promise<Examination> {
  return examine({ ...changes, args: ["--issuer", issuer, "--audience", audience, ...(changes.args ?? [])] });
}

/** With `columns`, standard error is a terminal. */
export async function run(args: readonly string[], surroundings: Machine, columns?: number) {
  let [out, error] = ["", ""];
  const streams: ScreenStreams = {
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    env: {},
    columns: { error: columns },
  };
  const screen = createScreen(streams, args);
  const exitCode = await runDoctor(args, screen, surroundings).catch((problem: unknown) => {
    if (!(problem instanceof UsageError)) throw problem;
    screen.fail(problem.message);
    return 2;
  });
  return { exitCode, out, error };
}

/** That this was found once; message and fix name the value. */
export function expectFinding(
  { findings }: Examination,
  code: DoctorCode,
  value: string,
  inFix = value,
): DoctorFinding {
  const own = findings.filter((finding) => finding.code === code);
  expect(own, `${code} among ${JSON.stringify(findings, undefined, 1)}`).toHaveLength(1);
  const [finding] = own as [DoctorFinding];
  expect(finding.message).toContain(value);
  expect(finding.fix).toContain(inFix);
  expect(`${finding.message}${finding.fix}`).not.toMatch(/undefined|\{\w+\}/);
  return finding;
}
