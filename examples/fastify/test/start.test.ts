// `npm start`, as a process: the show, the ports that are taken, and that nothing is left behind.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { show } from "../../../scripts/lib/show.mjs";
import { type Child, runPrintedCommands, startNode, take } from "./support/child.js";
import { startExample } from "./support/example.js";

const script = fileURLToPath(new URL("../../../scripts/start.mjs", import.meta.url));
const cwd = fileURLToPath(new URL("../../../", import.meta.url));

/** Set but empty: counts as not set, and a developer's own `.env` cannot change it. */
const noIssuer = { AUTH0_DOMAIN: "", ISSUER_BASE_URL: "", AUTH0_AUDIENCE: "", AUDIENCE: "", PORT: "", HOST: "" };

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  const child = startNode([script, ...args], { cwd, env: { ...noIssuer, ...env } });
  onTestFinished(() => void child.process.kill("SIGTERM"));
  return child;
}

const spaces = / {2,}/;

function readRows(output: string): readonly (readonly string[])[] {
  const lines = output.split("\n").map((line) => line.trim());
  return lines.filter((line) => line.startsWith("GET /api/")).map((line) => line.split(spaces).slice(0, 4));
}

test("--once shows the five requests and exits 0, also when the usual ports are taken", async () => {
  await take(3000);
  await take(4400);
  const child = start(["--once"]);
  expect(await child.exit, child.stderr()).toBe(0);
  expect(readRows(child.stdout())).toEqual([
    ["GET /api/public", "no token", "200", "-"],
    ["GET /api/private", "no token", "401", "credentials_missing"],
    ["GET /api/private", "alice", "200", "-"],
    ["GET /api/admin", "bob", "403", "permission_missing"],
    ["GET /api/admin", "alice", "200", "-"],
  ]);
  expect(child.stdout()).toContain('scope="read:admin"');
  expect(child.stdout()).toMatch(/Port 3000 is taken; the API uses \d+ instead/);
  expect(child.stdout()).toMatch(/Port 4400 is taken; the tenant uses \d+ instead/);
}, 180_000);

test("--once speaks plain http, whatever TLS the environment names for the API, and says so", async () => {
  const child = start(["--once"], { PORT: "0", TLS_CERT_FILE: "cert.pem", MTLS: "connection" });
  expect(await child.exit, child.stderr()).toBe(0);
  expect(child.stdout()).toContain("Plain http here; TLS_CERT_FILE, MTLS left aside.");
}, 180_000);

test("--once with an issuer of the environment starts no tenant and shows what needs no token", async () => {
  const example = await startExample();
  onTestFinished(() => example.close());
  const { issuer, audience } = example.tenant;
  const names = { AUTH0_DOMAIN: issuer, ISSUER_BASE_URL: issuer, AUTH0_AUDIENCE: audience, AUDIENCE: audience };
  const child = start(["--once"], { ...names, PORT: "0" });
  expect(await child.exit, child.stderr()).toBe(0);
  expect(readRows(child.stdout()).map(([, , status]) => status)).toEqual(["200", "401"]);
  expect(child.stdout()).toContain(issuer);
}, 180_000);

test("says what is wrong with the configuration, without a stack, and exits 1", async () => {
  const child = start(["--once"], { PORT: "abc" });
  expect(await child.exit).toBe(1);
  expect(child.stderr()).toContain('PORT is "abc"');
  expect(child.stderr()).not.toMatch(/^\s+at /m);
}, 180_000);

test("serves until SIGTERM; its commands work as printed, and nothing keeps serving afterwards", async () => {
  await take(4400);
  const child = start([], { PORT: "0" });
  const output = await vi.waitFor(() => expectMatch(child.stdout(), /Serving until Ctrl-C/), 60_000);
  expect(await runPrintedCommands(output, cwd)).toEqual([200, 403, 200]);

  const addresses = [...output.matchAll(/^ {2}(?:API|Issuer) +(\S+)/gm)].map(([, address = ""]) => address);
  expect(addresses).toHaveLength(2);
  child.process.kill("SIGTERM");
  expect(await child.exit).toBe(0);
  for (const address of addresses) await expect(fetch(address)).rejects.toThrow();
}, 180_000);

function expectMatch(text: string, pattern: RegExp): string {
  expect(text).toMatch(pattern);
  return text;
}

test("an answer that is not as it must be fails the show", async () => {
  const server = createServer((_request, response) => response.end("{}")).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const print = vi.spyOn(console, "log").mockImplementation(() => {});
  onTestFinished(() => print.mockRestore());
  const url = `http://127.0.0.1:${port}`;
  expect(await show(url, [{ operation: "private", who: "no token", expected: 401 }])).toBe(false);
  expect(print).toHaveBeenCalledWith(expect.stringContaining("200, not 401"));
});
