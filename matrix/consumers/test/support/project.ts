// A stranger's project: a folder elsewhere, with the packed library installed into it.
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("../..", import.meta.url));
const library = join(here, "../../packages/gatewarden");

/** Where this folder's own dependencies are: compilers, Jest, frameworks. */
export const installed: string = join(here, "node_modules");

const isInstalled = existsSync(installed);

/** Whether tests that need those dependencies are left out. In continuous integration they fail instead. */
export const isLeftOut: boolean = !isInstalled && process.env["CI"] !== "true";

/** The title of such tests, and why they are left out. */
export function titleOf(title: string): string {
  return isInstalled ? title : `${title} (not installed: npm ci --prefix matrix/consumers)`;
}

/** What runs in a project. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

/** A folder with the packed library in its node_modules, and what was copied beside it. */
export interface Project {
  readonly folder: string;
  /** Runs a program of Node.js there, without the environment of the test runner. */
  run(file: string, ...args: readonly string[]): Promise<Run>;
  /** Runs a command that an installed package brings. */
  npx(command: string, ...args: readonly string[]): Promise<Run>;
  remove(): void;
}

/** What a project has beside what was copied. */
export interface Equipment {
  /** Packages of this folder that are linked beside the library. */
  readonly packages?: readonly string[];
  /** Installs the tarball with npm, which links its command too. Otherwise it is only unpacked, which is faster. */
  readonly isInstalled?: boolean;
}

/** Packs the library, as `npm publish` would, and puts the tarball's content into a new folder. */
export async function createProject(
  template: string,
  { packages = [], isInstalled = false }: Equipment = {},
): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-consumer-"));
  for (const part of [template, "shared"]) cpSync(join(here, "projects", part), folder, { recursive: true });
  const tarball = await pack(folder);
  await (isInstalled ? install(folder, tarball) : unpack(folder, tarball));
  for (const name of packages) link(folder, name);
  return {
    folder,
    run: (file, ...args) => capture(folder, process.execPath, [file, ...args]),
    npx: (command, ...args) => capture(folder, ...npm("exec", "--no", "--", command, ...args)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function install(folder: string, tarball: string): Promise<void> {
  const quiet = ["--offline", "--no-audit", "--no-fund", "--loglevel=error"];
  return must(folder, npm("install", ...quiet, "--ignore-scripts", "--no-package-lock", "--no-save", `./${tarball}`));
}

function unpack(folder: string, tarball: string): Promise<void> {
  const target = join("node_modules", "gatewarden");
  mkdirSync(join(folder, target), { recursive: true });
  return must(folder, ["tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]]);
}

async function pack(folder: string): Promise<string> {
  if (!existsSync(join(library, "dist"))) throw new Error("The library is not built: run npm run build first");
  await must(library, npm("pack", "--ignore-scripts", "--pack-destination", folder));
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no tarball");
  return tarball;
}

/** What a stranger may import: every sub-path of the packed library. */
export function subPathsOf({ folder }: Project): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(folder, "node_modules/gatewarden/package.json"), "utf8"));
  const names = Object.keys(manifest.exports).filter((name) => !name.endsWith(".json"));
  return names.map((name) => name.replace(".", "gatewarden"));
}

/** Every package that is installed in this folder. */
export function allPackages(): readonly string[] {
  return readdirSync(installed)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(installed, name)).map((one) => `${name}/${one}`) : name,
    );
}

function link(folder: string, name: string): void {
  const target = join(folder, "node_modules", name);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(installed, name), target, "junction");
}

/** npm as a command: the one that runs this, if there is one. */
function npm(...args: readonly string[]): [string, readonly string[]] {
  const cli = process.env["npm_execpath"];
  return cli?.endsWith("npm-cli.js") ? [process.execPath, [cli, ...args]] : ["npm", args];
}

async function must(cwd: string, [command, args]: [string, readonly string[]]): Promise<void> {
  const { code, output } = await capture(cwd, command, args);
  if (code !== 0) throw new Error(`${args.join(" ")} failed: ${output}`);
}

function capture(cwd: string, command: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env: cleanEnvironment() }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? 1);
      resolve({ code, output: `${stdout}${code === 0 ? "" : stderr}` });
    });
  });
}

/** A stranger's shell knows nothing of Vitest, of npm's settings for this workspace or of an issuer. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_|VITEST|TEST$|AUTH0_|ISSUER_|AUDIENCE)/.test(name) || name.startsWith("npm_config_"),
  );
  return Object.fromEntries(kept);
}
