// What 1,000 issuers cost: 1,000 tokens of one issuer, and one token of each of 1,000. Through the gateway, and in a loop that does nothing else.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AuthError, createGuard } from "gatewarden";
import { sendAll, toRequest } from "../load.mjs";
import { arrange } from "../measure.mjs";
import { toText } from "../report.mjs";
import { summarize } from "../statistics.mjs";
import { audience, createClaims, createKey, signToken } from "../tokens.mjs";
import { runWrk } from "../wrk.mjs";
import { contestants, ours, toGateway } from "./contestants.mjs";
import { startContestant } from "./running.mjs";

const count = 1000;
const text = count.toLocaleString("en");

/** @typedef {{ readonly name: string, readonly options: readonly object[], readonly tokens: readonly string[] }} Case */

/**
 * @param {{ readonly application: number, readonly setting: import("./nginx.mjs").Setting }} surroundings
 * @param {{ readonly folder: string, readonly isQuick: boolean }} options
 * @returns {Promise<readonly import("../report.mjs").Facts[]>}
 */
export async function measureIssuers(surroundings, { folder, isQuick }) {
  const cases = createCases();
  return [await measureGateways(cases, surroundings, { folder, isQuick }), await measureGuards(cases, isQuick)];
}

/** @returns {readonly Case[]} */
function createCases() {
  const all = Array.from({ length: count }, (_, index) => ({
    issuer: `https://tenant-${index}.example.test/`,
    key: createKey("ES256", `key-${index}`),
  }));
  const options = all.map(({ issuer, key }) => ({ issuer, keys: { jwks: { keys: [key.jwk] } } }));
  const signAll = (/** @type {number} */ issuers) =>
    all.map((_, index) => {
      const { issuer, key } = all[index % issuers] ?? { issuer: "", key: createKey("ES256") };
      return signToken(key, { ...createClaims(index), iss: issuer });
    });
  const ofOne = signAll(1);
  return [
    { name: "1 issuer", options: options.slice(0, 1), tokens: ofOne },
    { name: `${text} issuers, all tokens of one`, options, tokens: ofOne },
    { name: `${text} issuers, a token of each`, options, tokens: signAll(count) },
  ];
}

/**
 * Behind nginx as it is shipped. The figure is the processor time of the gateway alone.
 * @param {readonly Case[]} cases
 * @param {{ readonly application: number, readonly setting: import("./nginx.mjs").Setting }} surroundings
 * @param {{ readonly folder: string, readonly isQuick: boolean }} options
 */
async function measureGateways(cases, surroundings, { folder, isQuick }) {
  const contestant = contestants.find(({ name }) => name === ours);
  if (contestant === undefined) throw new Error("The gateway is not among the contestants");
  const lanes = [];
  try {
    for (const [index, { name, options, tokens }] of cases.entries()) {
      const tokenFile = join(folder, `tokens-${index}`);
      await writeFile(tokenFile, `${tokens.join("\n")}\n`);
      const toAuthorizer = (/** @type {import("./nginx.mjs").Placed} */ placed) =>
        toGateway(placed, { issuers: options });
      const running = await startContestant({ ...contestant, toAuthorizer }, surroundings);
      // By number, not by time: in a second of a busy machine nothing gets warm.
      const requests = tokens.map((token) => toRequest(token));
      for (let time = 0; time < 5; time++) await sendAll(running.port, requests, 64);
      lanes.push({ name, tokenFile, running, times: /** @type {number[]} */ ([]) });
    }
    for (let round = 0; round <= (isQuick ? 2 : 8); round++) {
      for (const { running, tokenFile, times } of arrange(lanes, round)) {
        const before = running.authorizerCpu();
        const { requests, refused, broken } = await runWrk(running.port, { seconds: 1, tokenFile });
        if (refused + broken > 0) throw new Error("a good token was refused");
        if (round > 0) times.push((running.authorizerCpu() - before) / requests);
      }
    }
  } finally {
    await Promise.all(lanes.map(({ running }) => running.close()));
  }
  return {
    title: `What ${text} issuers cost: CPU µs of the gateway per request, behind nginx`,
    note: `${text} different ES256 tokens, known. Ratios round by round.`,
    columns: ["gateway with", "CPU µs/request", "p25 - p75", "of one issuer"],
    rows: toRows(lanes),
  };
}

/**
 * @param {readonly Case[]} cases
 * @param {boolean} isQuick
 */
async function measureGuards(cases, isQuick) {
  const rows = [];
  const workloads = /** @type {const} */ ([
    ["known", {}],
    ["new", { cache: false }],
  ]);
  for (const [workload, options] of workloads) {
    const lanes = cases.map(({ name, options: issuer, tokens }) => ({
      name: `${workload}: ${name}`,
      guard: createGuard(/** @type {any} */ ({ issuer, audience, env: {}, ...options })),
      tokens,
      times: /** @type {number[]} */ ([]),
    }));
    for (let round = 0; round < (isQuick ? 8 : 60); round++) {
      for (const { guard, tokens, times } of arrange(lanes, round)) {
        const time = await runRound(guard, tokens, workload === "known" ? 20 : 1);
        if (round > 3) times.push(time);
      }
    }
    rows.push(...toRows(lanes));
  }
  return {
    title: `What ${text} issuers cost: µs per check, in-process`,
    note: `The same tokens. What belongs to an issuer lies in memory of its own: a loop over ${text} of them finds little of it in the core's caches.`,
    columns: ["tokens and guard", "µs per check", "p25 - p75", "of one issuer"],
    rows,
  };
}

/** The first is the one that others are compared with. @param {readonly { name: string, times: readonly number[] }[]} lanes */
function toRows(lanes) {
  const one = lanes[0]?.times ?? [];
  return lanes.map(({ name, times }, index) => {
    const { median, low, high } = summarize(times);
    const ratio = summarize(times.map((time, round) => time / (one[round] ?? Number.NaN))).median;
    return [name, toText(median), `${toText(low)} - ${toText(high)}`, index === 0 ? "" : toText(ratio)];
  });
}

/**
 * @param {import("gatewarden").Guard<any>} guard
 * @param {readonly string[]} tokens
 * @param {number} times
 */
async function runRound(guard, tokens, times) {
  let spent = 0;
  for (let time = 0; time < times; time++) {
    // New strings, as HTTP makes them.
    const requests = tokens.map((token) => ({
      method: "GET",
      url: "/",
      headers: { authorization: Buffer.from(`Bearer ${token}`, "latin1").toString("latin1") },
    }));
    globalThis.gc?.({ type: "minor" });
    const start = performance.now();
    for (const request of requests) {
      const outcome = guard.attempt(request);
      // The first time that a token comes, its signature may be left to the thread pool.
      if (outcome instanceof AuthError || (outcome instanceof Promise && (await outcome) instanceof AuthError)) {
        throw new Error("a good token was refused");
      }
    }
    spent += performance.now() - start;
  }
  return (spent * 1000) / (tokens.length * times);
}
