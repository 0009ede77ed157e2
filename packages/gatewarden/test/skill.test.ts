// The page for coding agents, skills/gatewarden/SKILL.md: every snippet of it is run, against a real
// provider.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuthError } from "../src/index.js";

const page = readFileSync(new URL("../../../skills/gatewarden/SKILL.md", import.meta.url), "utf8");
const names = ["quick-start", "express", "hono", "combine", "claims", "cors", "testing"] as const;
type Name = (typeof names)[number];

const snippets = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
// Within the package, so that imports resolve as they do for an application.
const folder = mkdtempSync(fileURLToPath(new URL("../.skill-check-", import.meta.url)));
const children: ChildProcess[] = [];
let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
  for (const [index, code] of snippets.entries()) {
    writeFileSync(toPath(names[index] ?? "unnamed"), transformSync(code, { loader: "ts", format: "esm" }).code);
  }
});
afterAll(async () => {
  for (const child of children) child.kill();
  await tenant.close();
  rmSync(folder, { recursive: true });
});

function toPath(name: string): string {
  return join(folder, `${name}.mjs`);
}

function environment(): Record<string, string> {
  return { ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience };
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const inherited = { PATH: process.env["PATH"] ?? "" };
  const child = spawn(process.execPath, args, { env: { ...inherited, ...environment(), ...env }, stdio: "pipe" });
  children.push(child);
  return child;
}

async function pickPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Runs the snippet as a server, until the tests end. Resolves with its origin when it answers. */
async function serve(name: Name): Promise<string> {
  const origin = `http://127.0.0.1:${await pickPort()}`;
  const child = start([toPath(name)], { PORT: new URL(origin).port });
  let complaint = "";
  child.stderr?.on("data", (data) => {
    complaint += data;
  });
  while (child.exitCode === null) {
    if (await fetch(origin).catch(() => undefined)) return origin;
    await delay(50);
  }
  throw new Error(`${name} has ended: ${complaint}`);
}

async function bearer(person: string): Promise<Record<string, string>> {
  return { authorization: `Bearer ${(await tenant.token({ as: person })).access_token}` };
}

test("The page has one snippet per name here", () => {
  expect(snippets).toHaveLength(names.length);
});

test("The page begins with front matter that a YAML parser reads", () => {
  // A folded text is indented. Without the indentation no agent finds the page.
  expect(page).toMatch(/^---\nname: gatewarden\ndescription: >-\n(?: {2}\S.*\n)+---\n/);
});

test("The page says how to run what it shows", () => {
  expect(page).toContain("npx tsx --env-file=.env app.mts");
  expect(page).toContain("TOKEN=$(npx gatewarden token --as alice)");
});

test("The page fits on one page: fewer than 260 lines", () => {
  expect(page.split("\n").length).toBeLessThan(260);
});

describe.each(["quick-start", "express", "hono"] as const)("The snippet %s", (name) => {
  test("answers 200, 401 and 403 as the page says", async () => {
    const origin = await serve(name);
    const statusOf = async (path: string, person?: string) =>
      (await fetch(origin + path, { headers: person === undefined ? {} : await bearer(person) })).status;
    expect(await statusOf("/api/public")).toBe(200);
    expect(await statusOf("/api/private")).toBe(401);
    expect(await statusOf("/api/private", "bob")).toBe(200);
    expect(await statusOf("/api/admin", "bob")).toBe(403);
    expect(await statusOf("/api/admin", "alice")).toBe(200);
    const mine = await fetch(`${origin}/api/private`, { headers: await bearer("alice") });
    expect(await mine.json()).toEqual({ user_id: "auth0|alice" });
  });
});

test("The snippet of requirements admits an editor, and names what others lack", async () => {
  const module = pathToFileURL(toPath("combine")).href;
  const script = `
    const { edit } = await import(${JSON.stringify(module)});
    const reasonOf = (token) => edit({ authorization: "Bearer " + token }).then(() => "in", ({ reason }) => reason);
    console.log(JSON.stringify([await reasonOf(process.env.MAY), await reasonOf(process.env.MAY_NOT)]));`;
  const issue = async (permissions: readonly string[]) => (await tenant.token({ as: "bob", permissions })).access_token;
  const tokens = { MAY: await issue(["read:posts", "edit:posts"]), MAY_NOT: await issue(["edit:posts"]) };
  const child = start(["--input-type=module", "--eval", script], tokens);
  const chunks: string[] = [];
  child.stdout?.on("data", (data) => chunks.push(String(data)));
  await once(child, "close");
  expect(JSON.parse(chunks.join(""))).toEqual(["in", "requirement_not_met"]);
});

test("The snippet of claims gives them to handlers", async () => {
  const origin = await serve("claims");
  const answer = await fetch(`${origin}/api/plan`, { headers: await bearer("alice") });
  expect(await answer.json()).toEqual({ plan: "pro" });
});

test("The snippet of CORS answers preflights, and lets pages read the challenge", async () => {
  const origin = await serve("cors");
  const from = { origin: "https://app.acme.com" };
  const asked = { "access-control-request-method": "GET", "access-control-request-headers": "authorization" };
  const preflight = await fetch(`${origin}/api/private`, { method: "OPTIONS", headers: { ...from, ...asked } });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe(from.origin);
  const refused = await fetch(`${origin}/api/private`, { headers: from });
  expect(refused.status).toBe(401);
  expect(refused.headers.get("access-control-expose-headers")).toContain("WWW-Authenticate");
});

test("The snippet of a test passes", async () => {
  const child = start(["--test", toPath("testing")]);
  const chunks: string[] = [];
  child.stdout?.on("data", (data) => chunks.push(String(data)));
  const [code] = await once(child, "close");
  expect({ code, output: chunks.join("") }).toEqual({ code: 0, output: expect.stringMatching(/pass 2\b/) });
});

test("The reasons that the page names exist", () => {
  const reasons = [...page.matchAll(/40[13] `([a-z_]+)`(?:, `([a-z_]+)`)?/g)].flatMap(([, ...found]) => found);
  for (const reason of reasons.filter((one) => one !== undefined)) {
    expect(() => new AuthError(reason as AuthError["reason"]).status).not.toThrow();
  }
  expect(reasons.length).toBeGreaterThan(4);
});
