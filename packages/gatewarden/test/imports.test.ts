// The table "who may import whom" of ARCHITECTURE.md, enforced. A new arrow is a decision: it belongs there first.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const source = fileURLToPath(new URL("../src", import.meta.url));

/** What every room may use: it knows nothing of tokens, keys or requests. */
const ground = ["errors.ts", "reasons.ts", "platform", "monitoring/dependency.ts", "monitoring/outgoing-calls.ts"];

const rules = [
  "binding",
  "exchange/exchange.ts",
  "introspection",
  "issuer",
  "keys",
  "request",
  "requirements",
  "revocation",
  "token",
];

/** Room → rooms and files it may import, besides itself and the ground. Files at the top are rooms of their own. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "reasons.ts": [],
  "errors.ts": [],
  platform: [],
  request: [],
  // Speed behind a wall: each file replaces plain functions, which it imports to fall back on.
  fast: ["token"],
  token: ["fast", "web-crypto"],
  keys: ["fast", "token", "web-crypto"],
  "web-crypto": ["keys", "token"],
  // The resolver's `tenant` reads the request.
  issuer: ["keys", "request", "token"],
  introspection: ["token"],
  revocation: ["token"],
  // Its steps are a part of the road.
  binding: ["fast", "keys", "request", "road/step.ts", "token"],
  requirements: ["token"],
  "auth.ts": ["issuer", "requirements", "token"],
  configuration: [...rules, "monitoring"],
  road: ["auth.ts", "configuration", "fast", ...rules],
  monitoring: ["auth.ts", "configuration", "index.ts", ...rules],
  // What an application imports: terms alone. What else is known of providers is text, for explain.
  // The type of claims stands in `auth.ts`.
  providers: ["auth.ts", "configuration"],
  "providers/words": [],
  explain: ["auth.ts", "monitoring", "providers/words", "road", ...rules],
  "outcome.ts": ["auth.ts"],
  "guard.ts": ["auth.ts", "outcome.ts", "explain", "monitoring", ...rules],
  guard: ["auth.ts", "outcome.ts", "guard.ts", "configuration", "exchange", "explain", "monitoring", "road", ...rules],
  "index.ts": ["*"],
  // What an endpoint is, for any caller. Adapters mount it.
  endpoint: ["request", "token"],
  adapters: ["index.ts", "endpoint/endpoint.ts"],
  // Drop-ins for other packages, built as adapters are, on what those share. `guard` has the guard of
  // applications that sign their own tokens.
  compat: ["index.ts", "adapters", "guard"],
  // Speaks to authorization servers with oauth4webapi. Shares discovery with the core.
  "oauth-client": ["configuration", "issuer"],
  // Sub-paths of their own, so that the package stays out of the core.
  "introspection/client": ["index.ts", "oauth-client"],
  // Limits and bounds are those of the core's introspection.
  "exchange/client": [
    "index.ts",
    "configuration",
    "exchange/exchange.ts",
    "introspection",
    "issuer",
    "oauth-client",
    "token",
  ],
  // What `guard.exchange` checks before it asks.
  exchange: ["auth.ts", "configuration", "exchange/exchange.ts", "revocation"],
  // Types alone: what an option takes.
  "exchange/exchange.ts": [],
  // Sub-paths of their own, over the user's own client.
  nats: ["index.ts", "revocation", "token"],
  redis: ["index.ts", "revocation", "token"],
  // Measures from outside, by what every guard offers.
  opentelemetry: ["index.ts", "monitoring"],
  // What logout tokens and security events share: signed by an issuer of a guard, on the way to a
  // list of revocations.
  events: ["guard.ts", "issuer", "request", "revocation", "road/step.ts", "token"],
  logout: [
    "auth.ts",
    "endpoint",
    "events",
    "guard.ts",
    "request",
    "requirements",
    "revocation",
    "road/step.ts",
    "token",
  ],
  signals: [
    "configuration",
    "endpoint",
    "events",
    "guard.ts",
    "issuer",
    "request",
    "revocation",
    "road/step.ts",
    "token",
  ],
  testing: ["index.ts", "keys", "token"],
  cli: ["*"],
  // What other packages' commands share as well: it knows nothing of tokens.
  "cli/terminal": [],
};

/** Adapter → what it is an adapter for. What adapters share knows no framework. */
const frameworks: Readonly<Record<string, readonly string[]>> = {
  // Only if it is installed: the classes of its errors.
  "_mcp-oauth-error": ["@modelcontextprotocol/sdk"],
  elysia: ["elysia"],
  // The second holds the declarations of the first.
  express: ["express", "express-serve-static-core"],
  "express-jwt": ["express"],
  "express-oauth2-jwt-bearer": ["express"],
  fastify: ["fastify"],
  "_fastify-auth": ["fastify"],
  "_fastify-check": ["fastify"],
  "_fastify-endpoint": ["fastify"],
  "_fastify-not-found": ["fastify"],
  "_fastify-routes": ["fastify"],
  graphql: ["graphql", "graphql-yoga"],
  "_graphql-context": ["graphql"],
  "_graphql-socket": ["graphql"],
  h3: ["h3"],
  hono: ["hono"],
  "hono-openapi": ["hono", "hono-openapi"],
  koa: ["koa"],
  nest: ["@nestjs"],
  "_nest-call": ["@nestjs"],
  "_nest-exception": ["@nestjs"],
  "_nest-fields": ["@nestjs"],
  "_nest-guard": ["@nestjs"],
  "_nest-reach": ["@nestjs"],
  next: ["next"],
  "socket.io": ["socket.io"],
  trpc: ["@trpc/server"],
  ws: ["ws"],
};

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? listFiles(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

/** The longest entry of the table that the file stands in, or its topmost folder. */
function roomOf(file: string): string {
  const name = relative(source, file);
  const rooms = Object.keys(allowed).filter((room) => name === room || name.startsWith(`${room}/`));
  return rooms.sort((one, other) => other.length - one.length)[0] ?? name.split("/")[0] ?? "";
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const names = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
  // The package's own name for a file, so that a bundle may leave it out.
  return names.map((one) =>
    one === "#explain" ? `./${relative(dirname(file), join(source, "explain/explain.js"))}` : one,
  );
}

/** The files of the library among what a file imports. */
function targetsOf(file: string, imports: readonly string[]): string[] {
  return imports.filter((one) => one.startsWith(".")).map((one) => join(dirname(file), one.replace(/\.js$/, ".ts")));
}

/** Each circle as the names of its files. What imports nothing that is left is taken away until nothing changes. */
function findCircles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const left = new Map(graph);
  for (let size = -1; size !== left.size; ) {
    size = left.size;
    for (const [file, targets] of left) if (!targets.some((target) => left.has(target))) left.delete(file);
  }
  // Files that only lead into a circle are left as well: those that nothing left imports go.
  for (let size = -1; size !== left.size; ) {
    size = left.size;
    const imported = new Set([...left.values()].flat());
    for (const file of left.keys()) if (!imported.has(file)) left.delete(file);
  }
  return [...left.keys()].map((file) => relative(source, file));
}

