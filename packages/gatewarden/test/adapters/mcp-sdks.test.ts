// Both official SDKs beside gatewarden/mcp: their own bearer middleware with our verifier, and what
// happens where only one of them is installed, or none.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { OAuthTokenVerifier as FirstVerifier } from "@modelcontextprotocol/sdk/server/auth/provider.js";
import {
  type OAuthTokenVerifier as SecondVerifier,
  requireBearerAuth as secondFetch,
} from "@modelcontextprotocol/server";
import { build } from "esbuild";
import express, { type RequestHandler } from "express";
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { createTokenVerifier, type McpTokenVerifier } from "../../src/adapters/mcp.js";
import { AuthError, createGuard, type Guard, permission } from "../../src/index.js";
import { parseChallenge } from "../support/challenge.js";
import { options, token } from "../support/keys.js";
import { closeHosts, listen } from "./_mcp-hosts.js";

interface ExpressMiddleware {
  requireBearerAuth(options: { verifier: McpTokenVerifier; resourceMetadataUrl: string }): RequestHandler;
}

// Their types declare `request.auth` of Express, as those of gatewarden/express do, which this
// program holds as well.
const load = async (name: string): Promise<ExpressMiddleware> => import(name);
const { requireBearerAuth: firstExpress } = await load(
  "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js",
);
const { requireBearerAuth: secondExpress } = await load("@modelcontextprotocol/express");

const require = createRequire(import.meta.url);
const resource = "https://mcp.test/mcp";
const metadataUrl = "https://mcp.test/.well-known/oauth-protected-resource/mcp";
const now = Math.floor(Date.now() / 1000);
const live = createGuard(options({ resource, now: () => now }));
const times = { iat: now, exp: now + 300 };

afterEach(closeHosts);

type Ask = (guard: Guard<unknown>, claims: object) => Promise<Response>;

const onExpress =
  (requireAuth: (verifier: McpTokenVerifier) => RequestHandler): Ask =>
  async (guard, claims) => {
    const app = express();
    app.use(requireAuth(createTokenVerifier(guard, permission("use:mcp"))));
    app.use((request, response) => void response.json((request as { auth?: unknown }).auth));
    const headers = { authorization: `Bearer ${token(claims as never)}` };
    return fetch(await listen(createServer(app)), { headers });
  };

const middlewares: readonly (readonly [name: string, ask: Ask])[] = [
  ["version 1 on Express", onExpress((verifier) => firstExpress({ verifier, resourceMetadataUrl: metadataUrl }))],
  ["version 2 on Express", onExpress((verifier) => secondExpress({ verifier, resourceMetadataUrl: metadataUrl }))],
  [
    "version 2 on fetch",
    async (guard, claims) => {
      const verifier = createTokenVerifier(guard, permission("use:mcp"));
      const gate = secondFetch({ verifier, resourceMetadataUrl: metadataUrl });
      const headers = { authorization: `Bearer ${token(claims as never)}` };
      const answer = await gate(new Request(resource, { headers }));
      return answer instanceof Response ? answer : Response.json(answer);
    },
  ],
];

describe.each(middlewares)("the bearer middleware of %s", (_name, ask) => {
  test("lets a good token in", async () => {
    const response = await ask(live, { ...times, permissions: ["use:mcp"] });
    expect(await response.json()).toMatchObject({ resource, expiresAt: now + 300, extra: { subject: "user|1" } });
  });

  test.each([
    ["an expired token", { iat: now - 900, exp: now - 600 }, 401, "invalid_token"],
    ["a token for another API", { ...times, aud: "https://other.test" }, 401, "invalid_token"],
    ["a missing permission", times, 403, "insufficient_scope"],
  ])("answers %s with its challenge", async (_case, claims, status, error) => {
    const response = await ask(live, claims);
    expect(response.status).toBe(status);
    expect(parseChallenge(response.headers.get("www-authenticate") ?? "").parameters).toMatchObject({
      error,
      resource_metadata: metadataUrl,
    });
    expect(await response.json()).toMatchObject({ error });
  });

  test("answers an outage with 500", async () => {
    const keys = { jwksUri: "http://127.0.0.1:1/jwks" };
    expect((await ask(createGuard(options({ keys, now: () => now })), times)).status).toBe(500);
  });
});

test("the first SDK's middleware in CommonJS has classes of its own: it refuses, with 500", async () => {
  const {
    requireBearerAuth,
  }: ExpressMiddleware = require("@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js");
  const ask = onExpress((verifier) => requireBearerAuth({ verifier, resourceMetadataUrl: metadataUrl }));
  expect((await ask(live, times)).status).toBe(500);
  expect((await ask(live, { ...times, permissions: ["use:mcp"] })).status).toBe(200);
});

test("an error that the second SDK does not know is answered with 500: why the verifier translates", async () => {
  const verifier = { verifyAccessToken: () => Promise.reject(new AuthError("expired")) };
  const answer = await secondFetch({ verifier })(new Request(resource, { headers: { authorization: "Bearer x" } }));
  expect((answer as Response).status).toBe(500);
});

