// Each project under `projects` is type-checked and run, moved, then type-checked and run again:
// against a real provider, with the same requests.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { transformSync } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { main } from "../src/cli.js";

const projects = fileURLToPath(new URL("../projects", import.meta.url));
// Within the package, so that imports resolve as they do for an application.
const folder = mkdtempSync(fileURLToPath(new URL("../.projects-", import.meta.url)));
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
const children: ChildProcess[] = [];
let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});
afterAll(async () => {
  await tenant.close();
  rmSync(folder, { recursive: true });
});

/** A request, and the status before and after; one number if both are the same. */
type Row = readonly [
  path: string,
  caller: "nobody" | "alice" | "bob" | "expired" | "broken",
  before: number,
  after?: number,
];

interface Case {
  readonly name: string;
  readonly way: "api" | "drop-in";
  readonly exitCode: 0 | 1;
  /** What the report says of what was left. */
  readonly left?: RegExp;
  readonly rows: readonly Row[];
}

const common: readonly Row[] = [
  ["/public", "nobody", 200],
  ["/private", "nobody", 401],
  ["/private", "alice", 200],
  ["/private", "expired", 401],
  ["/private", "broken", 401],
];

const cases: readonly Case[] = [
  {
    name: "eojb",
    way: "api",
    exitCode: 0,
    rows: [
      ...common,
      ["/pro", "alice", 200],
      // A requirement that is not met is 403 (RFC 6750 §3.1); there it was 401.
      ["/pro", "bob", 401, 403],
      ["/admin", "alice", 200],
      ["/admin", "bob", 401, 403],
      ["/profile", "bob", 200],
      ["/any", "bob", 200],
    ],
  },
  {
    name: "eojb-commonjs",
    way: "api",
    exitCode: 0,
    rows: [...common, ["/admin", "alice", 200], ["/admin", "bob", 401, 403], ["/profile", "bob", 200]],
  },
  { name: "eojb-validators", way: "drop-in", exitCode: 1, left: /app\.ts:6: .*validators/, rows: common },
  { name: "express-jwt", way: "api", exitCode: 0, rows: common },
  { name: "express-jwt-token", way: "drop-in", exitCode: 1, left: /app\.cjs:14: .*getToken/, rows: common },
  { name: "passport-jwt", way: "api", exitCode: 0, rows: common },
  { name: "passport-jwt-lookup", way: "drop-in", exitCode: 1, left: /verify function does more/, rows: common },
];

test("every project is a case", () => {
  expect(readdirSync(projects).sort()).toEqual(cases.map(({ name }) => name).sort());
});

async function migrate(...args: readonly string[]): Promise<{ exitCode: number; out: string }> {
  let out = "";
  const write = (text: string) => {
    out += text;
  };
  const exitCode = await main(["migrate", ...args], { stdout: write, stderr: write });
  return { exitCode, out };
}

function listFiles(path: string): string[] {
  return readdirSync(path).filter((name) => /\.c?[tj]s$/.test(name));
}

function readAll(path: string): Record<string, string> {
  return Object.fromEntries(listFiles(path).map((name) => [name, readFileSync(join(path, name), "utf8")]));
}

async function checkTypes(path: string): Promise<void> {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: "nodenext",
    target: "es2022",
    skipLibCheck: true,
    types: ["node"],
  };
  writeFileSync(join(path, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  if (!listFiles(path).some((name) => name.endsWith(".ts"))) return;
  await promisify(execFile)(process.execPath, [tsc, "-p", path]).catch((error: { stdout?: string }) => {
    throw new Error(error.stdout);
  });
}

async function pickPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Compiles and runs the project. Resolves with its origin when it answers. */
async function start(path: string): Promise<string> {
  writeFileSync(join(path, "package.json"), '{ "type": "module" }');
  for (const name of listFiles(path).filter((one) => one.endsWith(".ts"))) {
    const { code } = transformSync(readFileSync(join(path, name), "utf8"), { loader: "ts", format: "esm" });
    writeFileSync(join(path, name.replace(/\.ts$/, ".js")), code);
  }
  const [entry = ""] = listFiles(path).filter((name) => /^app\.c?js$/.test(name));
  const port = await pickPort();
  const env = {
    PATH: process.env["PATH"] ?? "",
    ISSUER_BASE_URL: tenant.issuer,
    AUDIENCE: tenant.audience,
    PORT: String(port),
  };
  const child = spawn(process.execPath, [join(path, entry)], { env, stdio: ["ignore", "ignore", "pipe"] });
  children.push(child);
  let complaint = "";
  child.stderr?.on("data", (data) => {
    complaint += data;
  });
  while (child.exitCode === null) {
    if (await fetch(`http://127.0.0.1:${port}/public`).catch(() => undefined)) return `http://127.0.0.1:${port}`;
    await delay(50);
  }
  throw new Error(`It has ended: ${complaint}`);
}

async function toHeaders(caller: Row[1]): Promise<Record<string, string>> {
  if (caller === "nobody") return {};
  const asked =
    caller === "expired" ? ({ as: "alice", fault: "expired" } as const) : { as: caller === "bob" ? "bob" : "alice" };
  const { access_token: token } = await tenant.token(asked);
  return { authorization: `Bearer ${caller === "broken" ? `${token.slice(0, -8)}AAAAAAAA` : token}` };
}

async function ask(origin: string, rows: readonly Row[]): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const [path, caller] of rows) {
    const response = await fetch(origin + path, { headers: await toHeaders(caller) });
    answers.push(`${path} ${caller} ${response.status}`);
    if (path === "/private" && caller === "alice") expect(await response.json()).toEqual({ user: "auth0|alice" });
  }
  return answers;
}

