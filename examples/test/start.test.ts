// `npm start -- --example <name>`, as a process: the show in each protocol, and that nothing is left behind.
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { examples } from "../../scripts/lib/examples/list.mjs";
import { type Child, runPrintedCommands, startNode, take } from "../fastify/test/support/child.js";

const cwd = join(import.meta.dirname, "../..");
const script = join(cwd, "scripts/start.mjs");

/** Set but empty: counts as not set, and a developer's own `.env` cannot change it. */
const noIssuer = { AUTH0_DOMAIN: "", ISSUER_BASE_URL: "", AUTH0_AUDIENCE: "", AUDIENCE: "", PORT: "0", HOST: "" };

function start(...args: readonly string[]): Child {
  const child = startNode([script, ...args], { cwd, env: noIssuer });
  onTestFinished(() => void child.process.kill("SIGTERM"));
  return child;
}

const spaces = / {2,}/;

/** Who asked, status and reason of each line of the table. */
function readRows(output: string): readonly (readonly string[])[] {
  const lines = output.split("\n").map((line) => line.trim().split(spaces));
  return lines.filter(([, who = ""]) => ["no token", "alice", "bob"].includes(who)).map((cells) => cells.slice(0, 4));
}

test("--example hono --once shows the five requests of that example and exits 0", async () => {
  const child = start("--example", "hono", "--once");
  expect(await child.exit, child.stderr()).toBe(0);
  expect(child.stdout()).toContain("Starting examples/hono");
  expect(readRows(child.stdout())).toEqual([
    ["GET /api/public", "no token", "200", "-"],
    ["GET /api/private", "no token", "401", "credentials_missing"],
    ["GET /api/private", "alice", "200", "-"],
    ["GET /api/admin", "bob", "403", "permission_missing"],
    ["GET /api/admin", "alice", "200", "-"],
  ]);
});

test.each([
  ["graphql-yoga", "{ admin }", "403", "permission_missing", "200"],
  ["mcp", "tools/call read_admin", "403", "requirement_not_met", "200"],
  ["ws", "ws /api/admin", "403", "permission_missing", "accepted"],
  ["socket.io", "io /api/admin", "refused", "permission_missing", "accepted"],
])("--example %s asks in its own protocol", async (name, request, refused, reason, accepted) => {
  const child = start("--once", "--example", name);
  expect(await child.exit, child.stderr()).toBe(0);
  expect(readRows(child.stdout()).slice(3)).toEqual([
    [request, "bob", refused, reason],
    [request, "alice", accepted, "-"],
  ]);
});

test("an unknown name fails with all names, a page with how to run it, and a flag without a name with the usage", async () => {
  const unknown = start("--example", "hapi\u001b[2J");
  expect(await unknown.exit).toBe(1);
  expect(unknown.stderr()).toContain("There is no example hapi\\u001b[2J.");
  expect(unknown.stderr()).toContain(examples.map(({ name }) => name).join(", "));
  const page = start("--example", "spa");
  expect(await page.exit).toBe(1);
  expect(page.stderr()).toContain("examples/spa is a page for a browser, not an API");
  const bare = start("--example");
  expect(await bare.exit).toBe(1);
  expect(bare.stderr()).toContain("npm start -- --once --example hono");
});

test("serves until SIGTERM; its commands work as printed, and nothing keeps serving afterwards", async () => {
  await take(4400);
  const child = start("--example", "koa");
  const output = await vi.waitFor(() => {
    expect(child.stdout()).toContain("Serving until Ctrl-C");
    return child.stdout();
  }, 60_000);
  expect(await runPrintedCommands(output, cwd)).toEqual([200, 403, 200]);
  const addresses = [...output.matchAll(/^ {2}(?:API|Issuer) +(\S+)/gm)].map(([, address = ""]) => address);
  expect(addresses).toHaveLength(2);
  child.process.kill("SIGTERM");
  expect(await child.exit).toBe(0);
  for (const address of addresses) await expect(fetch(address)).rejects.toThrow();
});
