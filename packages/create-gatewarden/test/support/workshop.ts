// A folder of projects beside one `node_modules`: what the workspace has installed, and the packed
// packages of Gatewarden in place of its own.
import { execFile, type SpawnOptions } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { startChild, stopChild } from "../../../../scripts/lib/processes.mjs";

const workspace = fileURLToPath(new URL("../../../..", import.meta.url));
const installed = join(workspace, "node_modules");

/** The packages whose tarballs a project needs, and the one that creates it. */
const packed = ["gatewarden", "dev", "create-gatewarden"] as const;

export interface Run {
  readonly code: number;
  readonly output: string;
}

/** Paths, by the folder of the package. */
export type Tarballs = Readonly<Record<(typeof packed)[number], string>>;

export interface Workshop {
  readonly folder: string;
  remove(): void;
}

/** Packs the packages as `npm publish` would, and puts them beside links to what is installed. */
export async function createWorkshop(): Promise<Workshop> {
  const folder = mkdtempSync(join(tmpdir(), "gatewarden-create-"));
  const tarballs = await packAll(folder);
  const modules = join(folder, "node_modules");
  for (const name of listPackages()) link(join(installed, name), join(modules, name));
  await Promise.all(packed.map((name) => unpack(tarballs[name], join(modules, toPackageName(name)))));
  linkCommands(modules);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Makes the tarballs in a folder. */
export async function packAll(folder: string): Promise<Tarballs> {
  const paths = await Promise.all(
    packed.map(async (name) => {
      const source = join(workspace, "packages", name);
      if (!existsSync(join(source, "dist"))) throw new Error(`${name} is not built: run npm run build first`);
      const packing = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
      const { code, output } = await run(source, ...npm(...packing));
      if (code !== 0) throw new Error(`npm pack failed: ${output}`);
      return [name, join(folder, output.trim().split("\n").at(-1) ?? "")] as const;
    }),
  );
  return Object.fromEntries(paths) as Tarballs;
}

const toPackageName = (name: string) => (name === "dev" ? "@gatewarden/dev" : name);

async function unpack(tarball: string, target: string): Promise<void> {
  mkdirSync(target, { recursive: true });
  const { code, output } = await run(target, "tar", ["-xzf", tarball, "--strip-components=1"]);
  if (code !== 0) throw new Error(`tar failed: ${output}`);
}

function listPackages(): readonly string[] {
  return readdirSync(installed)
    .filter((name) => !name.startsWith(".") && name !== "@gatewarden" && !(packed as readonly string[]).includes(name))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(installed, name)).map((one) => `${name}/${one}`) : name,
    );
}

/** The workspace's own commands lead to its sources, so only those of others are linked. */
function linkCommands(modules: string): void {
  for (const name of ["tsc", "vitest"]) link(join(installed, ".bin", name), join(modules, ".bin", name));
  link(join(modules, "gatewarden/bin/gatewarden.js"), join(modules, ".bin/gatewarden"));
}

function link(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(source, target);
}

/** A program and its arguments. */
export type Command = readonly [program: string, args: readonly string[]];

/** npm as a command: the one that runs this, if there is one. */
export function npm(...args: readonly string[]): Command {
  const cli = process.env["npm_execpath"];
  return cli?.endsWith("npm-cli.js") ? [process.execPath, [cli, ...args]] : ["npm", args];
}

/** Runs a command to its end, in the environment of a stranger. */
export function run(cwd: string, command: string, args: readonly string[], env: Environment = {}): Promise<Run> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env: { ...strangersEnvironment(), ...env } }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? 1);
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });
}

type Environment = Readonly<Record<string, string>>;

/** A program that runs until it is stopped. */
export interface Program {
  /** The first line that matches, and what the pattern caught. Rejects if the program ends before. */
  find(pattern: RegExp): Promise<RegExpExecArray>;
  readonly output: () => string;
  stop(): Promise<void>;
}

/** Starts a script of `package.json`, with what it starts itself. */
export function startScript(cwd: string, script: string, env: Environment = {}): Program {
  return startProgram(cwd, npm("run", script), env);
}

/** Starts a program in a process group of its own. */
export function startProgram(cwd: string, [command, args]: Command, env: Environment = {}): Program {
  const options: SpawnOptions = {
    cwd,
    env: { ...strangersEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  };
  const child = startChild(command, args, options);
  let output = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  return {
    output: () => output,
    find: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(output);
          if (found) resolve(found);
          return found !== null;
        };
        if (look()) return;
        listeners.add(look);
        child.once("exit", () => look() || reject(new Error(`It ended without ${pattern}:\n${output}`)));
      }),
    stop: () => stopChild(child),
  };
}

/** A stranger's shell knows nothing of Vitest, of npm's settings for this workspace or of an issuer. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_|YARN_PATH|YARN_CLASSIC_PATH|NODE_(?!EXTRA_CA_CERTS$)|VITEST|TEST$|AUTH0_|ISSUER|AUDIENCE|JWKS_URI|TOKEN_SIGNING_ALG|PORT$|HOST$|CI$|FORCE_COLOR$)/.test(
        name,
      ) || name.startsWith("npm_config_"),
  );
  const own = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  return { ...Object.fromEntries(kept), PATH: own.join(delimiter), NO_COLOR: "1" };
}
