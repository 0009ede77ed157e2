// Where what protection costs over HTTP goes: routes of one Fastify server, from no protection to all of it. One process, so that they differ
// in nothing else.
import { measureAll, toRequest } from "../lib/load.mjs";
import { arrange } from "../lib/measure.mjs";
import { toText } from "../lib/report.mjs";
import { partPaths, partsServer, startServer } from "../lib/server.mjs";
import { summarize } from "../lib/statistics.mjs";
import { audience, createKey, createTokens, issuer } from "../lib/tokens.mjs";

const names = ["no hook", "two empty hooks", "`attempt` in a hook", "the plugin"];
const burst = 2000;

/** @typedef {import("../lib/load.mjs").Sample} Sample */

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runParts({ isQuick, log }) {
  const key = createKey("RS256");
  const setting = { issuer, audience, jwk: key.jwk, pem: key.pem, jwksUri: "" };
  const tokens = createTokens(key, isQuick ? 1000 : 20_000);
  const turns = isQuick ? 2 : 30;
  /** For each workload the turns of all processes, and in each turn a sample per path. @type {{ readonly title: string, readonly turns: Sample[][] }[]} */
  const workloads = [
    { title: "one token", turns: [] },
    { title: `${tokens.length.toLocaleString("en")} tokens, known`, turns: [] },
  ];
  for (let process = 1; process <= (isQuick ? 1 : 4); process++) {
    log(`process ${process}`);
    const server = await startServer(partsServer, setting);
    try {
      const send = (/** @type {string} */ path, /** @type {readonly string[]} */ some) =>
        measureAll(
          server,
          some.map((token) => toRequest(token, path)),
        );
      for (let time = 0; time < 4; time++) {
        for (const first of starts(tokens)) {
          for (const path of partPaths) await send(path, tokens.slice(first, first + burst));
        }
      }
      for (let turn = 0; turn < turns; turn++) {
        const first = (turn * burst) % tokens.length;
        const drawn = [tokens.slice(0, burst).fill(tokens[0] ?? ""), tokens.slice(first, first + burst)];
        for (const [index, workload] of workloads.entries()) {
          /** @type {Sample[]} */
          const samples = [];
          for (const part of arrange([...partPaths.keys()], turn)) {
            samples[part] = await send(partPaths[part] ?? "", drawn[index] ?? []);
          }
          workload.turns.push(samples);
        }
      }
    } finally {
      server.close();
    }
  }
  return workloads.map(toTable);
}

/** @param {readonly string[]} tokens */
function starts(tokens) {
  return Array.from({ length: Math.ceil(tokens.length / burst) }, (_, index) => index * burst);
}

/**
 * @param {{ readonly title: string, readonly turns: readonly (readonly Sample[])[] }} workload
 * @returns {import("../lib/report.mjs").Facts}
 */
function toTable({ title, turns }) {
  const of = (/** @type {(sample: Sample, bare: Sample) => number} */ read, /** @type {number} */ part) =>
    summarize(
      turns.flatMap((samples) => {
        const [bare] = samples;
        const sample = samples[part];
        return bare && sample ? [read(sample, bare)] : [];
      }),
    );
  return {
    title: `Routes of one Fastify server, ${title}`,
    columns: ["route", "requests/s", "of no hook", "p25 - p75", "CPU µs/request", "added, CPU µs/request"],
    rows: names.map((name, part) => {
      const ratio = of((sample, bare) => sample.rate / bare.rate, part);
      return [
        name,
        Math.round(of(({ rate }) => rate, part).median).toLocaleString("en"),
        toText(ratio.median),
        part === 0 ? "" : `${toText(ratio.low)} - ${toText(ratio.high)}`,
        toText(of(({ cpu }) => cpu, part).median),
        part === 0 ? "" : toText(of((sample, bare) => sample.cpu - bare.cpu, part).median),
      ];
    }),
  };
}
