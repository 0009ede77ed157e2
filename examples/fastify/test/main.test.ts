// The built example as a process of its own: `.env`, bad configuration, signals.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { builtMain, type Child, startNode, waitForAddress } from "./support/child.js";

let tenant: Tenant;
let cwd: string;

beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
});

afterAll(() => tenant.close());

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "gatewarden-example-"));
  return () => rm(cwd, { recursive: true });
});

function startMain(env: Readonly<Record<string, string>> = {}): Child {
  const child = startNode([builtMain], { cwd, env });
  onTestFinished(() => void child.process.kill("SIGKILL"));
  return child;
}

const trust = () => ({ ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience, PORT: "0" });

describe(".env", () => {
  test("is loaded before anything reads the environment", async () => {
    const text = Object.entries(trust()).map(([name, value]) => `${name}=${value}`);
    await writeFile(join(cwd, ".env"), text.join("\n"));
    const url = await waitForAddress(startMain());
    const { access_token } = await tenant.token({ as: "alice" });
    const response = await fetch(`${url}/api/private`, { headers: { authorization: `Bearer ${access_token}` } });
    expect(response.status).toBe(200);
  });

  test("gives way to what the environment already holds", async () => {
    await writeFile(join(cwd, ".env"), "PORT=abc\nAUDIENCE=https://wrong.example\n");
    const url = await waitForAddress(startMain(trust()));
    const { access_token } = await tenant.token({ as: "alice" });
    const response = await fetch(`${url}/api/private`, { headers: { authorization: `Bearer ${access_token}` } });
    expect(response.status).toBe(200);
  });
});

describe("bad configuration", () => {
  const right = { ISSUER_BASE_URL: "https://issuer.example/", AUDIENCE: "https://api.example" };

  test.each([
    ["no issuer", { AUDIENCE: "https://api.example" }, "AUTH0_DOMAIN is not set"],
    ["no audience", { AUTH0_DOMAIN: "acme.eu.auth0.com" }, "AUTH0_AUDIENCE is not set"],
    ["an empty issuer", { ...right, ISSUER_BASE_URL: "" }, "ISSUER_BASE_URL is set but empty"],
    ["a placeholder", { AUTH0_DOMAIN: "your-tenant.auth0.com", AUTH0_AUDIENCE: "x" }, 'AUTH0_DOMAIN is "your-tenant'],
    ["a port that is none", { ...right, PORT: "abc" }, 'PORT is "abc"'],
    ["a wildcard origin", { ...right, CORS_ORIGINS: "*" }, 'CORS_ORIGINS holds "*"'],
    ["a foreign host", { ...right, HOST: "192.0.2.1", PORT: "0" }, 'HOST is "192.0.2.1"'],
  ])("%s: one message that says what to change, and exit code 1", async (_what, env, message) => {
    const child = startMain(env);
    expect(await child.exit).toBe(1);
    expect(child.stderr()).toMatch(/^[^\n]+ For example: [^\n]+\n$/);
    expect(child.stderr()).toContain(message);
  });

  test("a port that is taken is named", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => blocker.once("listening", resolve));
    onTestFinished(() => void blocker.close());
    const { port } = blocker.address() as AddressInfo;
    const child = startMain({ ...right, PORT: String(port) });
    expect(await child.exit).toBe(1);
    expect(child.stderr()).toContain(`PORT is ${port}, which is taken on 127.0.0.1`);
  });
});

test("starts while the issuer is down", async () => {
  const child = startMain({ ISSUER_BASE_URL: "http://127.0.0.1:1/", AUDIENCE: "https://api.example", PORT: "0" });
  const url = await waitForAddress(child);
  expect((await fetch(`${url}/api/public`)).status).toBe(200);
  expect((await fetch(`${url}/docs/json`)).status).toBe(200);
});

test.each(["SIGTERM", "SIGINT"] as const)("%s closes it gracefully, with exit code 0", async (signal) => {
  const child = startMain(trust());
  const url = await waitForAddress(child);
  // The client keeps its connection open; that must not hold up the end.
  await (await fetch(`${url}/api/public`)).text();
  child.process.kill(signal);
  expect(await child.exit).toBe(0);
  expect(child.stdout()).toContain('"msg":"closing"');
});
