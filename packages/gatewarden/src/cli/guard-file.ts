// `--config ./guard.ts`: loads the API's own guard from a module, so that commands use its
// configuration.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError, type Guard } from "../index.js";
import { toShownText } from "./doctor/catalogue/shown-text.js";
import { within } from "./doctor/within.js";

/** The members of a file's guard that are used. It may be from another copy of the library. */
export type LoadedGuard = Pick<Guard, "issuers" | "explain" | "status" | "ready"> & Partial<Pick<Guard, "metadata">>;

interface GuardFile {
  /** The path as given. */
  readonly path: string;
  readonly cwd: string;
  /** Seconds that loading may take. */
  readonly timeout: number;
}

const example = "--config ./guard.mjs, a module with `export const guard = createGuard({ … })`";

/** Loads the module and returns the guard that it exports. Throws `ConfigError`. */
export async function loadGuard({ path, cwd, timeout }: GuardFile): Promise<LoadedGuard> {
  const file = resolve(cwd, path);
  if (!existsSync(file)) throw fail("names a file that does not exist");
  return importGuard(file, timeout);
}

function fail(problem: string, instead = example): ConfigError {
  return new ConfigError({ option: "--config", problem, example: instead });
}

type Exports = Readonly<Record<string, unknown>>;

async function importGuard(file: string, timeout: number): Promise<LoadedGuard> {
  const { href } = pathToFileURL(file);
  const stopWatching = watchForEnd();
  try {
    const guard = await quietly(async () => {
      const loaded = await within(timeout, import(/* @vite-ignore */ href) as Promise<Exports>);
      return loaded && settleOptions(chooseGuard(loaded));
    });
    if (guard !== undefined) return guard;
  } catch (error) {
    throw toConfigError(error, file);
  } finally {
    stopWatching();
  }
  throw fail(`was not loaded within ${timeout} s: something at the top level of the module is waited for`);
}

/** Reads options that a function gives, and throws what is wrong with them. */
function settleOptions(guard: LoadedGuard): LoadedGuard {
  guard.metadata?.();
  return guard;
}

/** Explains the exit if the module ends the process. */
function watchForEnd(): () => void {
  const tell = () => {
    process.stderr.write("--config names a module that ended the process while it was loaded (process.exit).\n");
    process.exitCode = 2;
  };
  process.once("exit", tell);
  return () => void process.off("exit", tell);
}

/**
 * Redirects what a module prints while loading to standard error: standard output is for findings.
 */
async function quietly<Value>(task: () => Promise<Value>): Promise<Value> {
  const { write } = process.stdout;
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof write;
  try {
    return await task();
  } finally {
    process.stdout.write = write;
  }
}

/**
 * The library's own errors explain themselves. Of others only name and code are shown: messages may
 * quote a secret.
 */
function toConfigError(error: unknown, file: string): ConfigError {
  const { name, code, option, problem, example: right } = readError(error);
  if (name === "ConfigError" && option !== undefined && problem !== undefined) {
    return new ConfigError({ option, problem, example: right ?? example });
  }
  if (code === "ERR_UNKNOWN_FILE_EXTENSION" && /\.[cm]?tsx?$/.test(file)) {
    const problem = `names a file of TypeScript, which Node.js ${process.versions.node} does not run; 22.18 and 23.6 do`;
    return fail(problem, "npx tsx node_modules/gatewarden/bin/gatewarden.js doctor --config ./guard.ts");
  }
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" || code === "ERR_INVALID_TYPESCRIPT_SYNTAX") {
    const problem = "names a file with TypeScript that Node.js cannot strip, such as an enum or a parameter property";
    return fail(problem, "npx tsx node_modules/gatewarden/bin/gatewarden.js doctor --config ./guard.ts");
  }
  if (code !== undefined && /^ERR_(MODULE_NOT_FOUND|PACKAGE_PATH_NOT_EXPORTED)$|^MODULE_NOT_FOUND$/.test(code)) {
    return fail("names a module that imports what cannot be found", "node ./guard.mjs, which prints what is missing");
  }
  const what = code === undefined || code === name ? name : `${name} (${code})`;
  return fail(
    `names a module that threw ${toShownText(what)} while it was loaded`,
    "node ./guard.mjs, which prints the whole error",
  );
}

interface ErrorData {
  readonly name: string;
  readonly code: string | undefined;
  readonly option: string | undefined;
  readonly problem: string | undefined;
  readonly example: string | undefined;
}

/** Never throws: the thrown value may be anything. */
function readError(error: unknown): ErrorData {
  const read = (member: string): string | undefined => {
    try {
      const value = (error as Exports | undefined)?.[member];
      return typeof value === "string" ? value : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    name: read("name") ?? `a ${typeof error}`,
    code: read("code"),
    option: read("option"),
    problem: read("problem"),
    example: read("example"),
  };
}

/** The export `default` or `guard`. In CommonJS these are members of the one export. */
function chooseGuard(exported: Exports): LoadedGuard {
  const found = listGuards(exported);
  const all = found.length > 0 ? found : listGuards(readMembers(exported["default"]));
  const named = all.filter(({ name }) => name === "default" || name === "guard");
  const [first, second] = named;
  if (first && second && first.guard !== second.guard) {
    throw fail("names a module that exports two guards, `default` and `guard`: which is the API's?");
  }
  if (first) return first.guard;
  throw fail(`names a module that ${describeExports(exported, all)}`);
}

interface Export {
  readonly name: string;
  readonly guard: LoadedGuard;
}

function describeExports(exported: Exports, others: readonly Export[]): string {
  const [only] = others;
  if (only && others.length === 1) {
    return `exports its guard as \`${only.name}\`, and must export it as \`guard\` or as default`;
  }
  if (only) {
    const names = others.map(({ name }) => `\`${name}\``).join(", ");
    return `exports several guards: ${names}; the one that is meant must be \`guard\` or the default`;
  }
  const names = Object.keys(exported).filter((name) => name !== "module.exports");
  if (names.length === 0) return "exports nothing";
  const isFactory = ["default", "guard"].some((name) => typeof readMember(exported, name) === "function");
  const wanted = isFactory ? "; it exports a function, and must export the guard that it returns" : "";
  return `exports ${names.slice(0, 10).join(", ")} and no guard${wanted}`;
}

function listGuards(exported: Exports): readonly Export[] {
  return Object.keys(exported).flatMap((name) => {
    const value = readMember(exported, name);
    return isGuard(value) ? [{ name, guard: value }] : [];
  });
}

function readMembers(value: unknown): Exports {
  return typeof value === "object" && value !== null ? (value as Exports) : {};
}

function readMember(owner: Exports, name: string): unknown {
  try {
    return owner[name];
  } catch {
    return undefined;
  }
}

/** Recognised by its members: the module may use another copy of the library. */
function isGuard(value: unknown): value is LoadedGuard {
  if (typeof value !== "object" || value === null) return false;
  return ["explain", "status", "ready", "attempt"].every(
    (name) => typeof readMember(value as Exports, name) === "function",
  );
}
