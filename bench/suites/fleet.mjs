// A fleet: revocations over Redis in eight real processes. How soon all refuse, what a million entries weigh, what a check costs with them,
// and how long joining takes.
import { fork } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { AuthError, createGuard } from "gatewarden";
import { createRedisRevocations } from "gatewarden/redis";
import { createClient } from "redis";
import { startChild, stopChild } from "../../scripts/lib/processes.mjs";
import { canPin } from "../lib/pin.mjs";
import { startRedis } from "../lib/redis.mjs";
import { toText } from "../lib/report.mjs";
import { quantile, summarize } from "../lib/statistics.mjs";
import { audience, createKey, createTokens, issuer } from "../lib/tokens.mjs";

const processes = 8;

/** `1-minute, 5-minute, 15-minute`: what else the machine did, where it was not idle. */
const readLoad = () =>
  loadavg()
    .map((one) => one.toFixed(1))
    .join(", ");

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runFleet({ isQuick, log }) {
  const loadBefore = readLoad();
  const redis = await startRedis();
  const fleet = /** @type {Member[]} */ ([]);
  try {
    const count = isQuick ? 50_000 : 1_000_000;
    log(`${processes} processes`);
    for (let index = 0; index < processes; index++) fleet.push(startMember());
    await Promise.all(fleet.map((member) => member.ask("join", { port: redis.port, foundingTime: 0 })));
    log(`${count.toLocaleString("en")} revocations`);
    const filled = await fill(fleet, count);
    const fanOuts = [];
    for (const load of [0, 1000]) {
      log(`time until the last process refuses, ${load === 0 ? "idle" : "under load"}`);
      fanOuts.push(await measureFanOut(fleet, { load, rounds: isQuick ? 100 : 500 }));
    }
    log("joining");
    const joins = await measureJoins(redis.port, isQuick ? 3 : 7);
    await Promise.all(fleet.map((member) => member.stop()));
    log("what a check costs");
    const checks = await measureChecks(redis.port, isQuick);
    return toTables({ loadBefore, count, filled, fanOuts, joins, checks, stored: await redis.readMemory() });
  } finally {
    await Promise.all(fleet.map((member) => member.stop()));
    await redis.close();
  }
}

/** @typedef {{ ask(order: string, given?: object): Promise<any>, stop(): Promise<void> }} Member */

/** On all cores: the benchmark itself is pinned to one of them. @returns {Member} */
function startMember() {
  const script = fileURLToPath(new URL("../lib/fleet-process.mjs", import.meta.url));
  const cores = `0-${cpus().length - 1}`;
  const args = ["--expose-gc", script];
  const child = canPin
    ? startChild("taskset", ["-c", cores, process.execPath, ...args], {
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      })
    : fork(script, { execArgv: ["--expose-gc"] });
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  let last = 0;
  child.on("message", (/** @type {any} */ { id, answer, error }) => {
    if (error === undefined) waiting.get(id)?.resolve(answer);
    else waiting.get(id)?.reject(new Error(error));
    waiting.delete(id);
  });
  child.on("exit", () => {
    for (const { reject } of waiting.values()) reject(new Error("a process of the fleet ended"));
  });
  return {
    ask: (order, given = {}) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, { resolve, reject });
        child.send({ id, order, given });
      }),
    stop: () => stopChild(child),
  };
}

/**
 * @param {readonly Member[]} fleet
 * @param {number} count
 */
async function fill(fleet, count) {
  const start = performance.now();
  await fleet[0]?.ask("fill", { first: 0, count });
  const sent = performance.now() - start;
  for (const member of fleet) while ((await member.ask("entries")) < count) await delay(50);
  const everywhere = performance.now() - start;
  const memory = await Promise.all(fleet.map((member) => member.ask("memory")));
  return { sent, everywhere, memory };
}

/**
 * Revokes by each process in turn, and takes the time until the last of all processes refuses. Between two revocations the same way is
 * taken by a bare entry of a stream: what Redis, the client and the machine take without us, in the same minute and under the same load.
 * @param {readonly Member[]} fleet
 * @param {{ load: number, rounds: number }} options
 */
async function measureFanOut(fleet, { load, rounds }) {
  const background = load === 0 ? 0 : 100;
  const [name, stream] = [`awaited-under-${load}`, `floor-under-${load}`];
  await Promise.all(
    fleet.map(async (member) => {
      await member.ask("watch", { name, count: rounds, checksPerSecond: load });
      await member.ask("watchFloor", { stream });
    }),
  );
  const pauseMs = 20;
  const seconds = (rounds * 2 * pauseMs) / 1000;
  const beside = background === 0 ? [] : [fleet[0]?.ask("background", { perSecond: background, seconds, from: load })];
  const sent = /** @type {Promise<any>[]} */ ([]);
  for (let index = 0; index < rounds; index++) {
    const member = fleet[index % fleet.length];
    if (member) sent.push(member.ask("revoke", { name, index }));
    await delay(pauseMs);
    if (member) sent.push(member.ask("sendFloor", { stream, index }));
    await delay(pauseMs);
  }
  await Promise.all([...sent, ...beside]);
  await delay(500);
  const notes = await Promise.all(fleet.map((member) => member.ask("stop")));
  return {
    load,
    background,
    times: toTimes(notes, rounds),
    floor: toTimes(
      notes.map(({ floor }) => floor),
      rounds,
    ),
  };
}

/**
 * From the sending in one process to the sight of it in the last one.
 * @param {readonly { sent: number[], seen: number[] }[]} notes
 * @param {number} rounds
 */
