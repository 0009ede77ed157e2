// The command line → what to run.
import { type CommandRow, parseFlags, suggestName, UsageError } from "gatewarden/terminal";
import { type ProxyName, proxyKinds } from "../proxy/kinds.js";
import { commands, flags } from "./flags.js";

/** What was given. */
export type CommandLine = ServeLine | CheckLine | TestLine | SnippetLine | HelpLine;

/** `--help` of one of the commands. */
interface HelpLine {
  readonly command: "help";
  readonly row: CommandRow;
}

export interface ServeLine {
  readonly command: "serve";
  readonly rules: string | undefined;
  readonly proxy: ProxyName | undefined;
  readonly listen: string | undefined;
  readonly admin: string | undefined;
  readonly events: string | undefined;
  readonly workers: number;
}

export interface CheckLine {
  readonly command: "check";
  readonly path: string;
  /** Warnings fail too. */
  readonly strict: boolean;
  readonly json: boolean;
}

export interface TestLine {
  readonly command: "test";
  readonly path: string;
  /** Instead of the rules that the file names. */
  readonly rules: string | undefined;
  readonly json: boolean;
}

export interface SnippetLine {
  readonly command: "snippet";
  readonly proxy: ProxyName;
  readonly rules: string | undefined;
}

const below = ["check", "test", "snippet"] as const;

/** Throws `UsageError`. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const [first, ...rest] = args;
  const row = commands.find(({ name }) => name === (first === undefined ? "" : `gateway ${first}`));
  if (row === undefined && first !== undefined && !first.startsWith("-")) {
    throw new UsageError(
      `There is no command ${JSON.stringify(`gateway ${first}`)}${suggestName(first, below)}\nSee: gatewarden gateway --help`,
    );
  }
  const isHelp = args.some((arg) => arg === "--help" || arg === "-h");
  if (isHelp) return { command: "help", row: row ?? commands[0] };
  switch (row?.name) {
    case "gateway check": {
      const { values, operands } = parseFlags({ flags, commands, command: row.name, args: rest });
      return { command: "check", path: operands[0] ?? "", strict: values.strict, json: values.json };
    }
    case "gateway test": {
      const { values, operands } = parseFlags({ flags, commands, command: row.name, args: rest });
      return { command: "test", path: operands[0] ?? "", rules: values.rules, json: values.json };
    }
    case "gateway snippet": {
      const { values, operands } = parseFlags({ flags, commands, command: row.name, args: rest });
      return { command: "snippet", proxy: parseProxy(operands[0] ?? ""), rules: values.rules };
    }
    default:
      return parseServe(args);
  }
}

function parseServe(args: readonly string[]): ServeLine {
  const { values } = parseFlags({ flags, commands, command: "gateway", args });
  const { rules, proxy, listen, admin, events, workers } = values;
  return {
    command: "serve",
    ...{ rules, listen, admin, events },
    proxy: proxy === undefined ? undefined : parseProxy(proxy),
    workers: parseWorkers(workers),
  };
}

/** Throws `UsageError`. */
function parseProxy(text: string): ProxyName {
  if (Object.hasOwn(proxyKinds, text)) return text as ProxyName;
  throw new UsageError(`There is no proxy kind ${JSON.stringify(text)}${suggestName(text, Object.keys(proxyKinds))}`);
}

function parseWorkers(text = "1"): number {
  if (/^[1-9][0-9]?$/.test(text)) return Number(text);
  throw new UsageError("--workers must be a number from 1 to 99. For example: --workers 2");
}
