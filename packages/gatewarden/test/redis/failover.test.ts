// What becomes of used proofs when another Redis server takes over: nothing that was replicated is
// forgotten, and what was not is said.
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import type { ReplayStore } from "../../src/index.js";
import { createRedisReplayStore, type RedisClient } from "../../src/redis/redis.js";
import { type RedisPair, startRedisCluster, startRedisPair } from "../support/redis-cluster.js";
import { createSender, guardWith, issue, prove, proven, verdictOf } from "../support/senders.js";
import { clientNames, clusterConnectors, connectors } from "./_clients.js";

const { isSkipped, note } = toSkip(["redis-server"]);
const endsAt = () => Date.now() / 1000 + 600;

/** Tries until there is an answer, as clients do that get a 503. */
async function persist(store: ReplayStore, id: string): Promise<boolean> {
  for (;;) {
    try {
      return await store.add(id, endsAt());
    } catch {
      await delay(50);
    }
  }
}

describe.skipIf(isSkipped).each(clientNames)(`Over %s, a primary with a replica${note}`, (name) => {
  let pair: RedisPair;
  let client: RedisClient;
  let close: () => void;
  beforeEach(async () => {
    pair = await startRedisPair();
    ({ client, close } = await connectors[name](pair.port));
  });
  afterEach(async () => {
    close();
    await pair.close();
  });

  test("that takes over knows every proof that it had got", async () => {
    const store = createRedisReplayStore(client, { timeout: 1 });
    const ids = Array.from({ length: 200 }, (_, n) => `${n}`);
    expect((await Promise.all(ids.map((id) => store.add(id, endsAt())))).every(Boolean)).toBe(true);
    await pair.awaitReplica();
    await pair.failOver();
    expect(await persist(store, "0")).toBe(false);
    expect(new Set(await Promise.all(ids.map((id) => persist(store, id))))).toEqual(new Set([false]));
    expect(await persist(store, "new")).toBe(true);
  });

  test("that was cut off forgets what it never got, unless the primary must have a replica that follows", async () => {
    const store = createRedisReplayStore(client, { timeout: 1 });
    expect(await store.add("before", endsAt())).toBe(true);
    await pair.awaitReplica();
    await pair.cutReplication();
    expect(await store.add("lost", endsAt())).toBe(true);
    await pair.primary.send("CONFIG", "SET", "min-replicas-to-write", "1");
    // Redis counts its replicas once a second.
    await expect
      .poll(() => Promise.resolve(store.add(crypto.randomUUID(), endsAt())).then(String, String), { timeout: 30_000 })
      .toContain("Redis answered NOREPLICAS");
    await pair.failOver();
    expect(await persist(store, "before")).toBe(false);
    // The window that docs/fleet.md names.
    expect(await persist(store, "lost")).toBe(true);
  });

  test("that is asked before it is the primary is answered with 503", async () => {
    const { client: onReplica, close: closeReplica } = await connectors[name](pair.replica.port);
    const sender = await createSender();
    const now = Date.now() / 1000;
    const token = await issue({ cnf: { jkt: sender.jkt }, iat: now, exp: now + 60 });
    const guard = guardWith({ dpop: { mode: "allowed", replay: createRedisReplayStore(onReplica) }, now: () => now });
    const request = proven(token, prove(sender, token, { claims: { iat: now } }));
    expect(await verdictOf(guard, request)).toBe("replay_store_unavailable");
    expect(`${guard.status().replay?.lastError}`).toContain("Redis answered READONLY");
    closeReplica();
  });
});

describe.skipIf(isSkipped)(`A cluster of six${note}`, async () => {
  const closers: (() => unknown)[] = [];
  afterAll(async () => {
    for (const close of closers.splice(0)) await close();
  });

  test.each(clientNames)(
    "whose primary is killed goes on by itself, and knows what was replicated (%s)",
    async (name) => {
      const cluster = await startRedisCluster();
      closers.push(() => cluster.close());
      const { client, close } = await clusterConnectors[name](cluster.ports);
      closers.unshift(close);
      const store = createRedisReplayStore(client, { timeout: 2 });
      const ids = Array.from({ length: 60 }, (_, n) => `${n}`);
      expect((await Promise.all(ids.map((id) => store.add(id, endsAt())))).every(Boolean)).toBe(true);
      const sizeOf = async (index: number) => Number((await cluster.nodes[index]?.send("DBSIZE"))?.slice(1));
      await expect.poll(async () => (await sizeOf(3)) === (await sizeOf(0)), { timeout: 30_000 }).toBe(true);
      await cluster.nodes[0]?.kill();
      expect(new Set(await Promise.all(ids.map((id) => persist(store, id))))).toEqual(new Set([false]));
      expect(await persist(store, "new")).toBe(true);
    },
  );
});
