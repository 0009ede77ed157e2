// Used proofs in Redis (RFC 9449 §11.1): one atomic insert, and no answer that could be a guess.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { ConfigError, type ReplayStore } from "../../src/index.js";
import { createRedisReplayStore, type RedisReplayOptions } from "../../src/redis/redis.js";
import { type RedisServer, startRedis } from "../support/redis-server.js";
import { createSender, guardWith, hashOf, issue, prove, proven, verdictOf } from "../support/senders.js";
import { ask, clientNames, connectors } from "./_clients.js";

const { isSkipped, note } = toSkip(["redis-server"]);
const inAMinute = () => Date.now() / 1000 + 60;
const newPrefix = () => `${crypto.randomUUID()}:`;

describe.skipIf(isSkipped).each(clientNames)(`The replay store over %s${note}`, (name) => {
  let server: RedisServer;
  const closers: (() => void)[] = [];
  beforeAll(async () => {
    server = await startRedis();
  });
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });
  afterAll(() => server.close());

  const connect = async (port = server.port) => {
    const { client, close } = await connectors[name](port);
    closers.push(close);
    return client;
  };
  const create = async (options: RedisReplayOptions = {}, port = server.port): Promise<ReplayStore> =>
    createRedisReplayStore(await connect(port), { prefix: newPrefix(), ...options });

  test("takes an id once among all processes that share it", async () => {
    const prefix = newPrefix();
    const [one, other] = [await create({ prefix }), await create({ prefix })];
    const endsAt = inAMinute();
    expect(await one.add("a", endsAt)).toBe(true);
    expect(await other.add("a", endsAt)).toBe(false);
    expect(await other.add("b", endsAt)).toBe(true);
  });

  test("takes each id once when all are sent at the same moment", async () => {
    const store = await create();
    const endsAt = inAMinute();
    const answers = await Promise.all(Array.from({ length: 2000 }, (_, n) => store.add(`${n % 500}`, endsAt)));
    expect(answers.filter(Boolean)).toHaveLength(500);
  });

  test("keeps an id for the margin beyond its end", async () => {
    const prefix = newPrefix();
    const endsAt = inAMinute();
    await (await create({ prefix, clockMargin: 30 })).add("a", endsAt);
    expect(await ask(server.port, "PEXPIRETIME", `${prefix}a`)).toBe(Math.ceil((endsAt + 30) * 1000));
  });

  test("takes no id that ended by Redis's clock: it could have been forgotten", async () => {
    const store = await create({ clockMargin: 10 });
    const late = Date.now() / 1000 - 10;
    await expect(store.add("a", late)).rejects.toThrow("The clock of Redis is ahead");
    expect(await store.add("a", late + 10)).toBe(true);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("rejects an id that ends at %d", async (endsAt) => {
    await expect((await create()).add("a", endsAt)).rejects.toThrow("Redis answered ERR");
  });

  test("stores no token and no claim (CWE-312)", async () => {
    const prefix = newPrefix();
    const sender = await createSender();
    const now = Date.now() / 1000;
    const token = await issue({ cnf: { jkt: sender.jkt }, iat: now, exp: now + 60 });
    const guard = guardWith({ dpop: { mode: "allowed", replay: await create({ prefix }) }, now: () => now });
    const request = () => proven(token, prove(sender, token, { claims: { jti: "the-only-one", iat: now } }));
    expect([await verdictOf(guard, request()), await verdictOf(guard, request())]).toEqual([
      "accepted",
      "dpop_replayed",
    ]);
    const [key = "", ...others] = (await ask(server.port, "KEYS", `${prefix}*`)) as string[];
    expect(others).toEqual([]);
    expect(key.slice(prefix.length)).toBe(hashOf(`${sender.jkt}.the-only-one`));
    expect(await ask(server.port, "GET", key)).toMatch(/^[0-9a-f-]{36}\.\d+$/);
  });

  test("an answer that was lost with its connection is given again, not taken for a replay", async () => {
    const prefix = newPrefix();
    const client = await connect();
    const sent: string[][] = [];
    // As ioredis resends: the same command, twice.
    const resending = {
      async call(command: string, args: string[]) {
        sent.push([command, ...args]);
        const send = "call" in client ? client.call : undefined;
        const once = () => send?.call(client, command, args) ?? ask(server.port, command, ...args);
        await once();
        return once();
      },
    };
    const store = createRedisReplayStore(resending, { prefix, allowEviction: true });
    expect(await store.add("a", inAMinute())).toBe(true);
    expect(await store.add("a", inAMinute())).toBe(false);
    expect(sent).toHaveLength(2);
  });

  describe("of a Redis that evicts keys", () => {
    let evicting: RedisServer;
    beforeAll(async () => {
      evicting = await startRedis([
        ["maxmemory", "100mb"],
        ["maxmemory-policy", "allkeys-lru"],
      ]);
    });
    afterAll(() => evicting.close());

    test("refuses: an evicted proof could be sent again (CWE-636)", async () => {
      const store = await create({}, evicting.port);
      await expect(store.add("a", inAMinute())).rejects.toThrow("maxmemory-policy is allkeys-lru");
      await expect(store.add("b", inAMinute())).rejects.toThrow("Redis may evict used proofs");
    });
    test("goes on where that is accepted", async () => {
      expect(await (await create({ allowEviction: true }, evicting.port)).add("a", inAMinute())).toBe(true);
    });
  });

  test("goes on where memory is limited and nothing is evicted", async () => {
    const limited = await startRedis([
      ["maxmemory", "100mb"],
      ["maxmemory-policy", "noeviction"],
    ]);
    expect(await (await create({}, limited.port)).add("a", inAMinute())).toBe(true);
    await limited.close();
  });

  test("rejects while Redis has no memory left", async () => {
    const full = await startRedis([["maxmemory", "1"]]);
    await expect((await create({}, full.port)).add("a", inAMinute())).rejects.toThrow("Redis answered OOM");
    await full.close();
  });
});

