// Through real proxies: what a check of the token costs, by the gateway, by modules of nginx and Apache, by HAProxy and by the application.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pickPort } from "../../scripts/lib/ports.mjs";
import { findProgram } from "../../scripts/lib/programs.mjs";
import { contestants, toApplication } from "../lib/gateway/contestants.mjs";
import { measureIssuers } from "../lib/gateway/issuers.mjs";
import { startProgram } from "../lib/gateway/programs.mjs";
import { measureReload } from "../lib/gateway/reload.mjs";
import { checkAnswers, startContestant } from "../lib/gateway/running.mjs";
import { toTables } from "../lib/gateway/tables.mjs";
import { sendAll, toRequest } from "../lib/load.mjs";
import { arrange } from "../lib/measure.mjs";
import { cores } from "../lib/pin.mjs";
import { startProvider } from "../lib/provider.mjs";
import { audience, createClaims, createKey, createTokens, issuer, signToken } from "../lib/tokens.mjs";
import { runWrk } from "../lib/wrk.mjs";

/** @typedef {import("../lib/gateway/running.mjs").RunningContestant} RunningContestant */
/** @typedef {"new" | "known" | "known, authorizer on the other core"} WorkloadName */
/** @typedef {{ readonly rate: number, readonly cpu: number, readonly authorizer: number, readonly p99: number }} Sample */
/** @typedef {Map<string, Map<WorkloadName, Sample[]>>} Samples */

