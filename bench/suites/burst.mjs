// A burst: how long do other requests wait while 2,000 tokens arrive at once that nobody has seen before?
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { sendAll, toRequest } from "../lib/load.mjs";
import { arrange } from "../lib/measure.mjs";
import { startProvider } from "../lib/provider.mjs";
import { toText } from "../lib/report.mjs";
import { startServer } from "../lib/server.mjs";
import { quantile, summarize } from "../lib/statistics.mjs";
import { audience, createKey, createTokens, issuer } from "../lib/tokens.mjs";

const burst = 2000;
const probeEvery = 1;

const servers = [
  "fastify",
  "fastify + gatewarden",
  "fastify + @fastify/jwt, fixed key",
  "fastify + fastify-jwt-jwks",
  "express",
  "express + gatewarden",
  "express + express-oauth2-jwt-bearer",
];

/** @typedef {{ readonly delays: readonly number[], readonly seconds: number }} Burst */

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runBurst({ isQuick, log }) {
  const key = createKey("RS256");
  const provider = await startProvider({ document: { keys: [key.jwk] } });
  const setting = { issuer, audience, jwk: key.jwk, pem: key.pem, jwksUri: provider.jwksUri };
  const rounds = isQuick ? 1 : 8;
  const requests = createTokens(key, (rounds + 2) * burst).map((token) => toRequest(token));
  try {
    const tables = [];
    for (const isPinned of isQuick ? [true] : [true, false]) {
      /** @type {string[][]} */
      const rows = [];
      for (const name of arrange(isQuick ? servers.slice(0, 3) : servers, rounds)) {
        log(`${name}, ${isPinned ? "one core" : "all cores"}`);
        rows.push(toRow(name, await measureServer(name, { setting, requests, rounds, isPinned })));
      }
      tables.push(toTable(rows, isPinned));
    }
    return tables;
  } finally {
    provider.close();
  }
}

/**
 * @param {string} name
 * @param {{ setting: import("../lib/server.mjs").ServerSetting, requests: readonly Buffer[], rounds: number, isPinned: boolean }} run
 * @returns {Promise<readonly Burst[]>}
 */
async function measureServer(name, { setting, requests, rounds, isPinned }) {
  const server = await startServer(name, setting, { isPinned });
  try {
    const warmUp = requests.slice(0, burst);
    for (let time = 0; time < 4; time++) await sendAll(server.port, warmUp, 64);
    const bursts = [];
    // The first one is thrown away.
    for (let round = 0; round <= rounds; round++) {
      const some = requests.slice((round + 1) * burst, (round + 2) * burst);
      const found = await measureBurst(server.port, some);
      if (round > 0) bursts.push(found);
      await sleep(100);
    }
    return bursts;
  } finally {
    server.close();
  }
}

/** @param {number} port @param {readonly Buffer[]} requests @returns {Promise<Burst>} */
async function measureBurst(port, requests) {
  const sockets = await Promise.all(requests.map(() => open(port)));
  const probe = await open(port);
  const isOver = { now: false };
  const probing = probeUntil(probe, isOver);
  const start = performance.now();
  await Promise.all(
    requests.map((request, index) => ask(/** @type {import("node:net").Socket} */ (sockets[index]), request)),
  );
  const seconds = (performance.now() - start) / 1000;
  isOver.now = true;
  const delays = await probing;
  for (const socket of [...sockets, probe]) socket.destroy();
  return { delays, seconds };
}

const health = Buffer.from("GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "latin1");

/** @param {import("node:net").Socket} socket @param {{ now: boolean }} isOver @returns {Promise<readonly number[]>} Milliseconds. */
async function probeUntil(socket, isOver) {
  const delays = [];
  while (!isOver.now) {
    const start = performance.now();
    await ask(socket, health);
    delays.push(performance.now() - start);
    await sleep(probeEvery);
  }
  return delays;
}

/** @param {number} port @returns {Promise<import("node:net").Socket>} */
function open(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.once("error", reject).once("connect", () => resolve(socket));
  });
}

/** Sends a request and waits for its answer, which is short. @param {import("node:net").Socket} socket @param {Buffer} request */
function ask(socket, request) {
  return new Promise((resolve, reject) => {
    socket.once("data", (chunk) => {
      if (chunk.toString("latin1", 0, 12) === "HTTP/1.1 200") resolve(undefined);
      else reject(new Error(chunk.toString("latin1", 0, 300)));
    });
    socket.write(request);
  });
}

/** @param {string} name @param {readonly Burst[]} bursts */
function toRow(name, bursts) {
  const worst = summarize(bursts.map(({ delays }) => Math.max(...delays)));
  const p99 = summarize(bursts.map(({ delays }) => quantile(delays, 0.99)));
  const p50 = summarize(bursts.map(({ delays }) => quantile(delays, 0.5)));
  const all = summarize(bursts.map(({ seconds }) => seconds * 1000));
  const shown = name.includes("gatewarden") ? `**${name}**` : name;
  return [shown, toText(p50.median), toText(p99.median), toText(worst.median), toText(all.median)];
}

/** @param {readonly (readonly string[])[]} rows @param {boolean} isPinned @returns {import("../lib/report.mjs").Facts} */
function toTable(rows, isPinned) {
  const order = (/** @type {readonly string[]} */ [name = ""]) => servers.indexOf(name.replaceAll("**", ""));
  return {
    title: `2,000 new tokens at once, server on ${isPinned ? "one core" : "all cores"}`,
    note: "Delays of an unprotected route, asked every millisecond on another connection meanwhile.",
    columns: ["server", "p50, ms", "p99, ms", "longest, ms", "all 2,000 answered after, ms"],
    rows: [...rows].sort((a, b) => order(a) - order(b)),
  };
}
