// Over HTTP: what protection costs a server that does hardly anything else. The server has one core, the load comes from another.
import { supportsOption } from "../lib/library.mjs";
import { measureAll, toRequest } from "../lib/load.mjs";
import { arrange } from "../lib/measure.mjs";
import { startProvider } from "../lib/provider.mjs";
import { toText } from "../lib/report.mjs";
import { servers, startServer } from "../lib/server.mjs";
import { summarize } from "../lib/statistics.mjs";
import { audience, createKey, createTokens, issuer } from "../lib/tokens.mjs";

/** @typedef {"every token new" | "20,000 tokens, known" | "one token"} WorkloadName */

/** @typedef {import("../lib/load.mjs").Sample} Sample */

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runHttp({ isQuick, only, log }) {
  const key = createKey("RS256");
  const provider = await startProvider({ document: { keys: [key.jwk] } });
  const setting = { issuer, audience, jwk: key.jwk, pem: key.pem, jwksUri: provider.jwksUri };
  const count = isQuick ? 2000 : 20_000;
  const warmUp = isQuick ? 1000 : 6000;
  const tokens = createTokens(key, count + warmUp).map((token) => toRequest(token));
  const load = { fresh: tokens.slice(0, count), warmUp: tokens.slice(count) };
  const wanted = servers.filter(([bare]) => only === undefined || bare === only);
  const groups = (isQuick ? wanted.slice(0, 2) : wanted).map((group) =>
    group.filter((name) => supportsOption("cache") || !name.endsWith("cache off")),
  );
  /** @type {Map<string, Map<WorkloadName, Sample[]>>} */
  const samples = new Map();
  try {
    // Two processes that run the same program differ, by where things happen to lie in memory; so each is started several times.
    for (let round = 1; round <= (isQuick ? 1 : 3); round++) {
      for (const group of groups) {
        log(`round ${round}, ${group[0]}`);
        await measureGroup(group, setting, load, (name, workload, sample) => add(samples, name, workload, sample));
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

/** How many requests a server gets before it is the next one's turn: so short that whatever the machine does meanwhile hits all alike. */
const burst = 2000;

/**
 * The servers of one framework run side by side, each in its own process, and take turns.
 * @param {readonly string[]} names
 * @param {import("../lib/server.mjs").ServerSetting} setting
 * @param {{ readonly fresh: readonly Buffer[], readonly warmUp: readonly Buffer[] }} load
 * @param {(name: string, workload: WorkloadName, sample: Sample) => void} report
 */
async function measureGroup(names, setting, { fresh, warmUp }, report) {
  /** @type {{ readonly name: string, readonly server: Awaited<ReturnType<typeof startServer>> }[]} */
  const running = [];
  const one = fresh.map(() => /** @type {Buffer} */ (warmUp[0]));
  try {
    for (const name of names) running.push({ name, server: await startServer(name, setting) });
    const runAll = async (
      /** @type {readonly Buffer[]} */ requests,
      /** @type {WorkloadName | undefined} */ workload,
    ) => {
      for (let first = 0; first < requests.length; first += burst) {
        const some = requests.slice(first, first + burst);
        for (const { name, server } of arrange(running, first)) {
          const sample = await measureAll(server, some);
          if (workload) report(name, workload, sample);
        }
      }
    };
    // Compilers need thousands of requests before a server is as fast as it gets, and other tokens: a known one goes another way.
    await runAll(warmUp, undefined);
    await runAll(fresh, "every token new");
    // Again and again, since a cache may keep only what came twice, and its memory takes some collections to settle.
    for (let time = 0; time < 3; time++) await runAll(fresh, undefined);
    await runAll(fresh, "20,000 tokens, known");
    await runAll(one, "one token");
  } finally {
    for (const { server } of running) server.close();
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
  const rates = (/** @type {string} */ name) => samplesOf(name).map((sample) => sample.rate);
  const rate = (/** @type {string} */ name) => summarize(rates(name));
  const cpu = (/** @type {string} */ name) => summarize(samplesOf(name).map((sample) => sample.cpu)).median;
  // Turn by turn, since the two of one turn ran within the same second.
  const ratio = (/** @type {string} */ name, /** @type {string} */ bare) => {
    const ofBare = rates(bare);
    return summarize(rates(name).map((one, turn) => one / (ofBare[turn] ?? Number.NaN))).median;
  };
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
        toText(ratio(name, bare)),
        toText(cpu(name)),
        name === bare ? "" : toText(cpu(name) - cpu(bare)),
        toText(cpu(bare) / cpu(name)),
      ]),
    ),
  };
}
