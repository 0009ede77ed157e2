// One process of the fleet that `suites/fleet.mjs` measures. Told by its parent what to do; answers with figures.
import { createRedisRevocations } from "gatewarden/redis";
import { createClient } from "redis";
import { issuer } from "./tokens.mjs";

const expiresAt = Date.now() / 1000 + 86_400;

/** The same in all processes of a machine, in milliseconds. */
const readClock = () => Number(process.hrtime.bigint()) / 1e6;

/** @type {import("gatewarden/redis").RevocationReplica | undefined} */
let replica;
/** @type {{ seen: number[], sent: (number | undefined)[], stop: () => void } | undefined} */
let watch;
/** @type {import("redis").RedisClientType | undefined} */
let redis;
/** @type {{ seen: number[], sent: (number | undefined)[], stop: () => void } | undefined} */
let floor;

/** @type {Readonly<Record<string, (given: any) => unknown>>} */
const orders = {
  async join({ port, foundingTime }) {
    const client = createClient({ socket: { host: "127.0.0.1", port } });
    client.on("error", () => {});
    await client.connect();
    redis = /** @type {any} */ (client);
    const before = readMemory();
    const start = performance.now();
    replica = createRedisRevocations(client, { foundingTime, maxEntries: 5_000_000 });
    await replica.ready();
    const time = performance.now() - start;
    return { time, before, after: readMemory(), entries: replica.status().entries };
  },
  /** Revokes so many tokens and sessions, many at a time. */
  async fill({ first, count }) {
    for (let at = first; at < first + count; at += 2000) {
      const size = Math.min(2000, first + count - at);
      await Promise.all(Array.from({ length: size }, (_, index) => replica?.revoke(toRevocation(at + index))));
    }
  },
  entries: () => replica?.status().entries,
  memory: () => readMemory(),
  /** Checks good tokens at a rate, and notes when each of the awaited ids is refused. */
  watch({ name, count, checksPerSecond }) {
    const seen = /** @type {number[]} */ ([]);
    const sent = /** @type {(number | undefined)[]} */ ([]);
    let next = 0;
    let nextGood = 0;
    const timer = setInterval(() => {
      for (let index = 0; index < checksPerSecond / 500; index++)
        replica?.isRevoked(toFacts(`good-${nextGood++}-token`));
      while (next < count && replica?.isRevoked(toFacts(`${name}-${next}`))) {
        seen[next] = readClock();
        next++;
      }
    }, 1);
    watch = { seen, sent, stop: () => clearInterval(timer) };
  },
  /** Revokes one of the awaited ids; resolves when the log has it. */
  async revoke({ name, index }) {
    if (watch) watch.sent[index] = readClock();
    await replica?.revoke({ issuer, jti: `${name}-${index}`, expiresAt });
  },
  /** Other revocations beside the measured ones. */
  async background({ perSecond, seconds, from }) {
    for (let done = 0; done < perSecond * seconds; done++) {
      void replica?.revoke({ issuer, jti: `background-${from}-${done}`, expiresAt });
      await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond));
    }
  },
  /** What Redis and the client take alone: a blocked XREAD, and nothing else done with the entry. */
  async watchFloor({ stream }) {
    const seen = /** @type {number[]} */ ([]);
    const sent = /** @type {(number | undefined)[]} */ ([]);
    const reader = await redis?.duplicate().connect();
    reader?.on("error", () => {});
    floor = { seen, sent, stop: () => reader?.destroy() };
    void readFloor(reader, stream, seen);
  },
  /** Appends an entry for the floor. */
  async sendFloor({ stream, index }) {
    if (floor) floor.sent[index] = readClock();
    await redis?.sendCommand(["XADD", stream, "*", "i", String(index)]);
  },
  stop() {
    watch?.stop();
    floor?.stop();
    return { seen: watch?.seen, sent: watch?.sent, floor: { seen: floor?.seen, sent: floor?.sent } };
  },
};

/**
 * @param {any} reader
 * @param {string} stream
 * @param {number[]} seen
 */
async function readFloor(reader, stream, seen) {
  let last = "0-0";
  try {
    while (true) {
      const found = await reader.xRead({ key: stream, id: last }, { BLOCK: 1000, COUNT: 100 });
      for (const { id, message } of found?.[0]?.messages ?? []) {
        seen[Number(message.i)] ??= readClock();
        last = id;
      }
    }
  } catch {
    // The connection was ended.
  }
}

/** @param {number} index */
function toRevocation(index) {
  const id = toId(index);
  if (index % 10 < 6) return { issuer, jti: id, expiresAt };
  if (index % 10 < 9) return { issuer, sid: id, expiresAt };
  return {
    issuer,
    subject: `auth0|${id.replaceAll("-", "").slice(0, 24)}`,
    issuedBefore: expiresAt - 90_000,
    expiresAt,
  };
}

/**
 * An id in the form of a UUID that is the same in each run.
 * @param {number} index
 */
function toId(index) {
  let text = "";
  for (let part = 1; part <= 4; part++) {
    text += (Math.imul(index ^ (part << 20), 0x9e3779b1 + part * 2) >>> 0).toString(16).padStart(8, "0");
  }
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** @param {string} jti */
function toFacts(jti) {
  return {
    issuer,
    jti,
    sid: `session-of-${jti}`,
    subject: "auth0|5f7c8ec7c33c6c004bbafe82",
    clientId: "app",
    issuedAt: expiresAt,
    expiresAt,
  };
}

function readMemory() {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

process.on("message", async (/** @type {{ id: number, order: string, given: object }} */ { id, order, given }) => {
  try {
    process.send?.({ id, answer: await orders[order]?.(given) });
  } catch (error) {
    process.send?.({ id, error: String(error) });
  }
});
