// `npm start` prints nothing that a terminal would act on, whatever the environment or an API says
// (CWE-150).
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { show } from "../../../scripts/lib/show.mjs";
import { startNode } from "./support/child.js";

const cwd = fileURLToPath(new URL("../../../", import.meta.url));
const script = fileURLToPath(new URL("../../../scripts/start.mjs", import.meta.url));
const hostile = "a\u001b[2J\u0007\u202e\u2066\u2028\u200f\u061cb";
const forbidden = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

function expectHarmless(text: string): void {
  expect(text).not.toBe("");
  expect(text.replaceAll("\n", "")).not.toMatch(forbidden);
}

test.each(["ISSUER_BASE_URL", "AUTH0_DOMAIN", "AUTH0_AUDIENCE", "HOST", "PORT"])(
  "from %s of the environment",
  async (name) => {
    const usual = { AUTH0_DOMAIN: "", ISSUER_BASE_URL: "https://issuer.invalid/", AUTH0_AUDIENCE: "", AUDIENCE: "a" };
    const env = { ...usual, HOST: "", PORT: "0", [name]: hostile };
    const child = startNode([script, "--once"], { cwd, env });
    onTestFinished(() => void child.process.kill("SIGTERM"));
    expect(await child.exit).toBe(1);
    expectHarmless(child.stdout() + child.stderr());
  },
  60_000,
);

test.each([JSON.stringify({ code: hostile }), '{"code":{"toString":1}}', "null", "[]", hostile])(
  "from an API that answers %j",
  async (body) => {
    const server = createServer((_request, response) => {
      response.writeHead(401, { "www-authenticate": 'Bearer realm="\u0080\u009b1m\u00ad"' }).end(body);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const print = vi.spyOn(console, "log").mockImplementation(() => {});
    onTestFinished(() => print.mockRestore());
    const { port } = server.address() as AddressInfo;
    await show(`http://127.0.0.1:${port}`, [{ operation: "private", who: "no token", expected: 401 }]);
    expectHarmless(print.mock.calls.flat().join("\n"));
  },
);
