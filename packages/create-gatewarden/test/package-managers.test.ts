// A project with each package manager that is not npm, by the real program: installed, compiled,
// tested and started. Without the program a test is skipped, and says so; `.ci/run` installs them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findProgram } from "../../../scripts/lib/programs.mjs";
import { type PackageManagerRow, packageManagers } from "../src/package-managers.js";
import { captureRun } from "./support/captured-run.js";
import { type Command, packAll, run, startProgram, type Tarballs } from "./support/workshop.js";

const patience = 120_000;
// Hono's packages run on Node.js 20, on which version 1 of Yarn would refuse one of Fastify's. The
// runner is that of Node.js: these tests are about the installation.
const flags = ["--yes", "--framework", "hono", "--tests", "node-test"];

let folder: string;
let tarballs: Tarballs;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-managers-"));
  if (rows.some(({ found }) => found !== undefined)) tarballs = await packAll(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Where it is, on the PATH or where a variable says (`YARN_CLASSIC_PATH`), and its version. */
function findManager({ id, name, versions }: PackageManagerRow) {
  const paths = [findProgram(id), findProgram(name)].filter((path) => path !== undefined);
  const all = paths.map((path) => ({ path, version: readVersion(path) }));
  return all.find(({ version }) => version !== "" && versions.test(version));
}

function readVersion(path: string): string {
  const { stdout, status } = spawnSync(path, ["--version"], {
    cwd: tmpdir(),
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
  return status === 0 ? stdout.trim() : "";
}

const rows = packageManagers.filter(({ id }) => id !== "npm").map((row) => ({ ...row, found: findManager(row) }));

const split = (line: string): Command => {
  const [name = "", ...args] = line.split(" ");
  return [name, args];
};

async function createProject(id: string, agent: string): Promise<string> {
  const env = { npm_config_user_agent: agent };
  const { code, error } = await captureRun("create", [id, ...flags, "--package-manager", id], { cwd: folder, env });
  expect(code, error).toBe(0);
  const path = join(folder, id, "package.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  manifest.dependencies.gatewarden = `file:${tarballs.gatewarden}`;
  manifest.devDependencies["@gatewarden/dev"] = `file:${tarballs.dev}`;
  writeFileSync(path, JSON.stringify(manifest));
  return join(folder, id);
}

describe.each(rows)("$id", ({ id, name, commands, found }) => {
  const { path: program = "", version = "" } = found ?? {};
  const note = found === undefined ? ` (skipped: there is no ${id}; install it, or set a variable to its path)` : "";
  // What comes with it, such as bunx.
  const PATH = `${process.env["PATH"]}${delimiter}${dirname(program)}`;

  test.skipIf(found === undefined && process.env["CI"] !== "true")(
    `installs a project that compiles, passes its tests and starts${note}`,
    {
      timeout: patience,
    },
    async (context) => {
      /** Its command, with the program that was found in place of the name. */
      const own = (line: string): Command => {
        const [first, args] = split(line);
        return [first === name ? program : first, args];
      };
      const env = { CI: "true", PATH };
      const project = await createProject(id, `${name}/${version} npm/? node/${process.version}`);
      // With CI set, each of them takes a lock file that is not complete for a fault.
      const installed = await run(project, ...own(commands["npm install"]), { PATH });
      if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED/.test(installed.output) && process.env["CI"] !== "true") {
        return context.skip("the registry cannot be reached");
      }
      expect(installed.code, installed.output).toBe(0);
      const again = await run(project, ...own(commands["npm ci"]), env);
      expect(again.code, again.output).toBe(0);
      const tested = await run(project, ...own(`${commands["npm run"]} test`), { PATH });
      expect(tested.output).toMatch(/pass 7/);

      const api = startProgram(project, own(`${commands["npm run"]} dev`), { PORT: "0", PATH });
      try {
        await api.find(/Stop both with Ctrl-C/);
        const [, url = ""] = await api.find(/^The API listens at (http\S+)$/m);
        expect(api.output()).toContain(`$(${commands["npx gatewarden"]} token --as alice)`);
        const token = async (as: string) =>
          (await run(project, ...own(`${commands["npx gatewarden"]} token --as ${as}`), { PATH })).output.trim();
        const get = async (path: string, as?: string) => {
          const headers = as === undefined ? {} : { authorization: `Bearer ${await token(as)}` };
          return (await fetch(`${url}/api/${path}`, { headers })).status;
        };
        expect([await get("private"), await get("private", "alice"), await get("admin", "bob")]).toEqual([
          401, 200, 403,
        ]);
      } finally {
        await api.stop();
      }

      // What the image is built with, in place: it stays able to start without what only tests need.
      const prune = commands["npm prune --omit=dev"].replaceAll(new RegExp(`(^|&& )${name} `, "g"), `$1"${program}" `);
      const pruned = await run(project, "sh", ["-c", prune], env);
      expect(pruned.code, pruned.output).toBe(0);
      const issuer = { PORT: "0", ISSUER_BASE_URL: "https://login.example/", AUDIENCE: "https://api.example" };
      const started = startProgram(project, [process.execPath, ["dist/src/main.js"]], issuer);
      await started.find(/^The API listens at/m);
      await started.stop();
    },
  );
});
