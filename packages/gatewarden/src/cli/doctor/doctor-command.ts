// `gatewarden doctor`: reads the command line, runs the checks, shows their findings.
import { commands, flags } from "../flags.js";
import { refuseBesideConfig } from "../guard-flags.js";
import { printHelp } from "../terminal/flag-help.js";
import { parseFlags, UsageError } from "../terminal/parse-flags.js";
import type { Screen } from "../terminal/screen.js";
import { parseTimeout } from "../timeout.js";
import { listChecks } from "./checks/all-checks.js";
import type { Context, DoctorOptions } from "./define-check.js";
import { runChecks } from "./doctor.js";
import { createMachine, type Machine } from "./machine.js";
import { createRecorder } from "./recorder.js";
import { createProgress, hasErrors, printReport, toJsonReport } from "./report.js";

/** Runs the command and resolves to its exit code. */
export async function runDoctor(
  args: readonly string[],
  screen: Screen,
  surroundings: Machine = createMachine(),
): Promise<number> {
  const { options, isJson, isHelp } = parseArguments(args);
  if (isHelp) {
    printHelp(screen, commands[1], flags);
    return 0;
  }
  const context: Context = { ...surroundings, options, recorder: createRecorder(surroundings) };
  const diagnosis = await runChecks(listChecks(options), context, createProgress(screen, isJson));
  if (isJson) screen.out(toJsonReport(diagnosis, context.env));
  else printReport(screen, diagnosis, context.env);
  surroundings.finish();
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
