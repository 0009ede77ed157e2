// The guides for moving from what has no drop-in replacement: their examples are run, before and
// after, and answer the same requests.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { getRequestListener } from "@hono/node-server";
import type { FastifyInstance } from "fastify";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createIdentity } from "../support/certificates.js";
import { type Listening, listen, listenWith, originOf } from "../support/listen.js";

const guides = ["fastify-jwt", "hono-jwk", "aws-jwt-verify", "jose", "fastapi"] as const;
// Within the package, so that imports resolve as they do for an application.
const ignored = fileURLToPath(new URL("../../.gatewarden/", import.meta.url));
mkdirSync(ignored, { recursive: true });
const folder = mkdtempSync(join(ignored, "guides-"));

const examples = guides.flatMap((guide) =>
  [...readGuide(guide).matchAll(/^```ts\n\/\/ (before|after): (\w+)\n(.*?)^```$/gms)].map(
    ([, stage = "", kind = "", code = ""]) => ({ guide, stage, kind, code }),
  ),
);

function readGuide(guide: string): string {
  return readFileSync(new URL(`../../../../docs/migrating/${guide}.md`, import.meta.url), "utf8");
}

let tenant: Tenant;
beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
  for (const [name, value] of Object.entries(variablesOf(tenant))) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await tenant.close();
  rmSync(folder, { recursive: true });
});

function variablesOf({ issuer, audience }: Tenant): Record<string, string> {
  return { ISSUER_BASE_URL: issuer, AUDIENCE: audience, AUTH0_DOMAIN: issuer, AUTH0_AUDIENCE: audience };
}

/** The application that an example exports, on a free port. */
async function start({ guide, stage, kind, code }: (typeof examples)[number]): Promise<Listening> {
  const file = join(folder, `${guide}-${stage}.ts`);
  writeFileSync(file, code);
  const { app } = await import(file);
  if (kind === "hono") return listen(getRequestListener(app.fetch));
  if (kind !== "fastify" && kind !== "recipe") return listen(app as RequestListener);
  const server: FastifyInstance = app;
  await server.listen({ port: 0, host: "127.0.0.1" });
  return { origin: originOf(server.server), close: () => server.close() };
}

/** Asks all that the guides compare. `toToken` issues a token, or none. */
async function askAll(origin: string, toToken: (caller: string) => Promise<string | undefined>) {
  const statusOf = async (path: string, caller: string) => {
    const token = await toToken(caller);
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(origin + path, { headers });
    return [`${path} ${caller}`, response.status, await response.text()] as const;
  };
  return Promise.all(
    ["/api/public nobody", "/api/private nobody", "/api/private alice", "/api/private expired", "/api/private forged"]
      .concat("/api/admin alice", "/api/admin bob")
      .map((row) => statusOf(...(row.split(" ") as [string, string]))),
  );
}

const expected = (withoutToken = 401) => [
  ["/api/public nobody", 200, expect.stringContaining("public")],
  ["/api/private nobody", withoutToken, expect.any(String)],
  ["/api/private alice", 200, expect.stringMatching(/"user": ?"auth0\|alice"/)],
  ["/api/private expired", 401, expect.any(String)],
  ["/api/private forged", 401, expect.any(String)],
  ["/api/admin alice", 200, expect.stringContaining("admin")],
  ["/api/admin bob", 403, expect.any(String)],
];

async function issue(caller: string): Promise<string | undefined> {
  if (caller === "nobody") return undefined;
  const asked =
    caller === "expired" ? ({ as: "alice", fault: "expired" } as const) : { as: caller === "bob" ? "bob" : "alice" };
  const { access_token: token } = await tenant.token(asked);
  return caller === "forged" ? `${token.slice(0, -8)}AAAAAAAA` : token;
}

test("Each guide has an example before, and one after", () => {
  for (const guide of guides) {
    const stages = examples.filter((one) => one.guide === guide).map(({ stage }) => stage);
    // What stands before in `fastapi` is Python.
    expect([guide, stages]).toEqual([guide, guide === "fastapi" ? ["after"] : ["before", "after"]]);
  }
});

/** What these ask only over https, or of which they refuse the type of RFC 9068: `at+jwt`. */
const ofOwnIssuer = ["hono-jwk", "aws-jwt-verify"];

