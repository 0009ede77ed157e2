// A stranger's project: a folder elsewhere, with the packed library installed into it.
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const workspace = fileURLToPath(new URL("../../../..", import.meta.url));
const library = join(workspace, "packages/gatewarden");

/** A folder with projects, and with dependencies of its own: compilers, Jest, frameworks. */
export interface Shelf {
  readonly folder: string;
  /** Where the dependencies are. */
  readonly installed: string;
  /** Whether tests that need them are left out. In continuous integration they fail instead. */
  readonly isLeftOut: boolean;
  /** The title of such tests, and why they are left out. */
  titleOf(title: string): string;
  /** Every package that is installed there. */
  allPackages(): readonly string[];
}

/** The shelf in a folder of the workspace: `locate("matrix/nest-11")`. */
export function locate(path: string): Shelf {
  const folder = join(workspace, path);
  const installed = join(folder, "node_modules");
  const isInstalled = existsSync(installed);
  return {
    folder,
    installed,
    isLeftOut: !isInstalled && process.env["CI"] !== "true",
    titleOf: (title) => (isInstalled ? title : `${title} (not installed: npm ci --prefix ${path})`),
    allPackages: () => listPackages(installed),
  };
}

const here = locate("matrix/consumers");

export const { installed, isLeftOut, titleOf, allPackages } = here;

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
  /** Where the template and the packages are. Default: this folder. */
  readonly from?: Shelf;
  /** Packages of that folder that are linked beside the library. */
  readonly packages?: readonly string[];
  /** Installs the tarball with npm, which links its command too. Otherwise it is only unpacked, which is faster. */
  readonly isInstalled?: boolean;
}

/** Packs the library, as `npm publish` would, and puts the tarball's content into a new folder. */
export async function createProject(
  template: string,
  { from = here, packages = [], isInstalled = false }: Equipment = {},
): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-consumer-"));
  for (const part of [join(from.folder, "projects", template), join(here.folder, "projects/shared")]) {
    cpSync(part, folder, { recursive: true });
  }
  const tarball = await pack(folder);
  await (isInstalled ? install(folder, tarball) : unpack(folder, tarball));
  for (const name of packages) link(folder, join(from.installed, name), name);
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

function listPackages(installed: string): readonly string[] {
  return readdirSync(installed)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(installed, name)).map((one) => `${name}/${one}`) : name,
    );
}

function link(folder: string, installed: string, name: string): void {
  const target = join(folder, "node_modules", name);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(installed, target, "junction");
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
    ([name]) =>
      !/^(npm_|NODE_|VITEST|TEST$|AUTH0_|ISSUER|AUDIENCE|JWKS_URI|TOKEN_SIGNING_ALG)/.test(name) ||
      name.startsWith("npm_config_"),
  );
  return Object.fromEntries(kept);
}
