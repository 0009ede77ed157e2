// Shared answers in Redis (RFC 7662 §4): sealed by the token, bounded in time, and never needed.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { ConfigError, createGuard, type Introspect } from "../../src/index.js";
import { createRedisIntrospectionStore, type RedisIntrospectionOptions } from "../../src/redis/redis.js";
import { audience, issuer, options, verdict } from "../support/keys.js";
import { type RedisServer, startRedis } from "../support/redis-server.js";
import { ask, clientNames, connectors } from "./_clients.js";

const { isSkipped, note } = toSkip(["redis-server"]);
const newPrefix = () => `${crypto.randomUUID()}:`;
const token = "opaque-token-of-a-user";
const question = { token, issuer };
const now = () => Date.now() / 1000;
const response = () => ({ active: true, sub: "user|42", aud: audience, exp: now() + 300, token_type: "Bearer" });

describe.skipIf(isSkipped).each(clientNames)(`Shared answers over %s${note}`, (name) => {
  let server: RedisServer;
  const closers: (() => void)[] = [];
  beforeAll(async () => {
    server = await startRedis();
  });
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });
  afterAll(() => server.close());

  const create = async (settings: RedisIntrospectionOptions = {}, port = server.port) => {
    const { client, close } = await connectors[name](port);
    closers.push(close);
    return createRedisIntrospectionStore(client, settings);
  };
  const keysOf = async (prefix: string) => (await ask(server.port, "KEYS", `${prefix}*`)) as string[];

  test("spare the other processes the question", async () => {
    const prefix = newPrefix();
    const introspect = vi.fn<Introspect>(async () => response());
    const guardOf = async () =>
      createGuard(options({ introspection: { introspect, store: await create({ prefix }) }, now }));
    expect(await verdict(await guardOf(), token)).toBe("accepted");
    await vi.waitUntil(async () => (await keysOf(prefix)).length === 1);
    expect(await verdict(await guardOf(), token)).toBe("accepted");
    expect(introspect).toHaveBeenCalledTimes(1);
  });

  test("come back as they were, with their age", async () => {
    const store = await create({ prefix: newPrefix() });
    const answer = { ...response(), scope: "ä ✓", roles: ["a"] };
    await store.save(question, answer, 60);
    const found = await store.load(question);
    expect(found?.response).toEqual(answer);
    expect(found?.age).toBeGreaterThanOrEqual(0);
    expect(found?.age).toBeLessThan(60);
  });

  test("are in Redis without token, claim, or a plain hash of the token (CWE-312)", async () => {
    const prefix = newPrefix();
    await (await create({ prefix })).save(question, response(), 60);
    const [key = ""] = await keysOf(prefix);
    const dump = `${key} ${await ask(server.port, "GET", key)}`;
    const { createHash } = await import("node:crypto");
    const hashes = (["hex", "base64url"] as const).map((form) => createHash("sha256").update(token).digest(form));
    for (const secret of [token, "user|42", audience, issuer, ...hashes]) {
      expect(dump).not.toContain(secret);
      expect(dump).not.toContain(Buffer.from(secret).toString("base64url").slice(1, -2));
    }
  });

  test("are as many as there are saves, each unlike the other", async () => {
    const prefix = newPrefix();
    const store = await create({ prefix });
    const values = new Set<unknown>();
    for (let n = 0; n < 3; n++) {
      await store.save(question, response(), 60);
      values.add(await ask(server.port, "GET", (await keysOf(prefix))[0] ?? ""));
    }
    expect(values.size).toBe(3);
    expect(await keysOf(prefix)).toHaveLength(1);
  });

  test("belong to one token, one issuer and one secret", async () => {
    const prefix = newPrefix();
    const secret = "a secret of the fleet, of 32 bytes or more";
    await (await create({ prefix, secret })).save(question, response(), 60);
    const same = await create({ prefix, secret: new TextEncoder().encode(secret) });
    expect(await same.load(question)).toBeDefined();
    expect(await same.load({ ...question, token: `${token}2` })).toBeUndefined();
    expect(await same.load({ ...question, issuer: "https://other.test/" })).toBeUndefined();
    expect(await (await create({ prefix })).load(question)).toBeUndefined();
    expect(await (await create({ prefix, secret: `${secret}!` })).load(question)).toBeUndefined();
  });

  test("end in Redis with their lifetime", async () => {
    const prefix = newPrefix();
    const store = await create({ prefix });
    await store.save(question, response(), 0.0001);
    expect(await keysOf(prefix)).toEqual([]);
    await store.save(question, response(), 30);
    const left = await ask(server.port, "PTTL", (await keysOf(prefix))[0] ?? "");
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(30_000);
  });

  test("get older even if their time in Redis is extended", async () => {
    const prefix = newPrefix();
    const store = await create({ prefix });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 100_000 });
    await store.save(question, response(), 60);
    vi.useRealTimers();
    await ask(server.port, "PERSIST", (await keysOf(prefix))[0] ?? "");
    expect(await store.load(question)).toBeUndefined();
    await ask(server.port, "EXPIRE", (await keysOf(prefix))[0] ?? "", "60");
    expect((await store.load(question))?.age).toBeGreaterThanOrEqual(100);
  });

  test.each<[string, (value: string) => string]>([
    ["empty", () => ""],
    ["plain JSON", () => JSON.stringify({ response: response(), lifetime: 60, at: now() })],
    ["cut", (value) => value.slice(0, -4)],
    ["changed in one character", (value) => `${value.slice(0, 30)}${value[30] === "A" ? "B" : "A"}${value.slice(31)}`],
    ["of another kind of characters", (value) => `${value}=`],
    ["too short for its IV", () => "AAAA"],
  ])("are ignored when the value is %s", async (_what, change) => {
    const prefix = newPrefix();
    const store = await create({ prefix });
    await store.save(question, response(), 60);
    const [key = ""] = await keysOf(prefix);
    await ask(server.port, "SET", key, change(`${await ask(server.port, "GET", key)}`), "KEEPTTL");
    expect(await store.load(question)).toBeUndefined();
    const introspect = vi.fn<Introspect>(async () => response());
    const guard = createGuard(options({ introspection: { introspect, store }, now }));
    expect(await verdict(guard, token)).toBe("accepted");
    expect(introspect).toHaveBeenCalledTimes(1);
  });

  test("are ignored when they were moved from another token's key", async () => {
    const prefix = newPrefix();
    const store = await create({ prefix });
    await store.save(question, response(), 60);
    const [own = ""] = await keysOf(prefix);
    await store.save({ ...question, token: "admin-token" }, { ...response(), sub: "admin" }, 60);
    const other = (await keysOf(prefix)).find((key) => key !== own) ?? "";
    await ask(server.port, "RENAME", other, own);
    expect(await store.load(question)).toBeUndefined();
  });

  test("of a Redis that is down, or holds another type, are asked for at the server", async () => {
    const own = await startRedis();
    const prefix = newPrefix();
    const store = await create({ prefix, timeout: 0.1 }, own.port);
    await store.save(question, response(), 60);
    const [key = ""] = (await ask(own.port, "KEYS", `${prefix}*`)) as string[];
    await ask(own.port, "DEL", key);
    await ask(own.port, "LPUSH", key, "x");
    const introspect = vi.fn<Introspect>(async () => response());
    const guard = createGuard(options({ introspection: { introspect, store, maxAge: 0.001 }, now }));
    expect(await verdict(guard, token)).toBe("accepted");
    await own.kill();
    expect(await verdict(guard, "another")).toBe("accepted");
    expect(await verdict(guard, "a-third")).toBe("accepted");
    expect(introspect).toHaveBeenCalledTimes(3);
    await own.close();
  });
});

describe("createRedisIntrospectionStore", () => {
  test("asks a Redis that fails no more for a while, so that tokens do not wait for it", async () => {
    let asked = 0;
    const call = () => {
      asked++;
      return Promise.reject(new Error("down"));
    };
    const store = createRedisIntrospectionStore({ call });
    await expect(store.load(question)).rejects.toThrow("Redis cannot be reached");
    for (let n = 0; n < 10; n++) expect(await store.load(question)).toBeUndefined();
    expect(asked).toBe(1);
  });
  test("does not share what is very large", async () => {
    const call = vi.fn(async () => "OK");
    await createRedisIntrospectionStore({ call }).save(question, { ...response(), a: "a".repeat(70_000) }, 60);
    expect(call).not.toHaveBeenCalled();
  });
  test.each([{ secret: "short" }, { secret: 1 }, { secret: null }, { prefix: 1 }, { timeout: 0 }])(
    "refuses the option %j without showing it",
    (settings) => {
      const make = () => createRedisIntrospectionStore({ call: async () => null }, settings as never);
      expect(make).toThrow(ConfigError);
      expect(make).not.toThrow('short"');
    },
  );
});