test("A replay store sends what comes together at once: nothing waits for another answer", async () => {
  const answers: ((answer: string) => void)[] = [];
  const call = () => new Promise<string>((resolve) => answers.push(resolve));
  const store = createRedisReplayStore({ call }, { allowEviction: true });
  const adding = Array.from({ length: 1000 }, (_, n) => store.add(`${n}`, inAMinute()));
  // In the same tick, so that the client writes them together.
  expect(answers).toHaveLength(1000);
  for (const answer of answers) answer("new");
  expect((await Promise.all(adding)).every(Boolean)).toBe(true);
});

describe("A replay store whose client", () => {
  const never = () => new Promise<unknown>(() => undefined);
  const hostile = Object.defineProperty({}, "message", {
    get: () => {
      throw new Error("read");
    },
  });
  test.each<[string, () => Promise<unknown>, string]>([
    ["does not answer", never, "Redis did not answer within 0.02 s"],
    ["rejects with what cannot be read", () => Promise.reject(hostile), "Redis cannot be reached"],
    ["rejects with nothing", () => Promise.reject(undefined), "Redis cannot be reached"],
    ["answers 1", () => Promise.resolve(1), "not one of the script's"],
    ["answers null", () => Promise.resolve(null), "not one of the script's"],
    ["answers OK", () => Promise.resolve("OK"), "not one of the script's"],
    [
      "throws",
      () => {
        throw new Error("The client is closed");
      },
      "Redis cannot be reached",
    ],
    [
      "asks a replica",
      () => Promise.reject(new Error("READONLY You can't write against a read only replica.")),
      "Redis answered READONLY",
    ],
    ["asks while data is loaded", () => Promise.reject(new Error("LOADING Redis is loading")), "answered LOADING"],
  ])("%s is answered with 503 and a reason for operators", async (_what, call, message) => {
    const sender = await createSender();
    const token = await issue({ cnf: { jkt: sender.jkt } });
    const replay = createRedisReplayStore({ call }, { timeout: 0.02 });
    const guard = guardWith({ dpop: { mode: "allowed", replay } });
    expect(await verdictOf(guard, proven(token, prove(sender, token)))).toBe("replay_store_unavailable");
    expect(`${guard.status().replay?.lastError}`).toContain(message);
  });

  test("does not say at first whether keys are evicted is asked again before a proof counts", async () => {
    let asked = 0;
    const call = async (_command: string, [script = ""]: string[]) => {
      if (!script.includes("INFO")) return "new";
      asked++;
      if (asked === 1) throw new Error("Connection is closed.");
      return "0 allkeys-lru";
    };
    const store = createRedisReplayStore({ call });
    await expect(store.add("a", inAMinute())).rejects.toThrow("Redis cannot be reached");
    expect(await store.add("b", inAMinute())).toBe(true);
    expect(await store.add("c", inAMinute())).toBe(true);
    expect(asked).toBe(2);
  });

  test("does not answer is not sent more than it can remember (CWE-770)", async () => {
    let sent = 0;
    const call = () => {
      sent++;
      return never();
    };
    const store = createRedisReplayStore({ call }, { timeout: 0.02, allowEviction: true });
    const adding = await Promise.allSettled(Array.from({ length: 11_000 }, (_, n) => store.add(`${n}`, inAMinute())));
    expect(adding.every(({ status }) => status === "rejected")).toBe(true);
    expect(sent).toBe(10_000);
  });
});

describe("createRedisReplayStore", () => {
  const client = { call: () => Promise.resolve(null) };
  const throwing = Object.defineProperty({}, "call", {
    get: () => {
      throw new Error("closed");
    },
  });
  test.each<[string, unknown]>([
    ["undefined", undefined],
    ["null", null],
    ["an empty object", {}],
    ["an address", "redis://127.0.0.1"],
    ["a member that is not a function", { call: 1 }],
    ["a getter that throws", throwing],
  ])("refuses %s in the place of a client", (_what, value) => {
    expect(() => createRedisReplayStore(value as never)).toThrow(ConfigError);
  });
  test.each([
    { prefix: 1 },
    { timeout: 0 },
    { timeout: Number.NaN },
    { timeout: "1" },
    { clockMargin: -1 },
    { clockMargin: 3601 },
  ])("refuses the option %j", (options) => {
    expect(() => createRedisReplayStore(client, options as never)).toThrow(ConfigError);
  });
});
