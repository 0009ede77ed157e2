// One run: starts the API, keeps it busy, measures it between whiles, and tells what came of it.
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { audience, createKinds, issuer, jwks } from "./requests.mjs";

/** @typedef {{ at: number, rss: number, heapUsed: number, cpu: number, connections: number, timers: number, faults: string[] }} Sample */
/** @typedef {{ kind: string, status: number, count: number, wrong: string[] }} Tally */
/** @typedef {{ seconds: number, tallies: readonly Tally[], samples: readonly Sample[], last: Sample, keyRequests: number, exitCode: number | null }} Outcome */

const parallel = 32;
const server = new URL("server.mjs", import.meta.url);

/** @param {{ seconds: number, samples?: number, onSample?: (sample: Sample) => void }} options @returns {Promise<Outcome>} */
export async function soak({ seconds, samples: wanted = 30, onSample = () => {} }) {
  const keys = await serveKeys();
  const child = fork(server, [issuer, audience, keys.url], { execArgv: ["--expose-gc"] });
  const exited = once(child, "exit");
  try {
    const [{ url }] = await once(child, "message");
    const begun = Date.now();
    /** @returns {Promise<Sample>} */
    const measure = async () => {
      child.send("measure");
      const [sample] = await once(child, "message");
      return { at: (Date.now() - begun) / 1000, ...sample };
    };
    const load = startLoad(url, begun + seconds * 1000);
    /** @type {Sample[]} */
    const samples = [];
    for (let count = 1; count <= wanted; count++) {
      await sleep(begun + (seconds * 1000 * count) / wanted - Date.now());
      const sample = await measure();
      samples.push(sample);
      onSample(sample);
    }
    const tallies = await load;
    const taken = (Date.now() - begun) / 1000;
    // Closed connections reach the other process in their own time.
    let last = await measure();
    for (let tries = 0; last.connections > 0 && tries < 50; tries++) {
      await sleep(20);
      last = await measure();
    }
    child.send("stop");
    const [exitCode] = await exited;
    return { seconds: taken, tallies, samples, last, keyRequests: keys.count(), exitCode };
  } finally {
    child.kill();
    await keys.close();
  }
}

/** The issuer's keys, over HTTP: unknown key ids make the API ask again. */
async function serveKeys() {
  let requests = 0;
  const keys = createServer((_request, response) => {
    requests++;
    response.setHeader("content-type", "application/json").end(JSON.stringify(jwks));
  });
  keys.listen(0, "127.0.0.1");
  await once(keys, "listening");
  const address = keys.address();
  const port = typeof address === "object" ? address?.port : 0;
  const close = () => {
    keys.closeAllConnections();
    return new Promise((resolve) => keys.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}/jwks`, count: () => requests, close };
}

/** @param {string} url @param {number} until */
async function startLoad(url, until) {
  const kinds = createKinds(url);
  const lots = kinds.flatMap((kind, index) => Array(kind.weight).fill(index));
  const tallies = kinds.map(({ kind, status }) => ({ kind, status, count: 0, wrong: /** @type {string[]} */ ([]) }));
  const agent = new Agent({ keepAlive: true, maxSockets: parallel });
  const work = async () => {
    while (Date.now() < until) {
      const index = lots[Math.floor(Math.random() * lots.length)];
      const [kind, tally] = [kinds[index], tallies[index]];
      if (!kind || !tally) throw new RangeError("No such kind");
      const answer = await send(`${url}/private`, kind.make().headers, kind.ends ? false : agent);
      tally.count++;
      const isReset = kind.ends && answer.status === 0;
      const isRight = answer.status === kind.status && (kind.code === undefined || answer.code === kind.code);
      const given = `${answer.status} ${answer.code}`;
      if (!isRight && !isReset && given !== kind.or) tally.wrong.push(given);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  agent.destroy();
  return tallies;
}

/**
 * @param {string} url @param {Record<string, string | string[]>} headers @param {Agent | false} agent
 * @returns {Promise<{ status: number, code?: unknown }>}
 */
function send(url, headers, agent) {
  return new Promise((resolve) => {
    const outgoing = request(url, { headers, agent }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, code: readCode(text) }));
      incoming.on("error", (error) => resolve({ status: 0, code: error.message }));
    });
    outgoing.on("error", (error) => resolve({ status: 0, code: error.message }));
    outgoing.end();
  });
}

/** @param {string} text */
function readCode(text) {
  try {
    return JSON.parse(text).code;
  } catch {
    return undefined;
  }
}
