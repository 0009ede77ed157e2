// Who may import whom in the gateway, and how large a file may be.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const source = fileURLToPath(new URL("../src", import.meta.url));

/** What every room may use. */
const ground = ["refusals.ts", "nearest-name.ts"];

/** Room → what it may import besides itself and the ground. Files at the top are rooms. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "refusals.ts": [],
  "nearest-name.ts": [],
  "listen-address.ts": [],
  "listening.ts": ["listen-address.ts"],
  path: [],
  proxy: [],
  rules: ["path", "proxy"],
  identity: ["rules"],
  state: ["rules"],
  events: ["rules"],
  "guard-options.ts": ["state"],
  "config.ts": [
    ...["events", "guard-options.ts", "identity", "listen-address.ts", "proxy", "rules", "server/cors.ts"],
    ...["server/credentials.ts", "server/door.ts", "state"],
  ],
  "server/cors.ts": ["rules"],
  "server/credentials.ts": ["proxy"],
  server: [
    ...["config.ts", "identity", "path", "proxy", "rules", "server/cors.ts", "server/credentials.ts"],
    ...["server/door.ts"],
  ],
  "server/door.ts": ["listen-address.ts"],
  // A listener of another protocol, for proxies that ask by it.
  fastcgi: ["config.ts", "listening.ts", "proxy", "server", "server/door.ts"],
  grpc: ["config.ts", "identity", "listening.ts", "proxy", "server", "server/door.ts"],
  metrics: ["server"],
  reload: [],
  "gateway.ts": [
    ...["config.ts", "events", "fastcgi", "grpc", "identity", "listening.ts", "metrics", "proxy", "rules"],
    ...["server", "state"],
  ],
  workers: ["config.ts", "gateway.ts", "identity", "listening.ts", "metrics", "server"],
  cli: ["*"],
  "cli.ts": ["*"],
  "index.ts": ["*"],
};

const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

function roomOf(file: string): string {
  const rooms = Object.keys(allowed).filter((room) => file === room || file.startsWith(`${room}/`));
  return rooms.sort((one, other) => other.length - one.length)[0] ?? file;
}

function targetsOf(file: string): string[] {
  const text = readFileSync(join(source, file), "utf8");
  return [...text.matchAll(/from "(\.[^"]+)\.js"/g)].map(([, name]) =>
    relative(source, join(source, dirname(file), `${name}.ts`)),
  );
}

describe("imports", () => {
  test.each(files)("%s stays within its room's allowance", (file) => {
    const room = roomOf(file);
    const allowance = allowed[room];
    expect(allowance, `${room} is not in the table`).toBeDefined();
    if (allowance?.includes("*")) return;
    const strangers = targetsOf(file).filter((target) => {
      const other = roomOf(target);
      return other !== room && !ground.includes(target) && !allowance?.includes(other);
    });
    expect(strangers).toEqual([]);
  });

  test("the client of Redis is loaded only where the rules ask for it", () => {
    const importers = (pattern: RegExp) =>
      files.filter((file) => pattern.test(readFileSync(join(source, file), "utf8")));
    expect(importers(/from "redis"/)).toEqual([]);
    expect(importers(/await import\("redis"\)/)).toEqual(["state/redis-state.ts"]);
    expect(importers(/from "[^"]*\/redis-state\.js"/)).toEqual([]);
  });

  test("the libraries of gRPC are loaded only for a listener that speaks it", () => {
    const importers = (pattern: RegExp) =>
      files.filter((file) => pattern.test(readFileSync(join(source, file), "utf8")));
    expect(importers(/^import (?!type ).*from "@grpc\//m)).toEqual([]);
    expect(importers(/(?<!typeof )import\("@grpc\//)).toEqual(["grpc/library.ts"]);
  });

  test("no two files import each other in a circle, types included", () => {
    const left = new Map(files.map((file) => [file, targetsOf(file)]));
    for (let size = -1; size !== left.size; ) {
      size = left.size;
      for (const [file, targets] of left) if (!targets.some((target) => left.has(target))) left.delete(file);
    }
    expect([...left.keys()]).toEqual([]);
  });

  test.each(files)("%s has at most 300 lines", (file) => {
    expect(readFileSync(join(source, file), "utf8").split("\n").length).toBeLessThanOrEqual(301);
  });
});