test("the verifier has the type that each SDK asks for", () => {
  expectTypeOf<McpTokenVerifier>().toExtend<FirstVerifier>();
  expectTypeOf<McpTokenVerifier>().toExtend<SecondVerifier>();
});

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A package's folder, by one of its files. */
function folderOf(name: string): string {
  const [path] = require.resolve.paths(name) ?? [];
  for (const place of require.resolve.paths(name) ?? [path ?? ""]) {
    try {
      return realpathSync(join(place, name));
    } catch {
      // Another place has it.
    }
  }
  throw new Error(`${name} is not installed`);
}

let built: string;

/** The adapter as it is published: JavaScript and declarations. */
beforeAll(async () => {
  built = mkdtempSync(join(realpathSync(tmpdir()), "gatewarden-built-"));
  await build({
    absWorkingDir: root,
    entryPoints: ["src/index.ts", "src/adapters/mcp.ts"],
    outbase: "src",
    outdir: built,
    ...{ bundle: true, splitting: true, format: "esm", platform: "neutral", packages: "external" },
    external: ["node:*"],
  });
  const args = ["-p", "tsconfig.build.json", "--outDir", built, "--emitDeclarationOnly"];
  execFileSync(process.execPath, [join(folderOf("typescript"), "bin/tsc"), ...args], { cwd: root });
  writeFileSync(join(built, "package.json"), '{"type":"module","name":"gatewarden"}');
}, 120_000);
afterAll(() => rmSync(built, { recursive: true, force: true }));

describe.each<[string, readonly string[]]>([
  ["version 1", ["@modelcontextprotocol/sdk"]],
  ["version 2", ["@modelcontextprotocol/server"]],
  ["neither", []],
])("with %s installed", (_name, installed) => {
  let folder: string;

  beforeAll(() => {
    // Outside of the workspace, where nothing else is found.
    folder = mkdtempSync(join(realpathSync(tmpdir()), "gatewarden-mcp-"));
    for (const scope of ["@modelcontextprotocol", "@types"])
      mkdirSync(join(folder, "node_modules", scope), { recursive: true });
    for (const name of [...installed, "@types/node"])
      symlinkSync(folderOf(name), join(folder, "node_modules", name), "dir");
    cpSync(built, join(folder, "node_modules", "gatewarden"), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("the adapter is imported, and its verifier refuses with an error that what is installed recognises", () => {
    writeFileSync(
      join(folder, "main.mjs"),
      `import { createGuard } from "gatewarden/index.js";
       import { createTokenVerifier, protect, protectFetch } from "gatewarden/adapters/mcp.js";
       const guard = createGuard({ issuer: "https://issuer.test/", audience: "https://api.test" });
       protect(guard, { tools: {} });
       protectFetch(guard, {}, () => new Response());
       const refusal = await createTokenVerifier(guard).verifyAccessToken("x").catch((error) => error);
       const found = { code: refusal.code, cause: refusal.cause?.name };
       const load = (name) => import(name).then((module) => module, () => undefined);
       const first = await load("@modelcontextprotocol/sdk/server/auth/errors.js");
       const second = await load("@modelcontextprotocol/server");
       if (first) found.first = refusal instanceof first.InvalidTokenError;
       if (second) found.second = refusal instanceof second.OAuthError;
       console.log(JSON.stringify(found));`,
    );
    const output = execFileSync(process.execPath, ["main.mjs"], { cwd: folder, encoding: "utf8" });
    expect(JSON.parse(output)).toEqual({
      ...{ code: "invalid_token", cause: "AuthError" },
      ...(installed.includes("@modelcontextprotocol/sdk") && { first: true }),
      ...(installed.includes("@modelcontextprotocol/server") && { second: true }),
    });
  });

  test("its declarations compile", () => {
    writeFileSync(
      join(folder, "main.ts"),
      `import { createGuard } from "gatewarden/index.js";
       import { createTokenVerifier, protect, protectFetch, protectFastify, protectHono } from "gatewarden/adapters/mcp.js";
       ${installed.includes("@modelcontextprotocol/server") ? 'import { requireBearerAuth } from "@modelcontextprotocol/server";' : ""}
       const guard = createGuard({ issuer: "https://issuer.test/", audience: "https://api.test" });
       export const verifier = createTokenVerifier(guard);
       ${installed.includes("@modelcontextprotocol/server") ? "export const gate = requireBearerAuth({ verifier });" : ""}
       export const hosts = [protect(guard), protectHono(guard), protectFastify(guard)];
       export const answer = protectFetch(guard, {}, async (_request, { authInfo }) => new Response(authInfo.clientId));`,
    );
    const options = {
      strict: true,
      noEmit: true,
      module: "nodenext",
      target: "es2023",
      types: ["node"],
      lib: ["es2023", "dom"],
    };
    const config = { compilerOptions: { ...options, skipLibCheck: false }, files: ["main.ts"] };
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const compile = () => {
      try {
        return execFileSync(process.execPath, [join(folderOf("typescript"), "bin/tsc"), "-p", "."], {
          cwd: folder,
          encoding: "utf8",
        });
      } catch (error) {
        return (error as { stdout: string }).stdout;
      }
    };
    // What an SDK's own declarations lack here is not ours.
    const ours = compile()
      .split("\n")
      .filter((line) => line.includes("error") && !line.includes("@modelcontextprotocol/"));
    expect(ours).toEqual([]);
  }, 120_000);
});
