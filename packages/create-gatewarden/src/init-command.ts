// `gatewarden init`: adds Gatewarden to an existing API. Shows the difference first.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { paint, parseFlags, printHelp, type Text, UsageError } from "gatewarden/terminal";
import { askProviderValues, chooseRow, type Sources } from "./ask.js";
import { toSources } from "./create-command.js";
import { commands, flags } from "./flags.js";
import { type FrameworkRow, frameworks, testRunners } from "./frameworks.js";
import { type ExistingProject, parseProject } from "./init/existing-project.js";
import { type Change, type InitAnswers, planChanges, toGuardPath } from "./init/plan.js";
import { toDifference } from "./init/report.js";
import { toServerLines } from "./init/server-lines.js";
import type { Situation } from "./io.js";
import { packageManagers } from "./package-managers.js";
import { providers } from "./providers.js";
import { refuseExisting, writeNewFiles } from "./write-files.js";

/** Resolves to the exit code. Throws `UsageError`, `InTheWayError` and `CancelledError`. */
export async function runInit(args: readonly string[], situation: Situation): Promise<number> {
  const { cwd, env, screen } = situation;
  const { values, operands } = parseFlags({ flags, commands, command: "init", args });
  if (values["help"]) {
    printHelp(screen, commands[1], flags);
    return 0;
  }
  const sources = toSources(values, situation);
  const project = parseProject(resolve(cwd, operands[0] ?? "."), env);
  const answers = await askAll(project, sources, situation);
  const changes = planChanges(project, answers);
  // Only package.json and .gitignore change; another file is new or in the way.
  const added = changes.filter(({ before }) => before === undefined);
  refuseExisting(
    project.folder,
    added.map(({ path }) => path),
  );
  if (changes.length === 0) {
    screen.out("Everything is there already: nothing was written.\n\n");
  } else {
    screen.out(...toDifference(changes), "\n");
    const isWritten = values["write"] === true || (await mayWrite(sources));
    if (isWritten) writeAll(project, changes);
    screen.out(isWritten ? "Written.\n\n" : "Nothing was written. With --write it is.\n\n");
  }
  screen.out(...toRest(project, answers));
  return 0;
}

async function askAll(project: ExistingProject, sources: Sources, situation: Situation): Promise<InitAnswers> {
  const framework = await chooseFramework(project, sources, situation);
  const provider = await chooseRow(
    { flag: "provider", message: "Whose tokens does it accept?", rows: providers, fallback: "local" },
    sources,
  );
  const values = await askProviderValues(provider, sources);
  const managerFallback = project.manager.id;
  // The lock file says it, so it is not asked.
  const manager = await chooseRow(
    { flag: "package-manager", message: "", rows: packageManagers, fallback: managerFallback },
    { ...sources, isDefault: true },
  );
  return { framework, provider, values, manager, tests: await chooseTests(project, sources, situation) };
}

async function chooseFramework(
  project: ExistingProject,
  sources: Sources,
  { screen }: Situation,
): Promise<FrameworkRow> {
  const [found, ...others] = project.frameworks;
  const question = { flag: "framework", message: "Which framework?", rows: frameworks };
  if (sources.flags["framework"] !== undefined) return chooseRow({ ...question, fallback: "" }, sources);
  const names = project.frameworks.map(({ title }) => title).join(" and ");
  screen.out(`package.json has ${names || "none of the frameworks that this knows"}.\n`);
  if (found !== undefined && others.length === 0) return found;
  if (sources.prompter !== undefined) return chooseRow({ ...question, fallback: found?.id ?? "fetch" }, sources);
  const example = `--framework ${found?.id ?? "fetch"}`;
  throw new UsageError(`--framework is missing: package.json does not say which one. For example: ${example}`);
}

/** What the project has counts. Without tests it is asked. */
async function chooseTests(
  project: ExistingProject,
  sources: Sources,
  { screen }: Situation,
): Promise<InitAnswers["tests"]> {
  const { tests, otherRunner } = project;
  const isGiven = sources.flags["tests"] !== undefined;
  if (tests !== undefined && !isGiven) return tests;
  if (otherRunner !== undefined && !isGiven) {
    screen.out(`No test is added for ${otherRunner}: docs/testing.md has a recipe for it.\n`);
    return undefined;
  }
  return chooseRow({ flag: "tests", message: "Which test runner?", rows: testRunners, fallback: "vitest" }, sources);
}

async function mayWrite({ prompter }: Sources): Promise<boolean> {
  if (prompter === undefined) return false;
  const choices = [
    { value: "no", label: "No" },
    { value: "yes", label: "Yes" },
  ];
  return (await prompter.select({ message: "Write this?", choices, initial: "no" })) === "yes";
}

function writeAll({ folder }: ExistingProject, changes: readonly Change[]): void {
  const added = changes.filter(({ before }) => before === undefined);
  writeNewFiles(folder, new Map(added.map(({ path, after }) => [path, after])));
  for (const { path, before, after } of changes) {
    if (before !== undefined) writeFileSync(join(folder, path), after);
  }
}

function toRest(project: ExistingProject, answers: InitAnswers): readonly Text[] {
  const { framework, manager } = answers;
  const { "npm install": install, "npm run": run, "npx gatewarden": gatewarden } = manager.commands;
  const lines = toServerLines(project, framework).split("\n");
  return [
    paint("strong", "Add to your server"),
    ` (${framework.title}), beside ${toGuardPath(project)}:\n\n`,
    ...lines.map((line) => (line === "" ? "\n" : `  ${line}\n`)),
    "\n",
    paint("strong", "Then"),
    `\n  ${install}\n  ${run} tenant\n`,
    "    starts a local tenant, and prints ISSUER_BASE_URL and AUDIENCE for your API\n",
    `  ${gatewarden} token --as alice\n    prints a token to call it with\n`,
  ];
}
