// What a terminal would act on never reaches it raw: from the command line, a configuration, or
// whatever answers as the tenant (CWE-150).
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { main } from "../../src/cli.js";
import { createSession, run } from "../support/cli-session.js";
import { makeDirectory } from "../support/tenants.js";

const hostile = "a\u001b[2J\u0007\u009b1m\u202e\u2066\u2028\u200f\r\u061cb";
const forbidden = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

function expectHarmless({ out, err }: { readonly out: string; readonly err: string }): void {
  expect(`${out}${err}`).not.toBe("");
  expect(`${out}${err}`.replaceAll("\n", "")).not.toMatch(forbidden);
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Something else than a tenant. */
async function serve(status: number, body: unknown): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(JSON.stringify(body)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test.each([
  ["a command", [hostile]],
  ["an option", ["token", `--${hostile}`]],
  ["an argument", ["token", hostile]],
  ["a number", ["dev", "--port", hostile]],
  ["an issuer", ["token", "--issuer", hostile]],
  ["a fault", ["faults", `${hostile}:a=${hostile}`]],
  ["a claim", ["token", "--claim", hostile]],
  ["a host", ["dev", "--port", "0", "--host", hostile]],
  ["a file", ["dev", "--port", "0", "--config", hostile.replaceAll("\u0000", "")]],
])("%s that is wrong is named without what a terminal would act on", async (_what, args) => {
  expectHarmless(await run(args));
});

test("what a server answers to the commands is printed without it", async () => {
  const refusing = await serve(400, { error_description: `${hostile}\nStart one with: rm -rf /` });
  const { code, out, err } = await run(["token", "--issuer", refusing]);
  expect(code).toBe(1);
  expectHarmless({ out, err });
  // Its lines cannot pass for the command's own.
  expect(err.trimEnd()).not.toContain("\n");
  const listing = await serve(200, { on: [{ name: `${hostile}\nx`, [hostile]: hostile, list: [hostile] }] });
  expectHarmless(await run(["faults", "--issuer", listing]));
});

test.each([hostile, "a b", "a\n$(id)", "", "\u00e9"])("%j is not printed as a token", async (access_token) => {
  const seen = await run(["token", "--issuer", await serve(200, { access_token, expires_in: 60 })]);
  expect([seen.code, seen.out]).toEqual([1, ""]);
});

test("a token is printed as it is: the nearest valid neighbour", async () => {
  const seen = await run(["token", "--issuer", await serve(200, { access_token: "a-._~+/=b", expires_in: 60 })]);
  expect(seen).toEqual({ code: 0, out: "a-._~+/=b\n", err: "" });
});

test("a configuration with such names is described without it", async () => {
  const cwd = await makeDirectory();
  const config = { apis: [{ audience: hostile }], personas: { alice: { name: hostile, organization: hostile } } };
  await writeFile(join(cwd, "gatewarden.dev.json"), JSON.stringify(config));
  const session = await createSession(cwd);
  const exit = main(["dev", "--port", "0"], session.io);
  await vi.waitFor(() => expect(session.out()).toContain("Stop with Ctrl-C."), 10_000);
  session.stop();
  expect(await exit).toBe(0);
  expectHarmless({ out: session.out(), err: session.err() });
  await writeFile(join(cwd, "gatewarden.dev.json"), JSON.stringify({ [hostile]: 1, apis: hostile }));
  expectHarmless(await run(["dev", "--port", "0"], cwd));
  await writeFile(join(cwd, "gatewarden.dev.json"), `{${hostile}`);
  expectHarmless(await run(["dev", "--port", "0"], cwd));
});
