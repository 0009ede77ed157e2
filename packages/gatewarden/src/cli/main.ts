// The command line: explains tokens and diagnoses an API's setup. Passes the commands of the local
// tenant, `migrate`, `gateway` and `init` on to their packages.
import { runDoctor } from "./doctor/doctor-command.js";
import { createMachine, type Machine } from "./doctor/machine.js";
import { runExplain } from "./explain-command.js";
import { listCommands } from "./flag-help.js";
import { commands, delegatedCommands } from "./flags.js";
import { findNearestName } from "./nearest-name.js";
import { toPrintableStreams } from "./printable.js";
import type { CliStreams } from "./streams.js";
import { withTenantTrust } from "./tenant-trust.js";

export type { CliStreams };

const help = `gatewarden: protect backend APIs with OAuth 2.0 access tokens

${listCommands([...commands, ...delegatedCommands])}

  gatewarden <command> --help shows the flags of a command.
`;

/**
 * Runs one command. Resolves to the exit code: 0 on success, 1 on problems, 2 if the command line
 * is wrong.
 */
export async function main(args: readonly string[], streams: CliStreams = processStreams): Promise<number> {
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
      return delegate(args, streams, tenant);
    case "migrate":
      return delegate(args, streams, migration);
    case "gateway":
      return delegate(args, streams, gateway);
    case "init":
      return delegate(args, streams, creation);
    case "explain":
      return withTenantTrust(process.cwd(), () => runExplain(rest, streams));
    case "doctor":
      return withTenantTrust(process.cwd(), () => runDoctor(rest, streams, toSurroundings(streams)));
    case undefined:
    case "help":
    case "--help":
    case "-h":
      streams.out(help);
      return command === undefined ? 2 : 0;
    default:
      toPrintableStreams(streams).error(`There is no command "${command}"${suggest(command)}\n\n${help}`);
      return 2;
  }
}

function suggest(command: string): string {
  const nearest = findNearestName(
    command,
    [...commands, ...delegatedCommands].map(({ name }) => name),
  );
  return nearest === undefined ? "." : `; did you mean "${nearest}"?`;
}

/** A caller with its own streams provides the environment, and ends the process itself. */
function toSurroundings(streams: CliStreams): Machine {
  const machine = createMachine();
  if (streams === processStreams) return machine;
  return { ...machine, env: streams.env ?? machine.env, isTerminal: false, finish: () => {} };
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

async function delegate(args: readonly string[], streams: CliStreams, delegated: CommandPackage): Promise<number> {
  const { name, what, install = "npm install --save-dev" } = delegated;
  const path = `${name}/cli`;
  let other: { main(args: readonly string[]): Promise<number> };
  try {
    other = await import(path);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    streams.error(`"gatewarden ${args[0]}" needs ${what}. Install it with: ${install} ${name}\n`);
    return 1;
  }
  return other.main(args);
}

const processStreams: CliStreams = {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
  input: async () => {
    let text = "";
    // Two chunks may split a character of several bytes.
    process.stdin.setEncoding("utf8");
    for await (const chunk of process.stdin) text += chunk;
    return text;
  },
};
