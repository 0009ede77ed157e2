// The command line: explains tokens and diagnoses an API's setup. Passes the commands of the local
// tenant, `migrate`, `gateway` and `init` on to their packages.
import { readFileSync } from "node:fs";
import { readDocumentation } from "../explain/documentation.js";
import { runCompletion } from "./completion-command.js";
import { runDoctor } from "./doctor/doctor-command.js";
import { createMachine, type Machine } from "./doctor/machine.js";
import { runExplain } from "./explain-command.js";
import { commands, delegatedCommands } from "./flags.js";
import { printOverview } from "./overview.js";
import type { CliStreams } from "./streams.js";
import { withTenantTrust } from "./tenant-trust.js";
import { suggestName } from "./terminal/nearest-name.js";
import { UsageError } from "./terminal/parse-flags.js";
import { createScreen, readColumns, type Screen } from "./terminal/screen.js";

export type { CliStreams };

const rows = [...commands, ...delegatedCommands];

/**
 * Runs one command. Resolves to the exit code: 0 on success, 1 on problems, 2 if the command line
 * is wrong. Without a command it shows the overview, which is what was asked for.
 */
export async function main(args: readonly string[], streams: CliStreams = processStreams()): Promise<number> {
  const screen = createScreen({ ...streams, env: streams.env ?? process.env }, args);
  try {
    return await run(args, streams, screen);
  } catch (error) {
    screen.progress.clear();
    if (!(error instanceof UsageError)) throw error;
    screen.fail(error.message);
    return 2;
  }
}

async function run(args: readonly string[], streams: CliStreams, screen: Screen): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case "dev":
    case "token":
    case "faults":
    case "logout":
    case "signal":
    case "keys":
    case "tenant":
    case "watch":
    case "reset":
      return delegate(args, tenant, screen);
    case "migrate":
      return delegate(args, migration, screen);
    case "gateway":
      return delegate(args, gateway, screen);
    case "init":
      return delegate(args, creation, screen);
    case "explain":
      return withTenantTrust(process.cwd(), () => runExplain(rest, streams, screen));
    case "doctor":
      return withTenantTrust(process.cwd(), () => runDoctor(rest, screen, toSurroundings(streams)));
    case "completion":
      return runCompletion(rest, screen);
    case "help":
      if (rest[0] !== undefined && rest[0] !== "help") return run([rest[0], "--help"], streams, screen);
  }
  if (command === "--version" || command === "-V") {
    screen.out(`gatewarden ${readVersion()}\n`);
    return 0;
  }
  // Flags alone, such as --help or --color never, ask for the overview too.
  if (command === undefined || command === "help" || isOverviewFlag(command)) {
    printOverview(screen, rows, readDocumentation(streams.env ?? process.env));
    return 0;
  }
  if (/^-./.test(command)) {
    throw new UsageError(`A command stands before its flags: gatewarden <command> [flags]\nSee: gatewarden --help`);
  }
  if (/^ey[JA]/.test(command)) {
    throw new UsageError(`A command stands before a token. For example: gatewarden explain "$TOKEN"`);
  }
  const names = rows.map(({ name }) => name);
  throw new UsageError(
    `There is no command ${JSON.stringify(command.slice(0, 40))}${suggestName(command, names)}\nSee: gatewarden --help`,
  );
}

/** As package.json has it, which stands beside `src` and `dist`. */
function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  return version;
}

function isOverviewFlag(text: string): boolean {
  return text === "--help" || text === "-h" || /^--color(=|$)/.test(text);
}

/** A caller with its own streams provides the environment, and ends the process itself. */
function toSurroundings(streams: CliStreams): Machine {
  const machine = createMachine();
  if (streams.isProcess) return machine;
  return { ...machine, env: streams.env ?? machine.env, finish: () => {} };
}

/** A package with commands of its own. It has dependencies, which the library has not. */
interface CommandPackage {
  readonly name: string;
  /** What it is, as a clause after "needs". */
  readonly what: string;
  /** How it is installed, unless for development only. */
  readonly install?: string;
}

const tenant: CommandPackage = { name: "@gatewarden/dev", what: "the local tenant" };
const migration: CommandPackage = { name: "@gatewarden/migrate", what: "a package of its own" };
const creation: CommandPackage = { name: "create-gatewarden", what: "a package of its own" };
const gateway: CommandPackage = { name: "@gatewarden/gateway", what: "a package of its own", install: "npm install" };

async function delegate(args: readonly string[], delegated: CommandPackage, screen: Screen): Promise<number> {
  const { name, what, install = "npm install --save-dev" } = delegated;
  const path = `${name}/cli`;
  let other: { main(args: readonly string[]): Promise<number> };
  try {
    other = await import(path);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    screen.fail(`"gatewarden ${args[0]}" needs ${what}. Install it with: ${install} ${name}`);
    return 1;
  }
  return other.main(args);
}

function processStreams(): CliStreams {
  return {
    isProcess: true,
    columns: readColumns(),
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    input: readInput,
  };
}

async function readInput(): Promise<string> {
  let text = "";
  // Two chunks may split a character of several bytes.
  process.stdin.setEncoding("utf8");
  for await (const chunk of process.stdin) text += chunk;
  return text;
}