const answer = { id: 42, status: "shipped", items: [{ sku: "A-1", count: 2 }] };
/** Fewer than the smallest cache holds by default: 1,000 of mod_oauth2. */
const knownCount = 500;

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runGateway({ isQuick, only, log }) {
  const missing = ["nginx", "wrk"].filter((name) => findProgram(name) === undefined);
  if (missing.length > 0)
    return [{ title: `Left out: there is no ${missing.join(", no ")}`, columns: ["-"], rows: [] }];
  log("signing tokens");
  const key = createKey("RS256");
  const counts = isQuick ? { warmUp: 1000, fresh: 1500 } : { warmUp: 5000, fresh: 4000 };
  const tokens = createTokens(key, knownCount + 2 * counts.warmUp + counts.fresh);
  const warm = knownCount + counts.warmUp;
  const load = {
    known: tokens.slice(0, knownCount),
    warmUp: tokens.slice(knownCount, warm),
    warmUpAgain: tokens.slice(warm, warm + counts.warmUp),
    fresh: tokens.slice(warm + counts.warmUp),
  };
  const provider = await startProvider({ document: { keys: [key.jwk] } });
  const folder = await mkdtemp(join(tmpdir(), "gatewarden-bench-"));
  const setting = { issuer, audience, jwk: key.jwk, pem: key.pem, jwksUri: provider.jwksUri, answer };
  const port = await pickPort(0, "127.0.0.1");
  const application = await startProgram(toApplication(port, answer), cores.measured);
  try {
    const tokenFile = join(folder, "tokens");
    await writeFile(tokenFile, `${load.known.join("\n")}\n`);
    const surroundings = { application: port, setting };
    const wanted = contestants.filter(({ name }) => only === undefined || name.includes(only));
    const present = wanted.filter((contestant) => listMissing(contestant).length === 0);
    /** @type {Samples} */
    const samples = new Map();
    // Two lives of the same program differ, by where things happen to lie in memory.
    for (let life = 1; life <= (isQuick ? 1 : 3); life++) {
      const running = /** @type {RunningContestant[]} */ ([]);
      try {
        log(`life ${life}: starting ${present.length} contestants`);
        for (const contestant of present) {
          const one = await startContestant(contestant, surroundings);
          running.push(one);
          await checkAnswers(one, toProbes(key));
        }
        await measureLife(
          running,
          { load, tokenFile, isQuick, life, log: (what) => log(`life ${life}: ${what}`) },
          samples,
        );
      } finally {
        await Promise.all(running.map(({ close }) => close()));
      }
    }
    log("reloads under full load");
    const reload = await measureReload(surroundings, { tokenFile, isQuick });
    log("1,000 issuers");
    const left = wanted
      .map((one) => ({ name: one.name, missing: listMissing(one) }))
      .filter((one) => one.missing.length > 0);
    return [
      ...toTables({ present, left, samples, knownCount }),
      reload,
      ...(await measureIssuers(surroundings, { folder, isQuick })),
    ];
  } finally {
    await application.close();
    provider.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {import("../lib/gateway/contestants.mjs").Contestant} contestant */
function listMissing({ programs, missing }) {
  return [...programs.filter((name) => findProgram(name) === undefined), ...missing];
}

/** @param {import("../lib/tokens.mjs").SigningKey} key */
function toProbes(key) {
  const claims = createClaims(0);
  return {
    good: signToken(key, claims),
    bad: {
      "no token": undefined,
      "a forged token": signToken(createKey("RS256"), claims),
      "an expired token": signToken(key, { ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 }),
      "a token for another API": signToken(key, { ...claims, aud: ["https://other.example.test/"] }),
      "a token of another issuer": signToken(key, { ...claims, iss: "https://other.example.test/" }),
    },
  };
}

/**
 * All contestants run side by side and take turns.
 * @param {readonly RunningContestant[]} running
 * @param {{ load: Record<"known" | "warmUp" | "warmUpAgain" | "fresh", readonly string[]>, tokenFile: string, isQuick: boolean, life: number, log: (what: string) => void }} options
 * @param {Samples} samples
 */
async function measureLife(running, { load, tokenFile, isQuick, life, log }, samples) {
  const report = (
    /** @type {RunningContestant} */ { contestant },
    /** @type {WorkloadName} */ workload,
    /** @type {Sample} */ sample,
  ) => {
    const ofOne = samples.get(contestant.name) ?? new Map();
    samples.set(contestant.name, ofOne.set(workload, [...(ofOne.get(workload) ?? []), sample]));
  };
  log("warming up");
  // Compilers go on until some 8,000 new tokens have passed: until then each costs Node.js up to three times as much.
  for (const one of running) {
    await sendAll(one.port, toRequests(load.warmUp), 64);
    // By number, not by time: in a second of a busy machine nothing gets warm.
    for (let time = 0; time < (isQuick ? 4 : 8); time++) await sendAll(one.port, toRequests(load.known), 64);
    await sendAll(one.port, toRequests(load.warmUpAgain), 64);
  }
  log("new tokens");
  const size = isQuick ? 500 : 1000;
  for (let first = 0; first < load.fresh.length; first += size) {
    const requests = toRequests(load.fresh.slice(first, first + size));
    for (const one of arrange(running, life * 100 + first)) {
      report(
        one,
        "new",
        await measureTurn(one, async () => ({
          count: size,
          rate: size / (await sendAll(one.port, requests, 64)),
          p99: 0,
        })),
      );
    }
  }
  log("known tokens");
  const known = (/** @type {RunningContestant} */ one) =>
    measureTurn(one, async () => {
      const found = await runWrk(one.port, { seconds: 1, tokenFile });
      if (found.refused + found.broken > 0) throw new Error(`${one.contestant.name}: ${JSON.stringify(found)}`);
      return { ...found, count: found.requests };
    });
  for (let turn = 1; turn <= (isQuick ? 1 : 2); turn++) {
    for (const one of arrange(running, life * 100 + turn)) report(one, "known", await known(one));
  }
  log("known tokens, the authorizer on the other core");
  const asking = running.filter(({ authorizer }) => authorizer !== undefined);
  for (const one of asking) one.pinAuthorizer(cores.measured);
  for (let turn = 1; turn <= (isQuick ? 2 : 3); turn++) {
    for (const one of arrange(asking, life * 100 + turn))
      report(one, "known, authorizer on the other core", await known(one));
  }
}

/** @param {readonly string[]} tokens */
function toRequests(tokens) {
  return tokens.map((token) => toRequest(token));
}

/**
 * @param {RunningContestant} one
 * @param {() => Promise<{ readonly count: number, readonly rate: number, readonly p99: number }>} run
 * @returns {Promise<Sample>}
 */
async function measureTurn(one, run) {
  const before = { all: await one.cpu(), authorizer: one.authorizerCpu() };
  const { count, rate, p99 } = await run().catch((error) => {
    throw new Error(`${one.contestant.name}: ${error.message}`);
  });
  return {
    rate,
    p99,
    cpu: ((await one.cpu()) - before.all) / count,
    authorizer: (one.authorizerCpu() - before.authorizer) / count,
  };
}
