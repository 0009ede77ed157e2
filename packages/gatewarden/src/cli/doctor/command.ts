// `gatewarden doctor`: reads the command line, runs the checks, shows what they found.
import { parseArgs } from "node:util";
import type { CliStreams } from "../main.js";
import { toPrintableStreams } from "../printable.js";
import type { Context, DoctorOptions } from "./check.js";
import { listChecks } from "./checks/all.js";
import { runChecks } from "./doctor.js";
import { createRecorder } from "./recorder.js";
import { createProgress, formatReport, hasErrors, toJson } from "./report.js";
import { createSurroundings, type Surroundings } from "./surroundings.js";

const help = `gatewarden doctor: looks for what keeps an API from checking tokens

  gatewarden doctor            looks at AUTH0_DOMAIN and AUTH0_AUDIENCE (or ISSUER_BASE_URL and AUDIENCE), and then at
                               DNS, TCP, TLS, proxies, the issuer's metadata and keys, the audience and the clock

  --env-file <file>            load variables from a file first, such as .env
  --issuer <url>               the exact issuer, instead of the environment's
  --audience <text>            the audience, instead of the environment's
  --url <url>                  also look at a running API: a protected endpoint that answers GET. Sends bad tokens to it,
                               and never a good one
  --origin <origin>            with --url: whether pages of this origin may call the API (CORS)
  --timeout <seconds>          for each thing that is waited for (default 5); all together may take twelve times that
  --json                       one JSON document on standard output; progress goes to standard error

Exit code: 0 without errors, 1 with errors, 2 when the command line was not understood.
`;

/** Runs the command and resolves to its exit code. */
export async function runDoctor(
  args: readonly string[],
  terminal: CliStreams,
  surroundings: Surroundings = createSurroundings(terminal.env),
): Promise<number> {
  const streams = toPrintableStreams(terminal);
  const read = readArguments(args);
  if (typeof read === "string") {
    streams.error(`${read}\n\n${help}`);
    return 2;
  }
  if (read.isHelp) {
    streams.out(help);
    return 0;
  }
  const { options, isJson } = read;
  const context: Context = { ...surroundings, options, recorder: createRecorder(surroundings) };
  const { isTerminal, finish } = surroundings;
  // What is being done at the moment is written over, which takes what the printable streams would
  // not let through.
  const moment = isTerminal ? terminal.error : undefined;
  const progress = createProgress({ lines: isJson ? streams.error : streams.out, moment });
  const diagnosis = await runChecks(listChecks(options), context, progress);
  streams.out(isJson ? toJson(diagnosis) : `\n${formatReport(diagnosis)}`);
  finish();
  return hasErrors(diagnosis) ? 1 : 0;
}

interface Arguments {
  readonly options: DoctorOptions;
  readonly isJson: boolean;
  readonly isHelp: boolean;
}

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

/** The arguments, or what is wrong with them. */
function readArguments(args: readonly string[]): Arguments | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...{ "env-file": text, issuer: text, audience: text, url: text, origin: text, timeout: text },
        ...{ json: flag, help: { ...flag, short: "h" } },
      },
    });
    const { issuer, audience, url, origin } = values;
    const timeout = Number(values.timeout ?? 5);
    const problem = findProblem({ url, origin, timeout });
    if (problem !== undefined) return problem;
    const options = { issuer, audience, url, origin, timeout, envFile: values["env-file"] };
    return { options, isJson: values.json === true, isHelp: values.help === true };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return error.message;
  }
}

function findProblem({ url, origin, timeout }: Pick<DoctorOptions, "url" | "origin" | "timeout">): string | undefined {
  if (!(timeout >= 0.1 && timeout <= 60)) return "--timeout is a number of seconds from 0.1 to 60.";
  if (url !== undefined && !isHttp(url)) return "--url is the http or https URL of a protected endpoint.";
  if (origin === undefined) return undefined;
  if (url === undefined) return "--origin needs --url.";
  if (isHttp(origin) && new URL(origin).origin === origin) return undefined;
  return "--origin is scheme, host and port of a page, such as https://app.acme.com, without a path or a last slash.";
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