describe.each(cases)("$name", ({ name, way, exitCode, left, rows }) => {
  const expected = (column: "before" | "after") =>
    rows.map(([path, caller, before, after = before]) => `${path} ${caller} ${column === "before" ? before : after}`);

  test("answers as its table says before", async () => {
    const path = join(folder, `${name}-before`);
    cpSync(join(projects, name), path, { recursive: true });
    await checkTypes(path);
    expect(await ask(await start(path), rows)).toEqual(expected("before"));
  });

  test("is shown and not written without --write", async () => {
    const path = join(folder, `${name}-shown`);
    cpSync(join(projects, name), path, { recursive: true });
    const shown = await migrate(path);
    expect(shown.exitCode).toBe(exitCode);
    expect(shown.out).toMatch(left ?? /Nothing was written/);
    expect(shown.out).toContain(way === "api" ? "→ Gatewarden's own API" : "→ its drop-in replacement");
    expect(readAll(path)).toEqual(readAll(join(projects, name)));
  });

  test.each(way === "api" ? [[], ["--drop-in"]] : [[]])(
    `answers as its table says after: %j`,
    async (...flags: string[]) => {
      const path = join(folder, `${name}-after${flags.join("")}`);
      cpSync(join(projects, name), path, { recursive: true });
      const written = await migrate("--write", ...flags, path);
      expect(written.out).toMatch(/^Files written: \d+\.$/m);
      expect(Object.values(readAll(path)).join("\n")).not.toMatch(
        /["'](express-oauth2-jwt-bearer|express-jwt|passport-jwt|jwks-rsa)["']/,
      );
      await checkTypes(path);
      expect(await ask(await start(path), rows)).toEqual(flags.length > 0 ? expect.any(Array) : expected("after"));
      // Nothing is left to do.
      expect((await migrate(path)).out).toMatch(/^Nothing here imports/);
    },
  );
});

test("--drop-in keeps the names that a file gives to what it imports from jwks-rsa", async () => {
  const path = join(folder, "renamed");
  mkdirSync(path);
  const source = `import { expressjwt } from "express-jwt";
import { type GetVerificationKey, JwksClient, expressJwtSecret as toKey } from "jwks-rsa";

export const secret: GetVerificationKey = toKey({ jwksUri: "https://acme.example/keys" });
export const check = expressjwt({ secret, algorithms: ["RS256"] });
export const client = new JwksClient({ jwksUri: "https://acme.example/keys" });
`;
  writeFileSync(join(path, "app.ts"), source);
  await migrate("--write", "--drop-in", path);
  await checkTypes(path);
  expect(readFileSync(join(path, "app.ts"), "utf8")).toContain(
    'expressJwtSecret as toKey } from "gatewarden/compat/express-jwt";\nimport { JwksClient } from "jwks-rsa";',
  );
});

test("--drop-in keeps jwks-rsa where more than its function for keys is used", async () => {
  const path = join(folder, "whole");
  mkdirSync(path);
  const source = `import { expressjwt } from "express-jwt";
import jwksRsa from "jwks-rsa";

const jwksUri = "https://acme.example/keys";
export const check = expressjwt({ secret: jwksRsa.expressJwtSecret({ jwksUri }), algorithms: ["RS256"] });
export const client = new jwksRsa.JwksClient({ jwksUri });
`;
  writeFileSync(join(path, "app.ts"), source);
  await migrate("--write", "--drop-in", path);
  await checkTypes(path);
  const moved = readFileSync(join(path, "app.ts"), "utf8");
  expect(moved).toContain("secret: expressJwtSecret({");
  expect(moved).toContain('import jwksRsa from "jwks-rsa";');
});
