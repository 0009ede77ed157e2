// The log of revocations in a real Redis: what breaks it, what must not, and what heals.
import { setTimeout as delay } from "node:timers/promises";
import { createClient, RESP_TYPES } from "redis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import type { Revocation } from "../../src/index.js";
import { createRedisRevocations, type RedisClient, type RevocationReplica } from "../../src/redis/redis.js";
import { createRedisRevocationLog } from "../../src/redis/revocation-log.js";
import { LogBrokenError, type RevocationLog } from "../../src/revocation/log.js";
import type { ReplicaOptions } from "../../src/revocation/replica/replica.js";
import { toChunk } from "../revocation/replica/_chunks.js";
import { type RedisServer, startRedis } from "../support/redis-server.js";
import { ask, connectors } from "./_clients.js";

const { isSkipped, note } = toSkip(["redis-server"]);
const issuer = "https://issuer.test/";
const expiresAt = Date.now() / 1000 + 3600;
const writtenAt = Date.now() / 1000;
const byJti = (jti: string): Revocation => ({ issuer, jti, expiresAt });
const facts = { issuer, sid: undefined, subject: undefined, clientId: undefined, issuedAt: undefined, expiresAt };
const refuses = (one: RevocationReplica, jti: string) => one.isRevoked({ ...facts, jti });
const until = async (isTrue: () => boolean | Promise<boolean>) => {
  while (!(await isTrue())) await delay(10);
};

