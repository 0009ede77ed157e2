// An API whose issuer is a local tenant, tried with real tokens of it: a good API, APIs that are wrong in one way, and the recipe in Python.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { pickPort } from "../../../../../../scripts/lib/ports.mjs";
import { protect } from "../../../../src/adapters/node.js";
import type { DoctorCode } from "../../../../src/cli/doctor/catalogue/catalogue.js";
import { createGuard, type GuardOptions, permission } from "../../../../src/index.js";
import { type Listening, listen } from "../../../support/listen.js";
import { examine, run, surround } from "../_examine.js";

let tenant: Tenant;
const servers: Listening[] = [];
beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
});
afterEach(async () => {
  await tenant.faults.clear();
  for (const server of servers.splice(0)) await server.close();
});
afterAll(() => tenant.close());

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function start(handler: Handler): Promise<string> {
  const server = await listen(handler);
  servers.push(server);
  return `${server.origin}/api`;
}

const configure = () => ({ ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience });
const inspect = async (url: string) => examine({ env: configure(), args: ["--url", url] });

function guarded(options: Partial<GuardOptions> = {}): Handler {
  const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience, env: {}, ...options });
  return protect(guard, permission("read:admin"), (_request, response) => void response.end("{}"));
}

/** A good API by another library, with one thing done differently. */
function byHand(verify: (token: string) => Promise<unknown>): Handler {
  return async (request, response) => {
    const challenge = (status: number, error = "") => {
      response
        .writeHead(status, { "content-type": "application/json", "www-authenticate": `Bearer${error}` })
        .end("{}");
    };
    const sent = request.headersDistinct["authorization"] ?? [];
    if (sent.length === 0) return challenge(401);
    if (sent.length > 1) return challenge(400, ' error="invalid_request"');
    const isGood = await verify(sent[0]?.slice("Bearer ".length) ?? "").then(
      () => true,
      (error) => error,
    );
    if (isGood instanceof RangeError) return void response.writeHead(500).end();
    return isGood === true ? void response.end("{}") : challenge(401, ' error="invalid_token"');
  };
}

const remote = () => createRemoteJWKSet(new URL(".well-known/jwks.json", tenant.issuer), { cooldownDuration: 0 });
const terms = () => ({ issuer: tenant.issuer, audience: tenant.audience });

describe("A good API", () => {
  test("is right about a good token, a new key and every fault, and each row says so", async () => {
    const url = await start(guarded());
    const { findings, checks } = await inspect(url);
    expect(findings.map(({ code }) => code)).toEqual(["api_http_loopback"]);
    const check = checks.find(({ title }) => title === "API: tokens of the local tenant") as {
      rows?: readonly string[];
    };
    const faults = tenant.faults.active;
    expect(faults).toEqual([]);
    expect(check.rows?.[0]).toMatch(/^a good token +200, must be accepted$/);
    expect(check.rows?.[1]).toMatch(/^a token signed with a new key +200, must be accepted$/);
    expect(check.rows).toContainEqual(expect.stringMatching(/^the fault encrypted +401, must be 401$/));
    expect(check.rows).toContainEqual(
      expect.stringMatching(/^the fault missing-permissions +403, must be 403, or accepted$/),
    );
  });

  test("by another library is right as well: the nearest valid neighbour", async () => {
    const keys = remote();
    const { codes } = await inspect(await start(byHand((token) => jwtVerify(token, keys, terms()))));
    expect(codes).toEqual([]);
  });

  test("is not tried while a fault is on, which is said instead", async () => {
    await tenant.faults.set("expired");
    const { codes } = await inspect(await start(guarded()));
    expect(codes).toEqual(["tenant_fault_on"]);
  });
});

describe("An API that", () => {
  test.each<[string, DoctorCode, string, () => Handler]>([
    ["expects another audience", "api_refuses_good", "401", () => guarded({ audience: "https://other.example" })],
    [
      "keeps the first keys for ever",
      "api_locked_out",
      "every user is locked out",
      () => {
        let first: unknown;
        const load = async () => {
          first ??= await (await fetch(new URL(".well-known/jwks.json", tenant.issuer))).json();
          const { createLocalJWKSet } = await import("jose");
          return createLocalJWKSet(first as { keys: [] });
        };
        return byHand(async (token) => jwtVerify(token, await load(), terms()));
      },
    ],
    [
      "does not look at the audience",
      "api_accepts_fault",
      "wrong-audience",
      () => {
        const keys = remote();
        return byHand((token) => jwtVerify(token, keys, { issuer: tenant.issuer }));
      },
    ],
    [
      "breaks on an encrypted token",
      "api_fault_status",
      "500 where 401 belongs",
      () => {
        const keys = remote();
        return byHand(async (token) => {
          if (token.split(".").length === 5 && decodeProtectedHeader(token)) throw new RangeError("five parts");
          return jwtVerify(token, keys, terms());
        });
      },
    ],
  ])("%s is found out", async (_name, code, words, create) => {
    const { findings, exitCode } = await inspect(await start(create()));
    const found = findings.find((finding) => finding.code === code);
    expect(found?.message, JSON.stringify(findings)).toContain(words);
    expect(exitCode).toBe(1);
  });

  test("never says why is told so once", async () => {
    const { findings } = await inspect(await start((_request, response) => void response.writeHead(401).end()));
    expect(findings.filter(({ code }) => code === "api_fault_challenge")).toHaveLength(1);
  });
});

const modules = "fastapi, jose, requests, uvicorn";
const python = ["python3", "/usr/bin/python3"].find(
  (path) => spawnSync(path, ["-c", `import ${modules}`], { stdio: "ignore" }).status === 0,
);
const isSkipped = python === undefined && process.env["CI"] !== "true";

describe.skipIf(isSkipped)(`The recipe in Python${isSkipped ? ` (skipped: no python3 has ${modules})` : ""}`, () => {
  test("shows what is wrong with it: 403 without a token, 500 to an encrypted one, locked out, no challenge", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gatewarden-recipe-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const guide = readFileSync(new URL("../../../../../../docs/migrating/fastapi.md", import.meta.url), "utf8");
    const [, code = ""] = /^```python\n(.*?)^```$/ms.exec(guide) ?? [];
    // The recipe asks its issuer over https; the tenant of this test has no certificate.
    writeFileSync(join(folder, "recipe.py"), code.replaceAll("https://{domain}", "http://{domain}"));
    const port = await pickPort(0, "127.0.0.1");
    const env = { ...process.env, AUTH0_DOMAIN: new URL(tenant.issuer).host, AUTH0_AUDIENCE: tenant.audience };
    const args = ["-m", "uvicorn", "recipe:app", "--port", String(port)];
    const child = spawn(python ?? "python3", args, { cwd: folder, env, stdio: "ignore" });
    onTestFinished(() => void child.kill());
    const origin = `http://127.0.0.1:${port}`;
    while (!(await fetch(`${origin}/api/public`).catch(() => undefined))) {
      expect(child.exitCode).toBe(null);
      await delay(50);
    }
    const { out } = await run(["--url", `${origin}/api/admin`], surround({ env: configure() }));
    expect(out).toContain("status 403 to a request without a token, where 401 belongs");
    expect(out).toContain("The refusal of");
    expect(out).toContain("has no WWW-Authenticate header");
    expect(out).toContain("every user is locked out");
    expect(out).toMatch(/the fault encrypted +500, must be 401/);
    expect(out).toContain("api_fault_challenge");
  });
});
