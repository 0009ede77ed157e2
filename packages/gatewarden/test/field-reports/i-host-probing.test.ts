// Hosts that throw where they are asked what they offer. The library loads there, and decides as
// everywhere else.
// Next.js' edge runtime: https://github.com/vercel/next.js/issues/98226 and
// https://github.com/vercel/next.js/blob/v16.0.0/packages/next/src/server/web/sandbox/context.ts
// Deno without --allow-env:
// https://docs.deno.com/runtime/fundamentals/security/#environment-variables
// Next.js itself, built and started, is asked in `matrix/next`.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { protect as protectTools } from "../../src/adapters/mcp.js";
import { protect } from "../../src/adapters/node.js";
import { createGuard, permission } from "../../src/index.js";
import { isProduction, warn } from "../../src/platform/runtime.js";
import { forge } from "../support/forge.js";
import { audience, claims, ec, issuer, jwks, stranger } from "../support/keys.js";
import { listen } from "../support/listen.js";

const run = promisify(execFile);
const now = Math.floor(Date.now() / 1000);
const times = { iat: now - 60, exp: now + 86_400 };
const sign = (key: typeof ec) => forge({ header: { alg: "ES256", kid: "ec" }, payload: claims(times), key });
const question = { options: { issuer, audience, keys: { jwks } }, good: sign(ec), bad: sign(stranger) };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gatewarden-host-"));
  const entryPoints = [join(import.meta.dirname, "../../src/index.ts")];
  const format = { format: "esm", platform: "neutral", target: "es2023" } as const;
  await build({
    entryPoints,
    bundle: true,
    splitting: true,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    ...format,
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function ask(host: string) {
  const file = join(import.meta.dirname, "_host.mjs");
  const { stdout } = await run(process.execPath, [file, host, join(folder, "index.mjs"), JSON.stringify(question)], {
    env: { PATH: process.env["PATH"] ?? "" },
  });
  return JSON.parse(stdout);
}

const decided = { loads: true, verdicts: ["accepted", "signature_invalid"], heard: ["accepted", "refused"] };

describe("a host that", () => {
  test.each([
    ["is Node.js itself", "AUTH0_DOMAIN"],
    ["throws when navigator is read", "AUTH0_DOMAIN"],
    ["has a navigator that throws whatever is read", "AUTH0_DOMAIN"],
    ["throws when setImmediate is read", "AUTH0_DOMAIN"],
    ["has a setImmediate that throws", "AUTH0_DOMAIN"],
    ["is Next.js' edge runtime", "env"],
    ["has no process", "env"],
    ["throws when process is read", "env"],
    ["has a process that throws whatever is read", "env"],
    ["throws when process.getBuiltinModule is read", "env"],
    ["gives modules without content", "env"],
    ["gives modules that throw whatever is read", "env"],
    ["throws when process.env is read", "env"],
    ["cannot print warnings", "env"],
  ])("%s: tokens are decided, and a missing issuer is named", async (host, option) => {
    expect(await ask(host)).toEqual({ ...decided, unset: `ConfigError: ${option}`, explain: "none" });
  });

  test("lets no variable be read: the variable is named, and `explain` stays off", async () => {
    const unread = { unset: "ConfigError: AUTH0_DOMAIN", explain: "ConfigError: NODE_ENV" };
    expect(await ask("lets no variable be read")).toEqual({ ...decided, ...unread });
  });
});

/** Every server runtime has one: https://min-common-api.proposal.wintertc.org/#index-properties-and-methods-on-global-scope */
test.each(["has no performance", "throws when performance is read"])(
  "a host that %s: the library loads",
  async (host) => {
    expect(await ask(host)).toMatchObject({ loads: true });
  },
);

describe("an environment", () => {
  test("that cannot be read may be production", () => {
    const env = new Proxy(
      {},
      {
        get: () => {
          throw new Error("Requires env access");
        },
      },
    );
    expect(isProduction(env)).toBe(true);
  });

  test("that says nothing is not production, and one that says so is", () => {
    expect(isProduction({})).toBe(false);
    expect(isProduction({ NODE_ENV: "production" })).toBe(true);
  });
});

test("a warning is printed where the host can print one", async () => {
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  warn("GATEWARDEN_TEST", "only a test");
  expect(await warned).toMatchObject({ name: "GatewardenWarning", code: "GATEWARDEN_TEST", message: "only a test" });
});

describe("Where a warning cannot be given, a failure is answered all the same", () => {
  afterEach(() => vi.restoreAllMocks());
  const guard = createGuard({ ...question.options, env: {} });
  const headers = { authorization: `Bearer ${question.good}`, "content-type": "application/json" };
  const silence = () =>
    vi.spyOn(process, "emitWarning").mockImplementation(() => {
      throw new Error("no warnings here");
    });

  async function ask(listener: RequestListener) {
    const server = await listen(listener);
    try {
      return (await fetch(server.origin, { method: "POST", headers, body: "{}" })).status;
    } finally {
      await server.close();
    }
  }

  test("what follows protect fails: 500", async () => {
    const warned = silence();
    const listener = protect(guard, () => {
      throw new Error("handler");
    });
    expect(await ask(listener)).toBe(500);
    expect(warned).toHaveBeenCalledTimes(1);
  });

  test("an MCP request that nothing has parsed: 400", async () => {
    silence();
    const check = protectTools(guard, { tools: { delete: permission("delete") } });
    const listener: RequestListener = (request, response) => void check(request as never, response as never, () => {});
    expect(await ask(listener)).toBe(400);
  });

  test("and where one can be given, the request that works is not affected", async () => {
    expect(await ask(protect(guard, (_request, response) => void response.end()))).toBe(200);
  });
});