describe.skipIf(isSkipped)(`The log of revocations in Redis${note}`, () => {
  let server: RedisServer;
  let prefix = "";
  let count = 0;
  const closers: (() => unknown)[] = [];
  const send = (command: string, ...args: string[]) => ask(server.port, command, ...args);
  const nameOf = (part: string) => `{${prefix}}${part}`;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  afterAll(() => server?.close());

  const connect = async (): Promise<RedisClient> => {
    const { client, close } = await connectors.redis(server.port);
    closers.push(close);
    return client;
  };
  const open = async (): Promise<RevocationLog> => {
    prefix = `p${count++}`;
    const log = createRedisRevocationLog(await connect(), { prefix, timeout: 2 });
    closers.push(() => log.close());
    await log.open();
    return log;
  };
  const join = (client: RedisClient, changes: ReplicaOptions = {}): RevocationReplica => {
    const replica = createRedisRevocations(client, { prefix, timeout: 2, foundingTime: 0, ...changes });
    closers.push(() => replica.close());
    return replica;
  };
  const fleet = async (): Promise<[RevocationReplica, RevocationReplica]> => {
    prefix = `p${count++}`;
    const all: [RevocationReplica, RevocationReplica] = [join(await connect()), join(await connect())];
    await Promise.all(all.map((one) => one.ready()));
    await all[0].revoke(byJti("a"));
    await until(() => refuses(all[1], "a"));
    return all;
  };

  test("can be joined after a snapshot of nothing, when all entries had ended", async () => {
    const log = await open();
    await log.append(toChunk([byJti("a")]));
    const { position } = await log.read(undefined);
    expect(await log.writeSnapshot({ position, chunks: [], writtenAt })).toBe(true);
    expect((await log.findSnapshot())?.position).toBe(position);
    await join(await connect()).ready();
  });

  test.each<[string, () => Promise<unknown>]>([
    ["an entry that names another before it", () => send("XADD", nameOf("log"), "*", "d", "AQ==", "n", "x", "p", "y")],
    ["a lost head", () => send("DEL", nameOf("head"))],
    ["a head that names another entry", () => send("HSET", nameOf("head"), "last", "x")],
    [
      "a lost head behind an entry of another writer",
      async () => {
        await send("XADD", nameOf("log"), "*", "x", "y");
        await send("DEL", nameOf("head"));
      },
    ],
    ["a lost stream", () => send("DEL", nameOf("log"))],
    [
      "the loss of its last entry",
      async () => {
        const [[id]] = (await send("XREVRANGE", nameOf("log"), "+", "-", "COUNT", "1")) as [[string]];
        await send("XDEL", nameOf("log"), id);
        // Those who read it notice, and add it again.
        const rest = Number(await send("XLEN", nameOf("log")));
        await until(async () => Number(await send("XLEN", nameOf("log"))) > rest);
      },
    ],
  ])("goes on after %s: the fleet, and those that join", async (_name, disturb) => {
    const [one, other] = await fleet();
    await disturb();
    await one.revoke(byJti("b"));
    await until(() => refuses(other, "b"));
    await until(() => one.status().isConnected && other.status().isConnected);
    const late = join(await connect());
    await late.ready();
    expect([refuses(late, "a"), refuses(late, "b")]).toEqual([true, true]);
  });

  test("goes on where the first entry is not the fleet's", async () => {
    prefix = `p${count++}`;
    const [one, other] = [join(await connect()), join(await connect())];
    await Promise.all([one.ready(), other.ready()]);
    await send("XADD", nameOf("log"), "*", "d", "AQ==", "n", "x", "p", "y");
    await one.revoke(byJti("a"));
    await until(() => refuses(other, "a"));
    await until(() => one.status().isConnected && other.status().isConnected);
    await join(await connect()).ready();
  });

  test("is broken for a process that joins while the snapshot is gone that holds its start", async () => {
    const log = await open();
    for (const jti of ["a", "b"]) await log.append(toChunk([byJti(jti)]));
    const { position } = await log.read(undefined);
    await log.writeSnapshot({ position, chunks: [toChunk([byJti("a"), byJti("b")])], writtenAt });
    await send("DEL", nameOf("snapshot"));
    const late = createRedisRevocationLog(await connect(), { prefix, timeout: 2 });
    closers.push(() => late.close());
    for (let attempt = 0; attempt < 3; attempt++) {
      await late.open();
      await expect(late.read(undefined)).rejects.toThrow(LogBrokenError);
    }
  });

  test("is not stored by a process whose clock is ahead, which drops what others still need", async () => {
    const log = await open();
    await log.append(toChunk([byJti("a")]));
    const { position } = await log.read(undefined);
    const ahead = { position, chunks: [], writtenAt: Date.now() / 1000 + 600 };
    await expect(log.writeSnapshot(ahead)).rejects.toThrow("clock");
    expect(await log.findSnapshot()).toBeUndefined();
  });

  test("is not trimmed by a snapshot of a log that it no longer is", async () => {
    const log = await open();
    for (const jti of ["a", "b"]) await log.append(toChunk([byJti(jti)]));
    const { position } = await log.read(undefined);
    // As after a failover that lost the last entries: others follow, with other numbers.
    await send("XTRIM", nameOf("log"), "MAXLEN", "1");
    await send("XDEL", nameOf("log"), position.split(" ")[0] ?? "");
    await send("XADD", nameOf("log"), "1-0", "d", "AQ==").catch(() => undefined);
    const before = await send("XLEN", nameOf("log"));
    expect(await log.writeSnapshot({ position, chunks: [toChunk([byJti("a")])], writtenAt })).toBe(false);
    expect(await send("XLEN", nameOf("log"))).toBe(before);
  });

  test("is read by a client that leaves texts as bytes", async () => {
    const [one] = await fleet();
    const bytes = createClient({
      socket: { host: "127.0.0.1", port: server.port },
      commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    });
    bytes.on("error", () => undefined);
    await bytes.connect();
    closers.push(() => bytes.destroy());
    const late = join(bytes as never);
    await late.ready();
    expect(refuses(late, "a")).toBe(true);
    await late.revoke(byJti("b"));
    await until(() => refuses(one, "b"));
  });

  test("is young again when the server was started again, as one that lost its last entries is", async () => {
    const own = await startRedis([
      ["appendonly", "yes"],
      ["appendfsync", "always"],
    ]);
    closers.push(() => own.close());
    const { client, close } = await connectors.redis(own.port);
    closers.push(close);
    const log = createRedisRevocationLog(client, { prefix: "p", timeout: 2 });
    closers.push(() => log.close());
    await log.open();
    await ask(own.port, "HSET", "{p}head", "founded", "1");
    expect(await log.open()).toBeGreaterThan(1000);
    await own.kill();
    await own.start();
    await until(() =>
      log.open().then(
        (age) => age < 1000,
        () => false,
      ),
    );
  });
});
