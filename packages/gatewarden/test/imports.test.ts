// The table "who may import whom" of ARCHITECTURE.md, enforced. A new arrow is a decision: it belongs there first.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const source = fileURLToPath(new URL("../src", import.meta.url));

/** Files that every room may use: they know nothing of tokens, keys or requests. */
const ground = ["awaitable.ts", "binding-reasons.ts", "errors.ts", "reasons.ts", "runtime.ts"];

/** Room → rooms and files it may import, besides itself and the ground. Files at the top are rooms of their own. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "awaitable.ts": [],
  "reasons.ts": [],
  "binding-reasons.ts": [],
  "errors.ts": [],
  "runtime.ts": [],
  "standard-schema.ts": [],
  token: [],
  request: [],
  keys: ["token"],
  issuer: ["keys", "token"],
  binding: ["token", "keys", "request"],
  requirements: ["token"],
  "auth.ts": ["token", "issuer", "requirements"],
  "decision.ts": ["auth.ts", "requirements"],
  "options.ts": ["binding", "decision.ts", "issuer", "request", "standard-schema.ts", "token"],
  "environment.ts": ["issuer"],
  "configure-keys.ts": ["environment.ts", "issuer", "keys", "options.ts", "token"],
  "check-options.ts": ["token"],
  "configure-proxy.ts": ["issuer", "options.ts", "request"],
  "configure-binding.ts": ["binding", "configure-proxy.ts", "options.ts", "request", "token"],
  "configure.ts": [
    ...["check-options.ts", "configure-binding.ts", "configure-keys.ts", "environment.ts", "options.ts"],
    ...["binding", "issuer", "request", "token"],
  ],
  explain: ["token", "keys", "issuer", "binding", "standard-schema.ts"],
  "guard.ts": [
    ...["auth.ts", "configure.ts", "decision.ts", "explain", "options.ts", "standard-schema.ts"],
    ...["token", "request", "keys", "issuer", "binding", "requirements"],
  ],
  "index.ts": ["*"],
  adapters: ["index.ts"],
  cli: ["*"],
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

  test.each(files.filter(({ name }) => !/^(adapters|cli)\//.test(name)))("$name imports no package", ({ imports }) => {
    // `import("node:crypto")` in a type position costs nothing at run time; everything else must be relative.
    expect(imports.filter((one) => !one.startsWith(".") && !one.startsWith("node:"))).toEqual([]);
  });

  test("the published library has no run-time dependencies", () => {
    const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(manifest.dependencies).toBeUndefined();
  });
});
