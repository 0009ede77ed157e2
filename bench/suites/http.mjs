// Over HTTP: what protection costs a server that does hardly anything else. The server has one core, the load comes from another.
import { supportsOption } from "../lib/library.mjs";
import { sendAll, toRequest } from "../lib/load.mjs";
import { arrange } from "../lib/measure.mjs";
import { startProvider } from "../lib/provider.mjs";
import { toText } from "../lib/report.mjs";
import { servers, startServer } from "../lib/server.mjs";
import { summarize } from "../lib/statistics.mjs";
import { audience, createKey, createTokens, issuer } from "../lib/tokens.mjs";

const connections = 64;
/** @typedef {"every token new" | "20,000 tokens, known" | "one token"} WorkloadName */

/** @typedef {{ readonly rate: number, readonly cpu: number }} Sample */

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runHttp({ isQuick, only, log }) {
  const key = createKey("RS256");
  const provider = await startProvider({ document: { keys: [key.jwk] } });
  const setting = { issuer, audience, jwk: key.jwk, pem: key.pem, jwksUri: provider.jwksUri };
  const count = isQuick ? 2000 : 20_000;
  const tokens = createTokens(key, count + 2000).map(toRequest);
  const load = { fresh: tokens.slice(0, count), warmUp: tokens.slice(count) };
  const wanted = servers.filter(([bare]) => only === undefined || bare === only);
  const groups = (isQuick ? wanted.slice(0, 2) : wanted).map((group) =>
    group.filter((name) => supportsOption("cache") || !name.endsWith("cache off")),
  );
  /** @type {Map<string, Map<WorkloadName, Sample[]>>} */
  const samples = new Map();
  try {
    // The first round warms up the machine (files, memory, clock) and is thrown away.
    for (let round = isQuick ? 1 : 0; round <= (isQuick ? 1 : 2); round++) {
      for (const name of arrange(groups.flat(), round)) {
        log(`round ${round}, ${name}`);
        const found = await measureServer(name, setting, load);
        if (round > 0) for (const [workload, sample] of found) add(samples, name, workload, sample);
      }
    }
  } finally {
    provider.close();
  }
  return [.../** @type {const} */ (["one token", "20,000 tokens, known", "every token new"])].map((workload) =>
    toTable(
      isQuick ? workload.replace("20,000", count.toLocaleString("en")) : workload,
      groups,
      (name) => samples.get(name)?.get(workload) ?? [],
    ),
  );
}

/**
 * @param {string} name
 * @param {import("../lib/server.mjs").ServerSetting} setting
 * @param {{ readonly fresh: readonly Buffer[], readonly warmUp: readonly Buffer[] }} load
 * @returns {Promise<readonly [WorkloadName, Sample][]>}
 */
async function measureServer(name, setting, { fresh, warmUp }) {
  const server = await startServer(name, setting);
  try {
    // Compilers need thousands of requests before a server is as fast as it gets.
    for (let time = 0; time < fresh.length / warmUp.length / 2 + 2; time++)
      await sendAll(server.port, warmUp, connections);
    const run = async (/** @type {readonly Buffer[]} */ requests) => {
      const before = await server.cpu();
      const seconds = await sendAll(server.port, requests, connections);
      return { rate: requests.length / seconds, cpu: ((await server.cpu()) - before) / requests.length };
    };
    const isNew = await run(fresh);
    // Twice more, since a cache may keep only what came again.
    for (let time = 0; time < 2; time++) await sendAll(server.port, fresh, connections);
    const known = await run(fresh);
    const one = await run(fresh.map(() => /** @type {Buffer} */ (warmUp[0])));
    return [
      ["every token new", isNew],
      ["20,000 tokens, known", known],
      ["one token", one],
    ];
  } finally {
    server.close();
  }
}

/** @param {Map<string, Map<WorkloadName, Sample[]>>} samples @param {string} name @param {WorkloadName} workload @param {Sample} sample */
function add(samples, name, workload, sample) {
  const byWorkload = samples.get(name) ?? new Map();
  samples.set(name, byWorkload.set(workload, [...(byWorkload.get(workload) ?? []), sample]));
}

/**
 * @param {string} title
 * @param {readonly (readonly string[])[]} groups
 * @param {(name: string) => readonly Sample[]} samplesOf
 * @returns {import("../lib/report.mjs").Facts}
 */
function toTable(title, groups, samplesOf) {
  const rate = (/** @type {string} */ name) => summarize(samplesOf(name).map((sample) => sample.rate));
  const cpu = (/** @type {string} */ name) => summarize(samplesOf(name).map((sample) => sample.cpu)).median;
  return {
    title: `HTTP, ${title}`,
    columns: [
      "server",
      "requests/s",
      "p25 - p75",
      "of unprotected",
      "CPU µs/request",
      "added by protection",
      "of unprotected, by CPU",
    ],
    rows: groups.flatMap(([bare = "", ...others]) =>
      [bare, ...others].map((name) => [
        name.includes("gatewarden") ? `**${name}**` : name,
        Math.round(rate(name).median).toLocaleString("en"),
        `${Math.round(rate(name).low).toLocaleString("en")} - ${Math.round(rate(name).high).toLocaleString("en")}`,
        toText(rate(name).median / rate(bare).median),
        toText(cpu(name)),
        name === bare ? "" : toText(cpu(name) - cpu(bare)),
        toText(cpu(bare) / cpu(name)),
      ]),
    ),
  };
}
