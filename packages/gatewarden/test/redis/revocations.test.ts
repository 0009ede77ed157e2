// Revocations of a fleet over real Redis servers: single, killed and restarted, failed over, and a
// cluster; each with both clients.
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { ConfigError, createGuard, DependencyError, type Revocation } from "../../src/index.js";
import { createRedisRevocations, type RedisRevocationOptions, type RevocationReplica } from "../../src/redis/redis.js";
import { createRedisRevocationLog } from "../../src/redis/revocation-log.js";
import { toChunk } from "../revocation/replica/_chunks.js";
import { options, token, verdict } from "../support/keys.js";
import { type RedisCluster, startRedisCluster, startRedisPair } from "../support/redis-cluster.js";
import { type RedisServer, startRedis } from "../support/redis-server.js";
import { ask, type Connected, clientNames, clusterConnectors, connectors } from "./_clients.js";
import { moveSlot } from "./_move-slot.js";

const { isSkipped, note } = toSkip(["redis-server"]);

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  vi.restoreAllMocks();
});

const issuer = "https://issuer.test/";
const expiresAt = Date.now() / 1000 + 3600;
const writtenAt = Date.now() / 1000;
const byJti = (jti: string): Revocation => ({ issuer, jti, expiresAt });
const refuses = (one: RevocationReplica, jti: string) =>
  one.isRevoked({
    issuer,
    jti,
    sid: undefined,
    subject: undefined,
    clientId: undefined,
    issuedAt: undefined,
    expiresAt,
  });
const until = async (isTrue: () => boolean | Promise<boolean>) => {
  while (!(await isTrue())) await delay(10);
};

/** A process of the fleet: with a client of its own, as each process has. */
function join({ client, close }: Connected, changes: RedisRevocationOptions = {}): RevocationReplica {
  const replica = createRedisRevocations(client, { foundingTime: 0, timeout: 1, ...changes });
  closers.push(close, () => replica.close());
  return replica;
}

async function serve(settings: Parameters<typeof startRedis>[0] = []): Promise<RedisServer> {
  const server = await startRedis(settings);
  closers.push(() => server.close());
  return server;
}

