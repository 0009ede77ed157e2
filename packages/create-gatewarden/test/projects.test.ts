// Each framework with each test runner, as a stranger has it: created by the packed command beside
// the packed library, compiled, tested and started with the local tenant.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frameworks, testRunners } from "../src/frameworks.js";
import { type Command, createWorkshop, type Program, run, startProgram, type Workshop } from "./support/workshop.js";

const patience = 180_000;
const combinations = frameworks.flatMap((framework) =>
  testRunners.map((runner) => ({ framework: framework.id, runner: runner.id })),
);

let workshop: Workshop;
let tenant: Tenant;

beforeAll(async () => {
  [workshop, tenant] = await Promise.all([createWorkshop(), createTenant({ port: 0 })]);
});
afterAll(async () => {
  await tenant.close();
  workshop.remove();
});

async function createProject(...args: readonly string[]): Promise<string> {
  const command = join(workshop.folder, "node_modules/create-gatewarden/dist/bin.js");
  const { code, output } = await run(workshop.folder, process.execPath, [command, ...args]);
  expect(code, output).toBe(0);
  return join(workshop.folder, args[0] ?? "");
}

/** A script of package.json as npm runs it, without npm's own start: install.test.ts has that. */
function toScript(folder: string, script: string): Command {
  const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return ["sh", ["-c", scripts[script]]];
}

async function runScript(folder: string, script: string): Promise<string> {
  const { code, output } = await run(folder, ...toScript(folder, script), commands(folder));
  expect(code, output).toBe(0);
  return output;
}

/** What three endpoints answer without a token, to Alice and to Bob, who lacks the permission. */
async function readStatuses(url: string, tokens: { readonly alice: string; readonly bob: string }) {
  const get = async (path: string, token?: string) => {
    const response = await fetch(`${url}/api/${path}`, token ? { headers: { authorization: `Bearer ${token}` } } : {});
    return response.status;
  };
  return {
    open: await get("public"),
    anonymous: await get("private"),
    alice: await get("private", tokens.alice),
    administrator: await get("admin", tokens.alice),
    bob: await get("admin", tokens.bob),
  };
}

const statuses = { open: 200, anonymous: 401, alice: 200, administrator: 200, bob: 403 };

const listening = /^The API listens at (http\S+)$/m;

async function whileItRuns(program: Program, look: (url: string) => Promise<void>): Promise<void> {
  try {
    const [, url = ""] = await program.find(listening);
    await look(url);
  } finally {
    await program.stop();
  }
}

