// The table "who may import whom" of ARCHITECTURE.md, enforced. A new arrow is a decision: it belongs there first.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const source = fileURLToPath(new URL("../src", import.meta.url));

/** Files that every room may use: they know nothing of tokens, keys or requests. */
const ground = [
  ...["awaitable.ts", "back-off.ts", "binding-reasons.ts", "bounded-map.ts", "errors.ts", "reasons.ts", "runtime.ts"],
  ...["dependency.ts", "monotonic-clock.ts", "outgoing-calls.ts"],
];

/** Room → rooms and files it may import, besides itself and the ground. Files at the top are rooms of their own. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "awaitable.ts": [],
  "back-off.ts": [],
  "bounded-map.ts": [],
  "reasons.ts": [],
  "binding-reasons.ts": [],
  "errors.ts": [],
  "runtime.ts": [],
  "dependency.ts": [],
  "monotonic-clock.ts": [],
  "outgoing-calls.ts": [],
  "standard-schema.ts": ["token"],
  token: [],
  request: [],
  keys: ["token"],
  // The resolver's `tenant` reads the request; a policy holds its issuer's schema.
  issuer: ["keys", "token", "request", "standard-schema.ts"],
  introspection: ["token"],
  revocation: ["token"],
  binding: ["token", "keys", "request"],
  requirements: ["token"],
  "auth.ts": ["token", "issuer", "requirements"],
  "decision.ts": ["auth.ts", "request", "requirements"],
  "check-facts.ts": ["decision.ts", "token"],
  "decision-listeners.ts": ["check-facts.ts", "decision.ts"],
  "status.ts": [
    ...["configure.ts", "configure-binding.ts", "configure-issuers.ts"],
    ...["introspection", "keys", "token"],
  ],
  "words.ts": [],
  "health.ts": ["keys", "status.ts", "words.ts"],
  "options.ts": [
    ...["decision.ts", "standard-schema.ts"],
    ...["binding", "introspection", "issuer", "request", "revocation", "token"],
  ],
  "environment.ts": ["issuer"],
  "configure-keys.ts": ["environment.ts", "issuer", "keys", "options.ts", "token"],
  "configure-introspection.ts": ["environment.ts", "introspection", "options.ts", "token"],
  "configure-policy.ts": ["configure-keys.ts", "environment.ts", "issuer", "keys", "options.ts", "token"],
  "configure-issuers.ts": ["check-options.ts", "configure-policy.ts", "environment.ts", "issuer", "keys", "options.ts"],
  "check-options.ts": ["token"],
  "configure-resource.ts": ["issuer", "request", "requirements"],
  "configure.ts": [
    ...[
      "check-options.ts",
      "configure-binding.ts",
      "configure-introspection.ts",
      "configure-issuers.ts",
      "configure-policy.ts",
    ],
    ...["binding", "configure-resource.ts", "issuer", "options.ts", "request", "revocation", "token"],
  ],
  explain: [
    ...["auth.ts", "words.ts", "standard-schema.ts"],
    ...["token", "keys", "issuer", "introspection", "revocation", "binding", "request", "requirements"],
  ],
  "configure-proxy.ts": ["issuer", "options.ts", "request"],
  "configure-binding.ts": ["binding", "configure-proxy.ts", "options.ts", "request", "token"],
  "verifier.ts": [
    ...["auth.ts", "configure.ts", "configure-introspection.ts", "standard-schema.ts"],
    ...["token", "request", "issuer"],
  ],
  "guard.ts": [
    ...["auth.ts", "configure.ts", "decision-listeners.ts", "explain", "health.ts", "options.ts", "status.ts"],
    ...["verifier.ts"],
    ...["token", "request", "requirements", "revocation"],
  ],
  "index.ts": ["*"],
  adapters: ["index.ts"],
  // A sub-path of its own, so that its package stays out of the core. Shares discovery with it.
  "introspection-client": ["index.ts", "issuer", "options.ts"],
  // Measures from outside, by what every guard offers.
  opentelemetry: ["index.ts", "health.ts"],
  "log.ts": ["index.ts", "words.ts"],
  testing: ["index.ts", "keys", "token"],
  cli: ["*"],
};

/** Adapter → what it is an adapter for. What adapters share knows no framework. */
const frameworks: Readonly<Record<string, readonly string[]>> = {
  mcp: ["@modelcontextprotocol/sdk"],
  elysia: ["elysia"],
  // The second holds the declarations of the first.
  express: ["express", "express-serve-static-core"],
  fastify: ["fastify"],
  "_fastify-check": ["fastify"],
  "_fastify-not-found": ["fastify"],
  "_fastify-routes": ["fastify"],
  graphql: ["graphql", "graphql-yoga"],
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
  "socket.io": ["socket.io"],
  trpc: ["@trpc/server"],
  ws: ["ws"],
};

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? listFiles(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

function roomOf(file: string): string {
  return relative(source, file).split("/")[0] ?? "";
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
}

const files = listFiles(source).map((file) => ({ file, name: relative(source, file), imports: importsOf(file) }));

describe("imports", () => {
  test.each(files)("$name stays within its room's allowance", ({ file, imports }) => {
    const room = roomOf(file);
    const allowance = allowed[room];
    expect(allowance, `${room} is not in the table`).toBeDefined();
    const targets = imports
      .filter((one) => one.startsWith("."))
      .map((one) => roomOf(join(dirname(file), one.replace(/\.js$/, ".ts"))));
    const strangers = targets.filter(
      (target) =>
        !(allowance?.includes("*") || target === room || ground.includes(target) || allowance?.includes(target)),
    );
    expect(strangers).toEqual([]);
  });

  test.each(files.filter(({ name }) => name !== "index.ts" && !name.startsWith("cli/")))(
    "$name imports neither the command line nor the testing kit",
    ({ imports }) => {
      expect(imports.filter((one) => /\/(cli|testing)\//.test(one))).toEqual([]);
    },
  );

  test.each(files.filter(({ name }) => !/^(adapters|cli|introspection-client|opentelemetry)\//.test(name)))(
    "$name imports no package",
    ({ imports }) => {
      // `import("node:crypto")` in a type position costs nothing at run time; everything else must be relative.
      expect(imports.filter((one) => !one.startsWith(".") && !one.startsWith("node:"))).toEqual([]);
    },
  );

  test.each(files.filter(({ name }) => name.startsWith("adapters/")))(
    "$name imports no framework but its own",
    (file) => {
      const packages = file.imports.filter((one) => !one.startsWith(".") && !one.startsWith("node:"));
      const own = frameworks[file.name.replace(/^adapters\/|\.ts$/g, "")] ?? [];
      expect(packages.filter((one) => !own.some((name) => one === name || one.startsWith(`${name}/`)))).toEqual([]);
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
