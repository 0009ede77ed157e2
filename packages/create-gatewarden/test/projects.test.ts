// Each framework with each test runner, as a stranger has it: created by the packed command beside
// the packed library, compiled, tested and started with the local tenant.
import { join } from "node:path";
import process from "node:process";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frameworks, testRunners } from "../src/frameworks.js";
import { createWorkshop, npm, type Program, run, startScript, type Workshop } from "./support/workshop.js";

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

async function runScript(folder: string, script: string): Promise<string> {
  const { code, output } = await run(folder, ...npm("run", script));
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
      await whileItRuns(startScript(folder, "start", env), async (url) => {
        expect(await readStatuses(url, { alice: alice.access_token, bob: bob.access_token })).toEqual(statuses);
      });
    },
  );

  test.concurrent.each(frameworks)(
    "of $id starts with the local tenant by one command, which says what to try",
    { timeout: patience },
    async ({ id }) => {
      const name = `dev-${id}`;
      const folder = await createProject(name, "--yes", "--framework", id, "--tests", "node-test");
      const program = startScript(folder, "dev", { PORT: "0", AUTH0_DOMAIN: "acme.eu.auth0.com" });
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
