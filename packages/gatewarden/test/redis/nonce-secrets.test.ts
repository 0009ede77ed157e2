// Secrets of nonces in Redis (RFC 9449 §8): agreed on by the first process, rotated, and read from memory.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { ConfigError } from "../../src/index.js";
import { createRedisNonceSecrets, type RedisClient, type RedisNonceSecrets } from "../../src/redis/redis.js";
import { type RedisServer, startRedis } from "../support/redis-server.js";
import { createSender, guardWith, issue, prove, proven, refusalOf, verdictOf } from "../support/senders.js";
import { ask, clientNames, connectors } from "./_clients.js";

const { isSkipped, note } = toSkip(["redis-server"]);
const newPrefix = () => `${crypto.randomUUID()}:`;
/** The longest, so that the tests hardly ever run across its end. */
const interval = 2_592_000;
const number = () => Math.floor(Date.now() / 1000 / interval);
const thisTime = () => number() * interval;
const nextTime = () => (number() + 1) * interval;

describe.skipIf(isSkipped).each(clientNames)(`Nonce secrets over %s${note}`, (name) => {
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
  const create = async (prefix: string, port = server.port): Promise<RedisNonceSecrets> =>
    createRedisNonceSecrets(await connect(port), { prefix, interval, timeout: 5 });

  test("are the same in all processes, although all want to make them first", async () => {
    const prefix = newPrefix();
    const fleet = await Promise.all(Array.from({ length: 10 }, () => create(prefix)));
    await Promise.all(fleet.map((one) => one.ready()));
    const now = thisTime();
    for (const time of [now - interval, now, now + interval]) {
      const secrets = fleet.map((one) => Buffer.from(one.secretAt(time) ?? []).toString("hex"));
      expect(secrets[0]).toHaveLength(64);
      expect(new Set(secrets).size).toBe(1);
    }
  });

  test("change with the interval, and the next one is known ahead", async () => {
    const secrets = await create(newPrefix());
    await secrets.ready();
    expect(secrets.secretAt(thisTime())).not.toEqual(secrets.secretAt(nextTime()));
    expect(secrets.secretAt(thisTime() + interval - 1)).toBe(secrets.secretAt(thisTime()));
  });

  test("let a nonce of one process pass in another, and a proof with it only once each", async () => {
    const prefix = newPrefix();
    const [one, other] = [await create(prefix), await create(prefix)];
    await Promise.all([one.ready(), other.ready()]);
    const sender = await createSender();
    const now = Date.now() / 1000;
    const token = await issue({ cnf: { jkt: sender.jkt }, iat: now, exp: now + 60 });
    const guardOf = (secret: RedisNonceSecrets) =>
      guardWith({ dpop: { mode: "allowed", nonce: { secret } }, now: () => now });
    const { nonce } = await refusalOf(guardOf(one), proven(token, prove(sender, token, { claims: { iat: now } })));
    const dpop = prove(sender, token, { claims: { iat: now, nonce } });
    expect(await verdictOf(guardOf(other), proven(token, dpop))).toBe("accepted");
    const unknown = await create(newPrefix());
    expect(await verdictOf(guardOf(unknown), proven(token, dpop))).toBe("dpop_nonce_required");
  });

  test("go on while Redis is down, beyond the next one, and are given back to one that lost them", async () => {
    const own = await startRedis();
    const prefix = newPrefix();
    const secrets = await create(prefix, own.port);
    await secrets.ready();
    const [known, next] = [secrets.secretAt(thisTime()), secrets.secretAt(nextTime())];
    await own.kill();
    expect(secrets.secretAt(thisTime())).toBe(known);
    expect(secrets.secretAt(nextTime())).toBe(next);
    expect(secrets.secretAt(nextTime() + 10 * interval)).toBe(next);
    // Nothing was saved.
    await own.start();
    await secrets.ready();
    expect(secrets.secretAt(thisTime())).toBe(known);
    expect(await ask(own.port, "GET", `${prefix}${number()}`)).toBe(Buffer.from(known ?? []).toString("base64url"));
    await own.close();
  });

  test("are what Redis holds where two processes know different ones", async () => {
    const prefix = newPrefix();
    const secrets = await create(prefix);
    await secrets.ready();
    const key = `${prefix}${number()}`;
    const other = Buffer.alloc(32, 9).toString("base64url");
    await ask(server.port, "SET", key, other);
    await secrets.ready();
    expect(Buffer.from(secrets.secretAt(thisTime()) ?? []).toString("base64url")).toBe(other);
  });

  test.each([
    "",
    "short",
    Buffer.alloc(31).toString("base64url"),
    Buffer.alloc(64).toString("base64url"),
    "=".repeat(43),
  ])("are never the malformed value %j", async (value) => {
    const prefix = newPrefix();
    await ask(server.port, "SET", `${prefix}${number()}`, value);
    const secrets = await create(prefix);
    await expect(secrets.ready()).rejects.toThrow("Redis holds no secret where one belongs");
    expect(secrets.secretAt(thisTime())?.length ?? 32).toBe(32);
  });

  test("do not stay in Redis for ever", async () => {
    const prefix = newPrefix();
    await (await create(prefix)).ready();
    const keys = (await ask(server.port, "KEYS", `${prefix}*`)) as string[];
    expect(keys).toHaveLength(3);
    for (const key of keys) expect(await ask(server.port, "PTTL", key)).toBeGreaterThan(0);
  });
});

describe("Nonce secrets", () => {
  test("never wait, and ask one time for many requests", () => {
    let asked = 0;
    const client: RedisClient = {
      call: () => {
        asked++;
        return new Promise(() => undefined);
      },
    };
    const secrets = createRedisNonceSecrets(client);
    for (let n = 0; n < 1000; n++) expect(secrets.secretAt(1_800_000_000)).toBeUndefined();
    expect(asked).toBe(3);
  });
  test("back off while Redis fails, and cause no unhandled rejection", async () => {
    let asked = 0;
    const client: RedisClient = {
      call: () => {
        asked++;
        return Promise.reject(new Error("down"));
      },
    };
    const secrets = createRedisNonceSecrets(client);
    for (let n = 0; n < 20; n++) {
      expect(secrets.secretAt(1_800_000_000)).toBeUndefined();
      await new Promise(setImmediate);
    }
    expect(asked).toBe(3);
    await expect(secrets.ready()).rejects.toThrow("Redis cannot be reached");
  });
  test.each([Number.NaN, Number.POSITIVE_INFINITY])("of the time %d are unknown", (time) => {
    const call = () => Promise.reject(new Error("must not be asked"));
    expect(createRedisNonceSecrets({ call }).secretAt(time)).toBeUndefined();
  });
  test.each([{ interval: 3599 }, { interval: Number.NaN }, { prefix: 1 }, { timeout: 61 }])(
    "cannot have the option %j",
    (options) => {
      expect(() => createRedisNonceSecrets({ call: async () => null }, options as never)).toThrow(ConfigError);
    },
  );
});
