// Verification in-process: what one check costs, by algorithm and by how often a token comes back.
import { createContestants } from "../lib/contestants.mjs";
import { checkFairness, measure } from "../lib/measure.mjs";
import { startProvider } from "../lib/provider.mjs";
import { createRandom, createZipf } from "../lib/statistics.mjs";
import { createClaims, createKey, createTokens, signToken } from "../lib/tokens.mjs";

/** @typedef {import("../lib/measure.mjs").Workload} Workload */
/** @typedef {import("../lib/tokens.mjs").SigningKey} SigningKey */

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Table[]>}
 */
export async function runInProcess({ isQuick, only, log }) {
  const tables = [];
  for (const alg of /** @type {const} */ (["RS256", "ES256", "EdDSA", "PS256", "HS256"])) {
    if (only !== undefined && only !== alg) continue;
    const key = createKey(alg);
    const provider = await startProvider({ document: { keys: alg === "HS256" ? [] : [key.jwk] } });
    try {
      const contestants = createContestants({ key, origin: provider.origin });
      await checkFairness(contestants, createSamples(key));
      for (const workload of createWorkloads(key, isQuick)) {
        log(`${alg}, ${workload.name}`);
        const results = await measure(contestants, workload, isQuick ? 4 : 9);
        tables.push({ title: `${alg}, ${workload.name}`, unit: "µs per check", results });
      }
    } finally {
      provider.close();
    }
  }
  return tables;
}

/** @param {SigningKey} key */
function createSamples(key) {
  const claims = createClaims(0);
  const good = signToken(key, claims);
  const other = { ...createKey(key.alg), kid: key.kid };
  return {
    good,
    bad: {
      "a forged token": signToken(other, claims),
      "a token for another API": signToken(key, { ...claims, aud: ["https://other.example.test/"] }),
      "a token of another issuer": signToken(key, { ...claims, iss: "https://other.example.test/" }),
      "an expired token": signToken(key, { ...claims, iat: claims.iat - 200_000, exp: claims.iat - 100_000 }),
    },
  };
}

/**
 * @param {SigningKey} key
 * @param {boolean} isQuick
 * @returns {readonly Workload[]}
 */
function createWorkloads(key, isQuick) {
  const isMain = key.alg === "RS256";
  const batch = isQuick ? 300 : 2000;
  const set = isMain ? 20_000 : 2 * batch;
  const all = createTokens(key, set + 1000);
  const tokens = all.slice(0, set);
  const random = createRandom(42);
  const zipf = createZipf(set, random);
  const warmUp = all.slice(set, isQuick ? set + 300 : undefined);
  const many = (/** @type {() => number} */ next) => Array.from({ length: batch }, next);
  const once = (/** @type {number} */ round) => {
    const start = (round * batch) % set;
    return many(() => 0).map((_, index) => (start + index) % set);
  };
  /** @type {readonly Workload[]} */
  const basic = [
    { name: "every token new", tokens, warmUp, draw: once, isNew: true },
    { name: "one token again and again", tokens: tokens.slice(0, 1), warmUp, draw: () => many(() => 0) },
  ];
  if (!isMain) return basic;
  return [
    ...basic,
    { name: "20,000 tokens, Zipf", tokens, warmUp, draw: () => many(zipf) },
    { name: "20,000 tokens, evenly", tokens, warmUp, draw: () => many(() => Math.floor(random() * set)) },
  ];
}
