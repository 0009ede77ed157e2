// Keys shared between isolates in real workerd, by its Cache API: each process is an isolate of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createKey, forge, type TestKey } from "../../../packages/gatewarden/test/support/forge.js";
import {
  type IssuerServer,
  metadataPath,
  startIssuer,
} from "../../../packages/gatewarden/test/support/issuer-server.js";
import { type CacheServer, startCacheServer } from "./support/cache-server.js";
import { end, readLine } from "./support/runtime.js";
import { isLeftOut, runtimes, titleOf } from "./support/runtimes.js";
import { folder } from "./support/scratch.js";

const workerd = runtimes.find(({ name }) => name === "workerd");
if (!workerd) throw new Error("There is no workerd among the runtimes");
const [first, second] = [createKey("ES256", "first"), createKey("ES256", "second")];
let scratch: string;
let issuer: IssuerServer;
let cache: CacheServer;
const running: ChildProcess[] = [];

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "gatewarden-shared-"));
  // As wrangler bundles a Worker.
  await build({
    entryPoints: [join(folder, "run/shared-keys.mjs")],
    outfile: join(scratch, "worker.mjs"),
    bundle: true,
    format: "esm",
    target: "es2023",
    platform: "browser",
    conditions: ["workerd", "worker"],
    logLevel: "error",
  });
});
afterAll(() => rm(scratch, { recursive: true, force: true }));
beforeEach(async () => {
  [issuer, cache] = await Promise.all([startIssuer(), startCacheServer()]);
  issuer.publish([first.jwk]);
});
afterEach(async () => {
  await Promise.all([...running.splice(0).map(end), issuer.close(), cache.close()]);
});

/** A new process, and what it answers to a token with such a key. */
async function startIsolate(cacheName: string): Promise<(key: TestKey) => Promise<string>> {
  const file = join(scratch, `${running.length}.capnp`);
  await writeFile(file, toConfig(cacheName));
  const child = spawn(workerd?.binary ?? "", ["serve", file, "--control-fd=3"], {
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  running.push(child);
  const { port } = await readLine<{ port: number }>(child, child.stdio[3] as NodeJS.ReadableStream);
  return async (key) => {
    const iat = Math.floor(Date.now() / 1000);
    const payload = { iss: issuer.issuer, aud: "https://api.test", sub: "alice", iat, exp: iat + 600 };
    const authorization = `Bearer ${forge({ header: { alg: "ES256", kid: key.kid }, payload, key })}`;
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { authorization } });
    return `${response.status} ${await response.text()}`;
  };
}

function toConfig(cacheName: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private", "local"])),
    (name = "cache", external = (address = "${new URL(cache.origin).host}", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
  compatibilityDate = "2026-01-01",
  cacheApiOutbound = "cache",
  bindings = [
    (name = "ISSUER", text = ${JSON.stringify(issuer.issuer)}),
    (name = "CACHE", text = ${JSON.stringify(cacheName)}),
  ],
);
`;
}

const accepted = expect.stringMatching(/^200 .*alice/);

describe.skipIf(isLeftOut(workerd))(titleOf(workerd), () => {
  test.each(["default", "keys"])("a second isolate needs nothing of the issuer, by the cache %s", async (name) => {
    const [one, other] = [await startIsolate(name), await startIsolate(name)];
    expect(await one(first)).toEqual(accepted);
    expect([issuer.count(metadataPath), issuer.count("/jwks"), cache.entries.size]).toEqual([1, 1, 2]);
    expect(await other(first)).toEqual(accepted);
    expect([issuer.count(metadataPath), issuer.count("/jwks")]).toEqual([1, 1]);
    expect(await other({ ...second, kid: "first" })).toMatch(/^401 .*signature_invalid/);
  });

  test("an unknown kid is asked of the issuer, by an isolate that has just begun", async () => {
    await (await startIsolate("keys"))(first);
    issuer.publish([first.jwk, second.jwk]);
    const other = await startIsolate("keys");
    expect(await other(second)).toEqual(accepted);
    expect(issuer.count("/jwks")).toBe(2);
    expect(await other(createKey("ES256", "never published"))).toMatch(/^401 .*key_unknown/);
  });

  test("a cache that is gone leaves the guard as it is without one", async () => {
    const isolate = await startIsolate("keys");
    await cache.close();
    expect(await isolate(first)).toEqual(accepted);
  });
});