describe.skipIf(isSkipped).each(clientNames)(`Revocations over Redis, with %s${note}`, (name) => {
  const connect = connectors[name];

  test("reach every process, of every kind, and those that join later before ready()", async () => {
    const { port } = await serve();
    const [one, other] = [join(await connect(port)), join(await connect(port))];
    await Promise.all([one.ready(), other.ready()]);
    const now = Math.floor(Date.now() / 1000);
    await one.revoke(byJti("a"));
    await one.revoke({ issuer, sid: "s", expiresAt });
    await one.revoke({ issuer, subject: "u", issuedBefore: now, expiresAt });
    await one.revoke({ issuer, clientId: "c", issuedBefore: now, expiresAt });
    await one.revoke({ issuer: "https://b.test/", wholeIssuer: true, issuedBefore: now, expiresAt });
    await other.revoke({ everything: true, issuedBefore: now - 1000, expiresAt });
    const late = join(await connect(port));
    await late.ready();
    await until(() => [one, other].every((each) => each.status().entries === 6));
    for (const each of [one, other, late]) {
      const none = { issuer, jti: undefined, sid: undefined, subject: undefined, clientId: undefined, expiresAt };
      const answers = [
        { ...none, jti: "a", issuedAt: now + 1 },
        { ...none, sid: "s", issuedAt: now + 1 },
        { ...none, subject: "u", issuedAt: now },
        { ...none, clientId: "c", issuedAt: now },
        { ...none, issuer: "https://b.test/", issuedAt: now },
        { ...none, issuedAt: now - 1000 },
        { ...none, jti: "b", subject: "u", clientId: "c", issuedAt: now + 1 },
      ].map((facts) => each.isRevoked(facts));
      expect(answers).toEqual([true, true, true, true, true, true, false]);
    }
  });

  test("survive a Redis that is killed and restarted without its data: it gets them back", async () => {
    const server = await serve();
    const [one, other] = [join(await connect(server.port)), join(await connect(server.port))];
    await Promise.all([one.ready(), other.ready()]);
    await Promise.all(Array.from({ length: 500 }, (_, index) => one.revoke(byJti(`t${index}`))));
    await until(() => refuses(other, "t499"));
    await server.kill();
    expect(refuses(one, "t7")).toBe(true);
    await expect(one.revoke(byJti("while down"))).rejects.toThrow(DependencyError);
    expect(refuses(one, "while down")).toBe(true);
    await until(() => one.status().state === "degraded");
    const early = join(await connectLater(name, server.port));
    await expect(early.ready()).rejects.toThrow(DependencyError);
    await server.start();
    await until(() => refuses(other, "while down"));
    await until(() => early.status().state === "ready");
    await until(() => early.status().entries === 501);
    const late = join(await connect(server.port));
    await late.ready();
    await until(() => late.status().entries === 501);
    expect([refuses(one, "t7"), refuses(other, "t7"), refuses(late, "t7")]).toEqual([true, true, true]);
    await late.revoke(byJti("after"));
    await until(() => refuses(one, "after"));
  });

  test("survive a Redis that is killed and restarted with its data, which a new process reads", async () => {
    const server = await serve([
      ["appendonly", "yes"],
      ["appendfsync", "always"],
    ]);
    const one = join(await connect(server.port));
    await one.ready();
    await one.revoke(byJti("a"));
    await one.close();
    await server.kill();
    await server.start();
    const late = join(await connect(server.port));
    await late.ready();
    expect(refuses(late, "a")).toBe(true);
  });

  test("that a failover lost are added again by those who knew them", async () => {
    const pair = await startRedisPair();
    closers.push(() => pair.close());
    const [one, other] = [join(await connect(pair.port)), join(await connect(pair.port))];
    await Promise.all([one.ready(), other.ready()]);
    await one.revoke(byJti("replicated"));
    await pair.awaitReplica();
    await pair.cutReplication();
    await one.revoke(byJti("lost"));
    await until(() => refuses(other, "lost"));
    await pair.failOver();
    const late = join(await connect(pair.port));
    await late.ready();
    await until(() => refuses(late, "lost"));
    expect(refuses(late, "replicated")).toBe(true);
    await late.revoke(byJti("after"));
    await until(() => refuses(one, "after") && refuses(other, "after"));
  });

  test("of two processes at once are all kept, in one order", async () => {
    const { port } = await serve();
    const [one, other] = [join(await connect(port)), join(await connect(port))];
    await Promise.all([one.ready(), other.ready()]);
    const revoke = async (each: RevocationReplica, from: string) => {
      for (let index = 0; index < 100; index++) await each.revoke(byJti(`${from}${index}`));
    };
    await Promise.all([revoke(one, "x"), revoke(other, "y")]);
    await until(() => one.status().entries === 200 && other.status().entries === 200);
    expect([one.status().state, other.status().state]).toEqual(["ready", "ready"]);
  });

  test("are neither lost nor ended by entries that anything wrote into the stream", async () => {
    const { port } = await serve();
    const one = join(await connect(port));
    await one.ready();
    await one.revoke(byJti("a"));
    const stream = "{gatewarden:revocations}log";
    await ask(port, "XADD", stream, "*", "d", "!!! no base64 !!!");
    await ask(port, "XADD", stream, "*", "x", "y");
    await ask(port, "XADD", stream, "*", "d", "AQEB", "n", "unbefitting");
    await ask(port, "XADD", stream, "*", "d", Buffer.alloc(70_000, 1).toString("base64"));
    await one.revoke(byJti("b"));
    await until(() => one.status().reasons.length > 0);
    expect(one.status().reasons.join()).toContain("malformed");
    expect([refuses(one, "a"), refuses(one, "b")]).toEqual([true, true]);
    const late = join(await connect(port));
    await late.ready();
    expect([refuses(late, "a"), refuses(late, "b")]).toEqual([true, true]);
    // A chain that is broken on purpose costs a reading anew, and nothing else.
    await ask(port, "XADD", stream, "*", "d", "AQ==", "n", "n1", "p", "not the one before");
    await one.revoke(byJti("c")).catch(() => undefined);
    expect([refuses(one, "a"), refuses(one, "c")]).toEqual([true, true]);
  });

  test("are stored in a snapshot whose chunks are there before the stream is trimmed", async () => {
    const { port } = await serve();
    const connected = await connect(port);
    closers.push(connected.close);
    const log = createRedisRevocationLog(connected.client, { prefix: "p", timeout: 2 });
    closers.push(() => log.close());
    await log.open();
    for (const jti of ["a", "b", "c"]) await log.append(toChunk([byJti(jti)]));
    const { position, entries } = await log.read(undefined);
    // With the one that founded the log.
    expect(entries.length).toBe(4);
    const broken = async function* () {
      yield toChunk([byJti("a")]);
      throw new Error("the process ended here");
    };
    await expect(log.writeSnapshot({ position, chunks: broken(), writtenAt })).rejects.toThrow();
    expect(await ask(port, "XLEN", "{p}log")).toBe(4);
    expect(await log.findSnapshot()).toBeUndefined();
    // The lock of the one that ended keeps others from storing, until it goes by itself.
    expect(await log.writeSnapshot({ position, chunks: [], writtenAt })).toBe(false);
    await ask(port, "DEL", "{p}lock");
    const chunks = [toChunk([byJti("a"), byJti("b")]), toChunk([byJti("c")])];
    expect(await log.writeSnapshot({ position, chunks, writtenAt })).toBe(true);
    expect(await ask(port, "XLEN", "{p}log")).toBe(1);
    const late = join(await connect(port), { prefix: "p" });
    await late.ready();
    expect(["a", "b", "c", "d"].map((jti) => refuses(late, jti))).toEqual([true, true, true, false]);
    await log.append(toChunk([byJti("d")]));
    await until(() => refuses(late, "d"));
    const [name] = (await ask(port, "HMGET", "{p}snapshot", "name")) as string[];
    await ask(port, "DEL", `{p}chunk:${name}:1`);
    await expect(log.findSnapshot()).rejects.toThrow("gone");
  });
});

