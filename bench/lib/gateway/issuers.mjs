// What 1,000 issuers cost: 1,000 tokens of one issuer, and one token of each of 1,000, checked in turn by two guards.
import { AuthError, createGuard } from "gatewarden";
import { arrange } from "../measure.mjs";
import { toText } from "../report.mjs";
import { summarize } from "../statistics.mjs";
import { audience, createClaims, createKey, signToken } from "../tokens.mjs";

const count = 1000;

/**
 * @param {boolean} isQuick
 * @returns {Promise<import("../report.mjs").Facts>}
 */
export async function measureIssuers(isQuick) {
  const toIssuer = (/** @type {number} */ index) => {
    const key = createKey("ES256", `key-${index}`);
    return {
      name: `https://tenant-${index}.example.test/`,
      key,
      option: { issuer: `https://tenant-${index}.example.test/`, keys: { jwks: { keys: [key.jwk] } } },
    };
  };
  const all = Array.from({ length: count }, (_, index) => toIssuer(index));
  const cases = [
    { name: "1 issuer", issuers: all.slice(0, 1) },
    { name: `${count.toLocaleString("en")} issuers`, issuers: all },
  ];
  const workloads = /** @type {const} */ ([
    ["known tokens", {}],
    ["new tokens", { cache: false }],
  ]);
  const rows = [];
  for (const [workload, options] of workloads) {
    const lanes = cases.map(({ name, issuers }) => ({
      name,
      guard: createGuard(
        /** @type {any} */ ({ issuer: issuers.map(({ option }) => option), audience, env: {}, ...options }),
      ),
      tokens: Array.from({ length: count }, (_, index) => {
        const { name: iss, key } = issuers[index % issuers.length] ?? toIssuer(0);
        return signToken(key, { ...createClaims(index), iss });
      }),
      times: /** @type {number[]} */ ([]),
    }));
    for (let round = 0; round < (isQuick ? 12 : 60); round++) {
      for (const { guard, tokens, times } of arrange(lanes, round)) {
        const time = await runRound(guard, tokens, workload === "known tokens" ? 20 : 1);
        if (round > 3) times.push(time);
      }
    }
    const [one, many] = lanes.map(({ times }) => times);
    const ratio = summarize((many ?? []).map((time, round) => time / (one?.[round] ?? Number.NaN))).median;
    for (const { name, times } of lanes) {
      const { median, low, high } = summarize(times);
      rows.push([
        `${workload}, ${name}`,
        toText(median),
        `${toText(low)} - ${toText(high)}`,
        name === "1 issuer" ? "" : toText(ratio),
      ]);
    }
  }
  return {
    title: "What 1,000 issuers cost (ES256, in-process)",
    note: `${count.toLocaleString("en")} different tokens per round, each of its own issuer and key where there are ${count.toLocaleString("en")}. Ratios round by round.`,
    columns: ["case", "µs per check", "p25 - p75", "of one issuer"],
    rows,
  };
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
      if (outcome instanceof AuthError || (outcome instanceof Promise && (await outcome) instanceof AuthError))
        throw new Error("a good token was refused");
    }
    spent += performance.now() - start;
  }
  return (spent * 1000) / (tokens.length * times);
}