describe("A project", () => {
  test.concurrent.each(combinations)(
    "of $framework with $runner compiles, passes its own tests, and answers 200, 401 and 403",
    { timeout: patience },
    async ({ framework, runner }) => {
      const folder = await createProject(
        `${framework}-${runner}`,
        "--yes",
        "--framework",
        framework,
        "--tests",
        runner,
      );
      await runScript(folder, "build");
      expect(await runScript(folder, "test")).toMatch(/(Tests {2}|# pass )\s*7/);
      const env = { PORT: "0", ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience };
      const [alice, bob] = await Promise.all([tenant.token({ as: "alice" }), tenant.token({ as: "bob" })]);
      await whileItRuns(
        startProgram(folder, toScript(folder, "start"), { ...env, ...commands(folder) }),
        async (url) => {
          expect(await readStatuses(url, { alice: alice.access_token, bob: bob.access_token })).toEqual(statuses);
        },
      );
    },
  );

  test.concurrent.each(frameworks)(
    "of $id starts with the local tenant by one command, which says what to try",
    { timeout: patience },
    async ({ id }) => {
      const name = `dev-${id}`;
      const folder = await createProject(name, "--yes", "--framework", id, "--tests", "node-test");
      const program = startProgram(folder, toScript(folder, "dev"), {
        ...{ PORT: "0", AUTH0_DOMAIN: "acme.eu.auth0.com" },
        ...commands(folder),
      });
      await whileItRuns(program, async (url) => {
        await program.find(/Stop both with Ctrl-C/);
        expect(program.output()).toContain(
          `curl -i ${url}/api/private -H "Authorization: Bearer $(npx gatewarden token --as alice)"`,
        );
        const command = join(workshop.folder, "node_modules/.bin/gatewarden");
        const getToken = async (as: string) => (await run(folder, command, ["token", "--as", as])).output.trim();
        const [alice, bob] = await Promise.all([getToken("alice"), getToken("bob")]);
        expect(await readStatuses(url, { alice, bob })).toEqual(statuses);
      });
    },
  );
});

describe("An existing project", () => {
  test("in TypeScript with Express is protected by the lines that init prints, and its new test passes", {
    timeout: patience,
  }, async () => {
    const { folder, lines } = await initialize("existing-express", {
      manifest: { type: "module", dependencies: { express: "5" }, devDependencies: { typescript: "7" } },
      flags: ["--provider", "okta", "--domain", "acme.okta.com", "--audience", "api://default"],
      files: { "src/old.ts": "export const old = 1;\n", "tsconfig.json": tsconfig },
    });
    const [start, end] = [
      'import express from "express";\nconst app = express();\n',
      `const server: any = app.listen(0, "127.0.0.1", () => { ${says("server")} });\n`,
    ];
    writeFileSync(join(folder, "src/server.ts"), `${lines.replace("const guard", `${start}const guard`)}\n${end}`);
    expect(await run(folder, "tsc", [], commands(folder))).toEqual({ code: 0, output: "" });
    expect(await runScript(folder, "test")).toMatch(/Tests {2}4 passed/);
    await expectAnswers(folder, "dist/src/server.js");
  });

  test("in CommonJS with Fastify is protected by the lines that init prints, and its new test passes", {
    timeout: patience,
  }, async () => {
    const { folder, lines } = await initialize("existing-fastify", {
      manifest: { scripts: { test: "node --test" }, dependencies: { fastify: "5" } },
      flags: [],
      files: {},
    });
    const start = 'const app = require("fastify")();\nasync function main() {\n';
    const end = `await app.listen({ port: 0 });\n${says("app.server")}\n}\nmain();\n`;
    writeFileSync(join(folder, "server.cjs"), `${start}${lines}\n${end}`);
    expect(await runScript(folder, "test")).toMatch(/# pass 4/);
    await expectAnswers(folder, "server.cjs");
  });
});

const tsconfig = readFileSync(new URL("../templates/common/tsconfig.json", import.meta.url), "utf8");
const says = (server: string) => `console.log("The API listens at http://127.0.0.1:" + ${server}.address().port);`;
const commands = (folder: string) => ({ PATH: `${join(folder, "../node_modules/.bin")}:${process.env["PATH"]}` });

interface Existing {
  readonly manifest: object;
  readonly flags: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

/** Writes a project, runs `gatewarden init` of the packed library in it, and returns the printed lines. */
async function initialize(name: string, { manifest, flags, files }: Existing) {
  const folder = join(workshop.folder, name);
  const all = { ...files, "package.json": JSON.stringify({ name, ...manifest }) };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { code, output } = await run(folder, "gatewarden", ["init", "--yes", "--write", ...flags], commands(folder));
  expect(code, output).toBe(0);
  const [, lines = ""] = /Add to your server.*:\n\n([\s\S]+)\n\nThen\n/.exec(output) ?? [];
  return { folder, lines: lines.replaceAll(/^ {2}/gm, "") };
}

async function expectAnswers(folder: string, file: string): Promise<void> {
  const env = { ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience };
  const [alice, bob] = await Promise.all([tenant.token({ as: "alice" }), tenant.token({ as: "bob" })]);
  await whileItRuns(startProgram(folder, [process.execPath, [file]], env), async (url) => {
    const { open: _none, ...others } = statuses;
    expect(await readStatuses(url, { alice: alice.access_token, bob: bob.access_token })).toMatchObject(others);
  });
}
