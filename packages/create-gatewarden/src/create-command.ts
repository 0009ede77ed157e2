// `npm create gatewarden`: asks, and writes a new project.
import { basename, relative, resolve } from "node:path";
import { parseFlags, toHelp } from "gatewarden/terminal";
import type { Answers } from "./answers.js";
import { askProviderValues, chooseRow, type Sources } from "./ask.js";
import { commands, flags } from "./flags.js";
import { frameworks, testRunners } from "./frameworks.js";
import type { Situation } from "./io.js";
import { toPackageName } from "./manifest.js";
import { toNextSteps } from "./next-steps.js";
import { findCallingManager, packageManagers, toCallersVersion } from "./package-managers.js";
import { createFiles } from "./project.js";
import { providers } from "./providers.js";
import { refuseExisting, writeNewFiles } from "./write-files.js";

const defaultFolder = "my-api";

/** Resolves to the exit code. Throws `UsageError`, `InTheWayError` and `CancelledError`. */
export async function runCreate(args: readonly string[], situation: Situation): Promise<number> {
  const { cwd, screen } = situation;
  const { values, operands } = parseFlags({ flags, commands, command: "create", args });
  if (values["help"]) {
    screen.out(toOwnName(toHelp(commands[0], flags)));
    return 0;
  }
  const sources = toSources(values, situation);
  const { prompter } = sources;
  prompter?.begin("A new API, protected by Gatewarden");
  const given = operands[0] ?? (await askFolder(sources));
  const folder = resolve(cwd, given);
  const answers = { name: toPackageName(basename(folder)), ...(await askAll(sources, situation)) };
  const files = createFiles(answers);
  refuseExisting(folder, [...files.keys()]);
  writeNewFiles(folder, files);
  const shown = relative(cwd, folder) || ".";
  const done = `${shown}: ${files.size} files, ${answers.framework.title} and ${answers.provider.title}`;
  if (prompter) prompter.end(done);
  else screen.out(`${done}\n\n`);
  screen.out(...toNextSteps(answers, shown));
  return 0;
}

/** Flags, then `--yes`, then the person. */
export function toSources(values: Readonly<Record<string, unknown>>, { prompter }: Situation): Sources {
  const isDefault = values["yes"] === true;
  const given = Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return { flags: Object.fromEntries(given), isDefault, prompter: isDefault ? undefined : prompter };
}

/** The folder is an argument, so nothing else is asked for it without a terminal. */
async function askFolder({ prompter }: Sources): Promise<string> {
  if (prompter === undefined) return defaultFolder;
  const check = (value: string) => (value === "" ? `A name, such as ${defaultFolder}` : undefined);
  return prompter.text({ message: "In which folder?", example: defaultFolder, initial: defaultFolder, check });
}

async function askAll(sources: Sources, { env }: Situation): Promise<Omit<Answers, "name">> {
  const framework = await chooseRow(
    { flag: "framework", message: "Which framework?", rows: frameworks, fallback: "fastify" },
    sources,
  );
  const provider = await chooseRow(
    { flag: "provider", message: "Whose tokens does it accept?", rows: providers, fallback: "local" },
    sources,
  );
  const values = await askProviderValues(provider, sources);
  const tests = await chooseRow(
    { flag: "tests", message: "Which test runner?", rows: testRunners, fallback: "vitest" },
    sources,
  );
  const fallback = findCallingManager(env).id;
  const manager = await chooseRow(
    { flag: "package-manager", message: "Which package manager?", rows: packageManagers, fallback },
    sources,
  );
  return { framework, provider, values, tests, manager: toCallersVersion(manager, env) };
}

/** The table of flags writes `gatewarden create`; the command has a name of its own. */
export function toOwnName(text: string): string {
  return text.replaceAll("gatewarden create", "create-gatewarden");
}
