// What is added to an existing project: files, entries of `package.json`, lines of `.gitignore`.
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Answers } from "../answers.js";
import { isInCode, toEnvironmentLines, toGuardFile } from "../guard-code.js";
import { sort, toOwnDependencies } from "../manifest.js";
import { loadTemplates } from "../templates.js";
import { findInTheWay } from "../write-files.js";
import type { ExistingProject, Manifest } from "./existing-project.js";

/** A file as it is and as it would be. A new one has no text before. */
export interface Change {
  /** In the project. */
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
}

/** What was chosen. Without `tests` no test is added. */
export type InitAnswers = Omit<Answers, "name" | "tests"> & { readonly tests: Answers["tests"] | undefined };

const environmentFile = ".env.example";

/** Ordered as they are shown. Nothing is written here. */
export function planChanges(project: ExistingProject, answers: InitAnswers): readonly Change[] {
  const { folder } = project;
  const changes = [
    toManifestChange(project, answers),
    toGuardChange(project, answers),
    ...(answers.tests === undefined ? [] : [toTestChange(project, answers.tests.id)]),
    toIgnoreChange(folder),
  ];
  if (!existsSync(join(folder, environmentFile))) {
    const lines = toEnvironmentLines(answers.provider, answers.values, toGuardPath(project));
    changes.push({ path: environmentFile, before: undefined, after: `${lines}\n` });
  }
  return changes.map((change) => toKnown(folder, change)).filter(({ before, after }) => before !== after);
}

/** A file that has the text already is not in the way. A link may lead elsewhere (CWE-59). */
function toKnown(folder: string, change: Change): Change {
  if (change.before !== undefined) return change;
  const path = join(folder, change.path);
  if (!findInTheWay(folder, change.path).includes(change.path)) return change;
  const isFile = lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
  return isFile && readFileSync(path, "utf8") === change.after ? { ...change, before: change.after } : change;
}

/** Where the guard is: `src/guard.ts`, or `guard.mjs`. */
export function toGuardPath({ hasSourceFolder, isTypeScript }: ExistingProject): string {
  return `${hasSourceFolder ? "src/" : ""}guard.${isTypeScript ? "ts" : "mjs"}`;
}

function toGuardChange(project: ExistingProject, { provider, values }: InitAnswers): Change {
  const template = loadTemplates([isInCode(provider) ? "preset" : "environment"]).get("src/guard.ts") ?? "";
  const written = isInCode(provider) ? toGuardFile(template, provider, values) : template;
  return {
    path: toGuardPath(project),
    before: undefined,
    after: project.isTypeScript ? written : removeTypes(written),
  };
}

function toTestChange(project: ExistingProject, runner: string): Change {
  const template = loadTemplates([`init-${runner}`]).get("test/guard.test.ts") ?? "";
  const guard = `../${toGuardPath(project).replace(/\.ts$/, ".js")}`;
  const text = template.replace("../src/guard.js", guard);
  return project.isTypeScript
    ? { path: "test/guard.test.ts", before: undefined, after: text }
    : { path: "test/guard.test.mjs", before: undefined, after: removeTypes(text) };
}

/** Every annotation that these templates have. */
const annotations = [
  "type AccessTokenClaims, ",
  ", type Guard, type GuardOptions",
  ": GuardOptions<AccessTokenClaims>",
  ": Guard",
  ": Readonly<Record<string, string>>",
  ": Promise<unknown>",
  ": unknown",
];

function removeTypes(text: string): string {
  return annotations.reduce((rest, annotation) => rest.replaceAll(annotation, ""), text);
}

function toManifestChange({ text, manifest }: ExistingProject, { tests }: InitAnswers): Change {
  const own = toOwnDependencies();
  const next = {
    ...manifest,
    scripts: toScripts(manifest, tests?.script),
    dependencies: add(manifest, "dependencies", own.dependencies),
    devDependencies: add(manifest, "devDependencies", { ...own.devDependencies, ...tests?.devDependencies }),
  };
  const [, indent = "  "] = /^\{\r?\n([ \t]+)/.exec(text) ?? [];
  return { path: "package.json", before: text, after: `${JSON.stringify(next, null, indent)}\n` };
}

/** `npm init` writes a test script that only fails. */
const noTest = /no test specified/;

function toScripts({ scripts = {} }: Manifest, test: string | undefined): Readonly<Record<string, string>> {
  const { test: given } = scripts;
  // A script that compiles first is for a project whose compiler writes to `dist`.
  const run = test?.startsWith("tsc") ? undefined : test;
  return {
    ...scripts,
    ...(run !== undefined && (given === undefined || noTest.test(given)) && { test: run }),
    ...(scripts["tenant"] === undefined && { tenant: "gatewarden dev" }),
  };
}

/** What neither kind of dependency has yet, in order of names if the others are. */
function add(
  manifest: Manifest,
  kind: "dependencies" | "devDependencies",
  added: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const known = { ...manifest.dependencies, ...manifest.devDependencies };
  const missing = Object.entries(added).filter(([name]) => !Object.hasOwn(known, name));
  const given = manifest[kind] ?? {};
  const all = { ...given, ...Object.fromEntries(missing) };
  const isSorted = JSON.stringify(sort(given)) === JSON.stringify(given);
  return isSorted ? sort(all) : all;
}

/** Lines for secrets and for the tenant's keys, where they are not ignored yet. */
function toIgnoreChange(folder: string): Change {
  const path = ".gitignore";
  const before = existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : undefined;
  const lines = (before ?? "").split(/\r?\n/).map((line) => line.trim().replace(/\/$/, ""));
  const missing = [".env", ".gatewarden"].filter((name) => !lines.includes(name) && !lines.includes(`/${name}`));
  const start = before === undefined || before === "" || before.endsWith("\n") ? (before ?? "") : `${before}\n`;
  if (missing.length === 0) return { path, before, after: before ?? "" };
  return {
    path,
    before,
    after: `${start}${missing.map((name) => (name === ".env" ? name : `${name}/`)).join("\n")}\n`,
  };
}