/** A client that is created while the server is down. */
async function connectLater(name: (typeof clientNames)[number], port: number): Promise<Connected> {
  if (name === "ioredis") return connectors.ioredis(port);
  const client = createClient({ socket: { host: "127.0.0.1", port, reconnectStrategy: 20 } });
  client.on("error", () => undefined);
  // Resolves when the server is there.
  client.connect().catch(() => undefined);
  return { client, close: () => client.destroy() };
}

describe.skipIf(isSkipped)(`Revocations over a Redis cluster${note}`, () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, 60_000);
  afterAll(() => cluster?.close());

  test("reach processes with both clients", async () => {
    const [one, other] = await Promise.all(
      clientNames.map(async (name) => join(await clusterConnectors[name](cluster.ports), { timeout: 5 })),
    );
    if (!one || !other) throw new Error("There are no processes");
    await Promise.all([one.ready(), other.ready()]);
    await one.revoke(byJti("a"));
    await other.revoke(byJti("b"));
    await until(() => refuses(one, "b") && refuses(other, "a"));
    expect([one.status().state, other.status().state]).toEqual(["ready", "ready"]);
  });

  test("go on while their slot moves to another node, in the middle of blocking reads", async () => {
    const prefix = "moving";
    const [one, other] = await Promise.all(
      clientNames.map(async (name) => join(await clusterConnectors[name](cluster.ports), { timeout: 5, prefix })),
    );
    if (!one || !other) throw new Error("There are no processes");
    await Promise.all([one.ready(), other.ready()]);
    await one.revoke(byJti("before"));
    await moveSlot(cluster.ports.slice(0, 3), `{${prefix}}log`);
    const revoke = () =>
      one.revoke(byJti("after")).then(
        () => true,
        () => false,
      );
    await until(revoke);
    await until(() => refuses(other, "after"));
    const late = join(await clusterConnectors.redis(cluster.ports), { timeout: 5, prefix });
    await late.ready();
    expect([refuses(late, "before"), refuses(late, "after")]).toEqual([true, true]);
  });
});

describe.skipIf(isSkipped)(`A guard with revocations over Redis${note}`, () => {
  test("waits for them in ready(), stays synchronous, and reports them", async () => {
    const { port } = await serve();
    const revocation = join(await connectors.redis(port));
    const guard = createGuard(options({ revocation }));
    await guard.ready();
    const text = token({ jti: "t1" });
    const request = { method: "GET", url: "/", headers: { authorization: `Bearer ${text}` } };
    expect(guard.attempt(request)).not.toBeInstanceOf(Promise);
    const source = guard.status().revocation?.source;
    expect(source).toMatchObject({ state: "ready", isConnected: true, entries: 0, reasons: [] });
    const [trusted = ""] = guard.issuers;
    await revocation.revoke({ issuer: trusted, jti: "t1", expiresAt: 1e10 });
    expect(await verdict(guard, text)).toBe("token_revoked");
    expect(await guard.health()).toEqual({ status: "ready", reasons: [] });
  });
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["a client that cannot be duplicated", { sendCommand: async () => null }],
  ["something else", { duplicate: () => ({}) }],
])("%s for a client is a ConfigError", (_name, client) => {
  expect(() => createRedisRevocations(client as never)).toThrow(ConfigError);
});
