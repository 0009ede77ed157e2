// The command line → what to run.
import { parseArgs } from "node:util";
import { findSimilarName } from "../nearest-name.js";
import { type ProxyName, proxyKinds } from "../proxy/kinds.js";

/** The command line is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const options = {
  rules: { type: "string" },
  proxy: { type: "string" },
  listen: { type: "string" },
  admin: { type: "string" },
  events: { type: "string" },
  workers: { type: "string" },
  strict: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** What was given. */
export interface CommandLine {
  readonly command: "serve" | "check" | "test" | "snippet";
  readonly operand: string | undefined;
  readonly rules: string | undefined;
  readonly proxy: ProxyName | undefined;
  readonly listen: string | undefined;
  readonly admin: string | undefined;
  readonly events: string | undefined;
  readonly workers: number;
  readonly strict: boolean;
  readonly help: boolean;
}

const commands = ["check", "test", "snippet"] as const;

/** Throws `UsageError`. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  const [first, operand, surplus] = positionals;
  const command = first === undefined ? "serve" : commands.find((one) => one === first);
  if (command === undefined) throw new UsageError(`There is no command "gateway ${first}"${suggest(first, commands)}`);
  if (surplus !== undefined) throw new UsageError(`The argument "${surplus}" is one too many`);
  const { rules, listen, admin, events, strict = false, help = false } = values;
  return {
    command,
    operand: help ? operand : requireOperand(command, operand),
    rules,
    proxy: values.proxy === undefined ? undefined : parseProxy(values.proxy),
    listen,
    admin,
    events,
    workers: parseWorkers(values.workers),
    strict,
    help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS")) throw new UsageError((error as Error).message);
    throw error;
  }
}

function requireOperand(command: CommandLine["command"], operand: string | undefined): string | undefined {
  const wanted = { serve: undefined, check: "a rules file", test: "a file with cases", snippet: "the kind of a proxy" }[
    command
  ];
  if (wanted !== undefined && operand === undefined) throw new UsageError(`"gateway ${command}" needs ${wanted}`);
  if (wanted === undefined && operand !== undefined) throw new UsageError(`The argument "${operand}" is one too many`);
  return operand;
}

/** Throws `UsageError`. */
export function parseProxy(text: string): ProxyName {
  if (Object.hasOwn(proxyKinds, text)) return text as ProxyName;
  throw new UsageError(`There is no proxy kind "${text}"${suggest(text, Object.keys(proxyKinds))}`);
}

function parseWorkers(text = "1"): number {
  if (/^[1-9][0-9]?$/.test(text)) return Number(text);
  throw new UsageError("--workers must be a number from 1 to 99");
}

function suggest(given = "", names: readonly string[]): string {
  const nearest = findSimilarName(given, names);
  return nearest === undefined ? `: there are ${names.join(", ")}` : `; did you mean "${nearest}"?`;
}
