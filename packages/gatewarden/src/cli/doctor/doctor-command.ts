// `gatewarden doctor`: reads the command line, runs the checks, shows their findings.
import { toHelp } from "../flag-help.js";
import { commands, flags } from "../flags.js";
import { refuseBesideConfig } from "../guard-flags.js";
import { parseFlags, UsageError } from "../parse-flags.js";
import { toPrintableStreams } from "../printable.js";
import type { CliStreams } from "../streams.js";
import { parseTimeout } from "../timeout.js";
import { listChecks } from "./checks/all-checks.js";
import type { Context, DoctorOptions } from "./define-check.js";
import { runChecks } from "./doctor.js";
import { createMachine, type Machine } from "./machine.js";
import { createRecorder } from "./recorder.js";
import { createProgress, formatReport, hasErrors, toJsonReport } from "./report.js";

/** Runs the command and resolves to its exit code. */
export async function runDoctor(
  args: readonly string[],
  terminal: CliStreams,
  surroundings: Machine = createMachine(terminal.env),
): Promise<number> {
  const streams = toPrintableStreams(terminal);
  let read: DoctorArguments;
  try {
    read = parseArguments(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    streams.error(`${error.message}\n`);
    return 2;
  }
  const { options, isJson, isHelp } = read;
  if (isHelp) {
    streams.out(toHelp(commands[1], flags));
    return 0;
  }
  const context: Context = { ...surroundings, options, recorder: createRecorder(surroundings) };
  const { isTerminal, finish } = surroundings;
  // The current step is overwritten on the terminal, with control sequences that printable streams
  // would escape.
  const moment = isTerminal ? terminal.error : undefined;
  const progress = createProgress({ lines: isJson ? streams.error : streams.out, moment });
  const diagnosis = await runChecks(listChecks(options), context, progress);
  streams.out(isJson ? toJsonReport(diagnosis, context.env) : `\n${formatReport(diagnosis, context.env)}`);
  finish();
  return hasErrors(diagnosis) ? 1 : 0;
}

interface DoctorArguments {
  readonly options: DoctorOptions;
  readonly isJson: boolean;
  readonly isHelp: boolean;
}

/** Throws `UsageError`. */
function parseArguments(args: readonly string[]): DoctorArguments {
  const { values } = parseFlags({ flags, commands, command: "doctor", args });
  const { config, issuer, audience, url, origin, json, help } = values;
  const discoveryUrl = values["discovery-url"];
  if (!help) refuseBesideConfig(values, "doctor");
  const timeout = help ? 0 : parseTimeout(values.timeout, "doctor");
  const problem = help ? undefined : findArgumentProblem({ url, origin, discoveryUrl });
  if (problem !== undefined) throw new UsageError(`${problem}\nSee: gatewarden doctor --help`);
  return {
    options: {
      ...{ config, issuer, audience, discoveryUrl, url, origin, timeout },
      envFile: values["env-file"],
      guardFlags: values,
    },
    isJson: json,
    isHelp: help,
  };
}

type Addresses = Pick<DoctorOptions, "url" | "origin" | "discoveryUrl">;

function findArgumentProblem({ url, origin, discoveryUrl }: Addresses): string | undefined {
  if (discoveryUrl !== undefined && !isHttp(discoveryUrl)) return "--discovery-url is the URL of a metadata document.";
  if (url !== undefined && !isHttp(url)) return "--url is the http or https URL of a protected endpoint.";
  if (origin === undefined) return undefined;
  if (url === undefined) return "--origin needs --url.";
  if (isHttp(origin) && new URL(origin).origin === origin) return undefined;
  return "--origin is scheme, host and port of a page, such as https://app.acme.com, without a path or a last slash.";
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