function toTimes(notes, rounds) {
  return Array.from({ length: rounds }, (_, index) => {
    const start = notes[index % notes.length]?.sent[index] ?? Number.NaN;
    return Math.max(...notes.map(({ seen }) => seen[index] ?? Number.POSITIVE_INFINITY)) - start;
  });
}

/**
 * @param {number} port
 * @param {number} rounds
 */
async function measureJoins(port, rounds) {
  const joins = [];
  for (let round = 0; round < rounds; round++) {
    const member = startMember();
    joins.push(await member.ask("join", { port, foundingTime: 0 }));
    await member.stop();
  }
  return joins;
}

/**
 * A known token, checked by two guards in turn: one asks the replica, one has no deny list.
 * @param {number} port
 * @param {boolean} isQuick
 */
async function measureChecks(port, isQuick) {
  const client = createClient({ socket: { host: "127.0.0.1", port } });
  client.on("error", () => {});
  await client.connect();
  const revocation = createRedisRevocations(client, { foundingTime: 0 });
  await revocation.ready();
  const key = createKey("ES256");
  const tokens = createTokens(key, 2000);
  const options = { issuer, audience, keys: { jwks: { keys: [key.jwk] } }, env: {} };
  const facts = { issuer, sid: "s", subject: "auth0|x", clientId: "app", jti: "t", issuedAt: 1e9, expiresAt: 2e9 };
  const lanes = [
    { name: "no deny list", guard: createGuard(options), times: /** @type {number[]} */ ([]) },
    {
      name: "the fleet's replica",
      guard: createGuard({ ...options, revocation }),
      times: /** @type {number[]} */ ([]),
    },
    {
      name: "a deny list that answers no",
      guard: createGuard({ ...options, revocation: { isRevoked: () => false } }),
      times: /** @type {number[]} */ ([]),
    },
  ];
  for (let round = 0; round < (isQuick ? 12 : 60); round++) {
    for (const { guard, times } of lanes) {
      const requests = tokens.map((token) => ({
        method: "GET",
        url: "/",
        headers: { authorization: Buffer.from(`Bearer ${token}`, "latin1").toString("latin1") },
      }));
      const start = performance.now();
      for (const request of requests) {
        const outcome = guard.attempt(request);
        // The first time that a token comes, its signature may be left to the thread pool.
        if (outcome instanceof AuthError || (outcome instanceof Promise && (await outcome) instanceof AuthError)) {
          throw new Error("a good token was refused");
        }
      }
      if (round > 5) times.push(((performance.now() - start) * 1000) / tokens.length);
    }
  }
  if (revocation.isRevoked(facts)) throw new Error("a good token was refused");
  await revocation.close();
  client.destroy();
  return lanes.map(({ name, times }) => ({ name, ...summarize(times) }));
}

/** @param {any} found */
function toTables({ loadBefore, count, filled, fanOuts, joins, checks, stored }) {
  const machine = `${cpus().length} cores for ${processes} processes, Redis and the benchmark. Load average before: ${loadBefore}`;
  const entries = count.toLocaleString("en");
  const megabytes = (/** @type {number} */ bytes) => toText(bytes / 1e6);
  const of = (/** @type {number[]} */ times, /** @type {number} */ part) => toText(quantile(times, part));
  const grown = joins.map((/** @type {any} */ one) => one.after - one.before);
  const base = checks[0].median;
  return [
    {
      title: `Time until the last of ${processes} processes refuses, with ${entries} entries (ms)`,
      note: `${machine}. From the call of revoke() in one process to the first refusal in the last one. Each process looks once per millisecond. The floor is a bare entry of a stream, from XADD to the answers of blocked XREADs in the same processes, in turn with ours.`,
      columns: ["load", "what", "p50", "p90", "p99", "longest"],
      rows: fanOuts.flatMap((/** @type {any} */ { load, background, times, floor }) =>
        [
          ["revoke() until refused", times],
          ["floor: XADD until read", floor],
        ].map(([what, found]) => [
          load === 0 ? "none" : `${load} checks/s in each process, ${background} other revocations/s`,
          what,
          ...[0.5, 0.9, 0.99, 1].map((part) => of(found, part)),
        ]),
      ),
    },
    {
      title: `A process that joins a log of ${entries} entries`,
      note: `${machine}. Memory is RSS after joining and collecting garbage, less RSS before, with the client connected in both.`,
      columns: ["figure", "median", "largest"],
      rows: [
        [
          "seconds until ready()",
          ...[0.5, 1].map((part) =>
            of(
              joins.map((/** @type {any} */ one) => one.time / 1000),
              part,
            ),
          ),
        ],
        ["MB of memory", ...[0.5, 1].map((part) => megabytes(quantile(grown, part)))],
      ],
    },
    {
      title: `Filling: ${entries} revocations by one process`,
      columns: ["figure", "value"],
      rows: [
        ["seconds until the log has all", toText(filled.sent / 1000)],
        [`seconds until all ${processes} processes have all`, toText(filled.everywhere / 1000)],
        ["MB RSS of a whole process afterwards, largest", megabytes(Math.max(...filled.memory))],
        ["MB that Redis uses", megabytes(stored)],
      ],
    },
    {
      title: `A known token, with ${entries} entries (µs per check)`,
      note: "The token has jti, sub and client_id, which are looked up; each request has a new string, as HTTP makes them.",
      columns: ["guard with", "median", "p25 - p75", "more than without"],
      rows: checks.map((/** @type {any} */ { name, median, low, high }) => [
        name,
        toText(median),
        `${toText(low)} - ${toText(high)}`,
        toText(median - base),
      ]),
    },
  ];
}
