// What an existing project is made of, as its files say.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "gatewarden/terminal";
import { type FrameworkRow, frameworks, type TestRunnerRow, testRunners } from "../frameworks.js";
import { findCallingManager, type PackageManagerRow, packageManagers } from "../package-managers.js";

/** The parts of `package.json` that are read. */
export interface Manifest {
  readonly type?: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface ExistingProject {
  readonly folder: string;
  /** The text of `package.json`. */
  readonly text: string;
  readonly manifest: Manifest;
  readonly frameworks: readonly FrameworkRow[];
  readonly isTypeScript: boolean;
  /** Whether `src` has the sources. Otherwise the project's own folder. */
  readonly hasSourceFolder: boolean;
  /** Undefined without tests, or with a runner for which there is no template. */
  readonly tests: TestRunnerRow | undefined;
  /** A runner for which there is no template. */
  readonly otherRunner: string | undefined;
  readonly manager: PackageManagerRow;
}

/** By framework: the package that shows that it is used. */
const signs: Readonly<Record<string, string>> = {
  fastify: "fastify",
  express: "express",
  hono: "hono",
  nest: "@nestjs/core",
};
const otherRunners = ["jest", "mocha", "ava", "tap", "uvu", "jasmine"];
const lockFiles: Readonly<Record<string, readonly string[]>> = { bun: ["bun.lockb"], npm: ["npm-shrinkwrap.json"] };

/** Throws `UsageError` if the folder has no `package.json` that can be read. */
export function parseProject(folder: string, env: Readonly<Record<string, string | undefined>>): ExistingProject {
  const { text, manifest } = parseManifest(folder);
  const packages = { ...manifest.dependencies, ...manifest.devDependencies };
  const has = (name: string) => Object.hasOwn(packages, name);
  const inFolder = (name: string) => existsSync(join(folder, name));
  const script = manifest.scripts?.["test"] ?? "";
  const runner = has("vitest") ? "vitest" : /\bnode\b.*--test\b/.test(script) ? "node-test" : undefined;
  return {
    folder,
    text,
    manifest,
    frameworks: findFrameworks(has),
    isTypeScript: inFolder("tsconfig.json") || has("typescript"),
    hasSourceFolder: inFolder("src"),
    tests: testRunners.find(({ id }) => id === runner),
    otherRunner: runner === undefined ? otherRunners.find(has) : undefined,
    manager: findManager(folder) ?? findCallingManager(env),
  };
}

/** The one whose lock file is nearest: a package of a workspace has none of its own. */
function findManager(folder: string): PackageManagerRow | undefined {
  const row = packageManagers.find(({ id, lockFile }) =>
    [lockFile, ...(lockFiles[id] ?? [])].some((name) => existsSync(join(folder, name))),
  );
  if (row?.lockFile === "yarn.lock") return findYarn(join(folder, "yarn.lock"));
  // Above the repository nothing belongs to the project.
  const isEnd = existsSync(join(folder, ".git")) || dirname(folder) === folder;
  return row ?? (isEnd ? undefined : findManager(dirname(folder)));
}

/** Only version 1 writes its number as a comment. */
function findYarn(path: string): PackageManagerRow | undefined {
  const id = /^# yarn lockfile v1$/m.test(readFileSync(path, "utf8").slice(0, 500)) ? "yarn-classic" : "yarn";
  return packageManagers.find((row) => row.id === id);
}

/** Nest brings Express or Fastify along, and applications of it may name them. */
function findFrameworks(has: (name: string) => boolean): readonly FrameworkRow[] {
  const found = frameworks.filter(({ id }) => has(signs[id] ?? ""));
  const nest = found.filter(({ id }) => id === "nest");
  return nest.length > 0 ? nest : found;
}

function parseManifest(folder: string): Pick<ExistingProject, "text" | "manifest"> {
  let text: string;
  try {
    text = readFileSync(join(folder, "package.json"), "utf8");
  } catch {
    const advice = "A new project is made by: npm create gatewarden@latest";
    throw new UsageError(`There is no package.json in ${folder}.\n${advice}`);
  }
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest === "object" && manifest !== null && !Array.isArray(manifest)) return { text, manifest };
  } catch {
    // Said below.
  }
  throw new UsageError(`The package.json in ${folder} is not a JSON object.`);
}
