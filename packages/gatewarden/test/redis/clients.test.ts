// Clients as applications create them: each fits without a cast, and none is used before it must be.
import { Cluster, Redis } from "ioredis";
import { createClient, createClientPool, createCluster, createSentinel, RESP_TYPES } from "redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import {
  createRedisIntrospectionStore,
  createRedisNonceSecrets,
  createRedisReplayStore,
  type RedisClient,
} from "../../src/redis/redis.js";
import { type RedisServer, startRedis } from "../support/redis-server.js";

const nodes = [{ host: "127.0.0.1", port: 1 }];

const clients = {
  "redis, one server": createClient(),
  "redis, RESP 2": createClient({ RESP: 2 }),
  "redis, numbers as text": createClient().withTypeMapping({ [RESP_TYPES.NUMBER]: String }),
  "redis, a pool": createClientPool(),
  "redis, a cluster": createCluster({ rootNodes: [{ url: "redis://127.0.0.1:1" }] }),
  "redis, sentinels": createSentinel({ name: "primary", sentinelRootNodes: nodes }),
  "ioredis, one server": new Redis({ lazyConnect: true }),
  "ioredis, sentinels": new Redis({ sentinels: nodes, name: "primary", lazyConnect: true }),
  "ioredis, a cluster": new Cluster(nodes, { lazyConnect: true }),
} satisfies Readonly<Record<string, RedisClient>>;

describe.each(Object.entries(clients))("%s", (_name, client) => {
  test("is a client for every part", () => {
    expect(() => createRedisReplayStore(client)).not.toThrow();
    expect(() => createRedisNonceSecrets(client)).not.toThrow();
    expect(() => createRedisIntrospectionStore(client)).not.toThrow();
  });
});

const { isSkipped, note } = toSkip(["redis-server"]);

describe.skipIf(isSkipped)(`A client with settings of its own${note}`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.close());

  const bytes = { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.SIMPLE_STRING]: Buffer, [RESP_TYPES.NUMBER]: String };
  const given = { token: "opaque", issuer: "https://issuer.test/" };

  test.each<[string, (url: string) => Promise<{ readonly client: RedisClient; close(): unknown }>]>([
    ["RESP 2", async (url) => opened(await createClient({ url, RESP: 2 }).connect())],
    ["other types of answers", async (url) => opened(await createClient({ url }).withTypeMapping(bytes).connect())],
    ["a prefix of its own", async (url) => opened(await createClient({ url, keyPrefix: "app:" }).connect())],
    [
      "several connections",
      async (url) => {
        const pool = createClientPool({ url }, { minimum: 3 });
        await pool.connect();
        return opened(pool);
      },
    ],
    [
      "ioredis's pipelining and prefix",
      async (url) => {
        const client = new Redis(url, { enableAutoPipelining: true, keyPrefix: "app2:" });
        return { client, close: () => client.disconnect() };
      },
    ],
  ])("works: %s", async (name, open) => {
    const { client, close } = await open(server.url);
    const replay = createRedisReplayStore(client, { prefix: name });
    const endsAt = Date.now() / 1000 + 60;
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => replay.add(`${n % 10}`, endsAt)));
    expect(answers.filter(Boolean)).toHaveLength(10);
    const secrets = createRedisNonceSecrets(client, { prefix: `${name}nonce` });
    await secrets.ready();
    expect(secrets.secretAt(endsAt)).toHaveLength(32);
    const shared = createRedisIntrospectionStore(client, { prefix: `${name}shared` });
    await shared.save(given, { active: true, sub: "user" }, 60);
    expect((await shared.load(given))?.response).toEqual({ active: true, sub: "user" });
    await close();
  });
});

function opened<Client extends RedisClient & { destroy(): unknown }>(client: Client) {
  return { client, close: () => client.destroy() };
}

test("What is no client does not compile", () => {
  // @ts-expect-error: an address is not a client.
  expect(() => createRedisReplayStore("redis://127.0.0.1")).toThrow("must be a client");
  // @ts-expect-error: neither are options of a client.
  expect(() => createRedisReplayStore({ url: "redis://127.0.0.1" })).toThrow("must be a client");
});