test.each(examples)("An example runs: $guide, $stage", async (example) => {
  if (example.stage === "before" && ofOwnIssuer.includes(example.guide)) return askBeforeByOwnIssuer(example);
  const server = await start(example);
  try {
    expect(await askAll(server.origin, issue)).toEqual(expected());
  } finally {
    await server.close();
  }
});

async function askBeforeByOwnIssuer(example: (typeof examples)[number]): Promise<void> {
  const own = await startOwnIssuer();
  vi.stubEnv("ISSUER_BASE_URL", own.issuer);
  vi.stubEnv("AUDIENCE", own.audience);
  // Its certificate is its own.
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  const server = await start(example);
  try {
    expect(await askAll(server.origin, own.sign)).toEqual(expected());
  } finally {
    for (const [name, value] of Object.entries(variablesOf(tenant))) vi.stubEnv(name, value);
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", undefined);
    await server.close();
    await own.close();
  }
}

/** An issuer with https, whose tokens have no `typ`. */
async function startOwnIssuer() {
  const identity = createIdentity("issuer");
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const keys = [{ ...(await exportJWK(publicKey)), kid: "one", use: "sig", alg: "RS256" }];
  const server = await listenWith(
    createTlsServer(identity, (_request, response) => void response.end(JSON.stringify({ keys }))),
  );
  const [issuer, audience] = [`${server.origin}/`, "https://api.acme.com"];
  const sign = async (caller: string) => {
    if (caller === "nobody") return undefined;
    const now = Math.floor(Date.now() / 1000);
    const token = await new SignJWT({ permissions: caller === "bob" ? [] : ["read:admin"] })
      .setProtectedHeader({ alg: "RS256", kid: "one" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject("auth0|alice")
      .setExpirationTime(caller === "expired" ? now - 1000 : now + 1000)
      .sign(privateKey);
    return caller === "forged" ? `${token.slice(0, -8)}AAAAAAAA` : token;
  };
  return { issuer, audience, sign, certificate: identity.cert, close: server.close };
}

const modules = "fastapi, jose, requests, uvicorn";
const python = ["python3", "/usr/bin/python3"].find(
  (path) => spawnSync(path, ["-c", `import ${modules}`], { stdio: "ignore" }).status === 0,
);
const isSkipped = python === undefined && process.env["CI"] !== "true";
const note = isSkipped
  ? ` (skipped: no python3 has ${modules}; on Debian: python3-fastapi python3-jose python3-requests uvicorn)`
  : "";

describe.skipIf(isSkipped)(`The recipe in Python${note}`, () => {
  test("runs, and answers as the guide says", async () => {
    const [, code = ""] = /^```python\n(.*?)^```$/ms.exec(readGuide("fastapi")) ?? [];
    writeFileSync(join(folder, "recipe.py"), code);
    // The recipe asks its issuer over https, whatever it is told.
    const own = await startOwnIssuer();
    writeFileSync(join(folder, "ca.pem"), own.certificate);
    const port = await pickPort();
    const env = {
      ...process.env,
      AUTH0_DOMAIN: new URL(own.issuer).host,
      AUTH0_AUDIENCE: own.audience,
      REQUESTS_CA_BUNDLE: join(folder, "ca.pem"),
    };
    const child = spawn(python ?? "python3", ["-m", "uvicorn", "recipe:app", "--port", String(port)], {
      cwd: folder,
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    try {
      const origin = await answersAt(`http://127.0.0.1:${port}`, child);
      expect(await askAll(origin, own.sign)).toEqual(expected(403));
    } finally {
      child.kill();
      await own.close();
    }
  });
});

async function pickPort(): Promise<number> {
  const { origin, close } = await listenWith(createServer());
  await close();
  return Number(new URL(origin).port);
}

async function answersAt(origin: string, child: ChildProcess): Promise<string> {
  let complaint = "";
  child.stderr?.on("data", (data) => {
    complaint += data;
  });
  while (child.exitCode === null) {
    if (await fetch(`${origin}/api/public`).catch(() => undefined)) return origin;
    await delay(50);
  }
  throw new Error(`It has ended: ${complaint}`);
}
