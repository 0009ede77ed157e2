// A server of Socket.IO in a process of its own: no handshake ends it (CWE-248).
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { jwks, token } from "../support/keys.js";
import { event, openSocketIo, refusalOf, stopAll } from "./_connections.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const alice = token({ sub: "alice" });

const server = (need: string) => `
  import { createServer } from "node:http";
  import { createGuard } from "./src/index.ts";
  import { protect } from "./src/adapters/socket.io.ts";
  import { Server } from "socket.io";
  const keys = { jwks: ${JSON.stringify(jwks)} };
  const now = () => 1_800_000_000;
  const guard = createGuard({ issuer: "https://issuer.test/", audience: "https://api.test", keys, now, env: {} });
  const http = createServer();
  new Server(http).use(protect(guard${need})).on("connection", (socket) => {
    socket.on("who", (reply) => reply(socket.data.auth?.subject ?? null));
  });
  http.listen(0, "127.0.0.1", () => console.log(http.address().port));
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gatewarden-sockets-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const children: ChildProcess[] = [];
afterEach(async () => {
  await stopAll();
  for (const child of children.splice(0)) child.kill();
});

/** Bundles the server from the sources, so that it is never an old one, and runs it. */
async function start(name: string, need: string) {
  const outfile = join(folder, `${name}.cjs`);
  const stdin = { contents: server(need), resolveDir: root, loader: "ts" } as const;
  await build({ stdin, outfile, bundle: true, platform: "node", format: "cjs", logLevel: "error" });
  const child = spawn(process.execPath, [outfile], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const [port] = await once(child.stdout, "data");
  return { child, origin: `http://127.0.0.1:${String(port).trim()}` };
}

const odd: unknown[] = [
  { toString: 1, valueOf: 1 },
  JSON.parse('{"__proto__":{"toString":1},"toString":null}'),
  [[{ toString: 1 }]],
  { toJSON: 1, length: 1e9 },
  1e308,
  false,
  "",
  "\ud800\u0000",
];

describe("A process", () => {
  test.each([
    ["strict", ""],
    ["optional", ", { optional: true }"],
  ])("lives on after every odd handshake, and lets a good one in: %s", async (name, need) => {
    const { child, origin } = await start(name, need);
    const exited = { code: undefined as number | null | undefined };
    child.once("exit", (code) => {
      exited.code = code;
    });
    for (const one of odd) {
      expect(await refusalOf(openSocketIo(origin, { auth: { token: one } }))).toHaveProperty("reason");
    }
    const client = openSocketIo(origin, { auth: { token: alice } });
    await event(client, "connect");
    for (const one of odd.slice(0, 4)) {
      expect(await client.emitWithAck("authenticate", one)).toMatchObject({ reason: "credentials_malformed" });
    }
    expect(await client.emitWithAck("who")).toBe("alice");
    expect(exited.code).toBeUndefined();
  });
});