const files = listFiles(source).map((file) => ({ file, name: relative(source, file), imports: importsOf(file) }));

describe("imports", () => {
  test.each(files)("$name stays within its room's allowance", ({ file, imports }) => {
    const room = roomOf(file);
    const allowance = allowed[room];
    expect(allowance, `${room} is not in the table`).toBeDefined();
    if (allowance?.includes("*")) return;
    const strangers = targetsOf(file, imports).filter((target) => {
      const other = roomOf(target);
      const names = [other, relative(source, target)];
      return other !== room && !names.some((name) => ground.includes(name) || allowance?.includes(name));
    });
    expect(strangers.map((one) => relative(source, one))).toEqual([]);
  });

  test("no two files import each other in a circle, types included", () => {
    expect(findCircles(new Map(files.map(({ file, imports }) => [file, targetsOf(file, imports)])))).toEqual([]);
  });

  test.each(files.filter(({ name }) => name !== "index.ts" && !name.startsWith("cli/")))(
    "$name imports neither the command line nor the testing kit",
    ({ imports }) => {
      expect(imports.filter((one) => /\/(cli|testing)\//.test(one))).toEqual([]);
    },
  );

  test.each(
    files.filter(
      ({ name }) =>
        !/^(adapters|cli|compat|introspection\/client|exchange\/client|oauth-client|opentelemetry)\//.test(name),
    ),
  )("$name imports no package", ({ imports }) => {
    // `import("node:crypto")` in a type position costs nothing at run time; everything else must be relative.
    expect(imports.filter((one) => !one.startsWith(".") && !one.startsWith("node:"))).toEqual([]);
  });

  test.each(files.filter(({ name }) => name.startsWith("adapters/")))(
    "$name imports no framework but its own",
    (file) => {
      const packages = file.imports.filter((one) => !one.startsWith(".") && !one.startsWith("node:"));
      const own = frameworks[file.name.replace(/^adapters\/|\.ts$/g, "")] ?? [];
      expect(packages.filter((one) => !own.some((name) => one === name || one.startsWith(`${name}/`)))).toEqual([]);
    },
  );

  test.each(files.filter(({ name }) => name.startsWith("compat/")))(
    "$name imports no framework but its own",
    (file) => {
      const packages = file.imports.filter((one) => !one.startsWith(".") && !one.startsWith("node:"));
      const [, dropIn = ""] = /^compat\/([^/]+?)(?:\.ts|\/)/.exec(file.name) ?? [];
      const own = frameworks[dropIn] ?? [];
      expect(packages.filter((one) => !own.includes(one))).toEqual([]);
    },
  );

  test.each(files.filter(({ name }) => name.startsWith("opentelemetry/")))(
    "$name imports no package but the API of OpenTelemetry",
    ({ imports }) => {
      expect(imports.filter((one) => !one.startsWith(".") && one !== "@opentelemetry/api")).toEqual([]);
    },
  );

  test("the published library has no run-time dependencies", () => {
    const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(manifest.dependencies).toBeUndefined();
  });
});
