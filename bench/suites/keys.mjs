// Keys under stress: many first requests at once, a flood of made-up key ids with a rotation in the middle, and a provider that is down.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { createKeyContestants } from "../lib/key-contestants.mjs";
import { startProvider } from "../lib/provider.mjs";
import { toText } from "../lib/report.mjs";
import { quantile } from "../lib/statistics.mjs";
import { createClaims, createKey, issuer, signToken } from "../lib/tokens.mjs";

/** @typedef {import("../lib/key-contestants.mjs").KeyContestant} KeyContestant */
/** @typedef {(token: string) => Promise<unknown>} Check */

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runKeys({ isQuick, log }) {
  const seconds = isQuick ? 1 : 10;
  const flood = seconds * 1000;
  const rows = [];
  for (const contestant of createKeyContestants()) {
    if (isQuick && !contestant.isQuick) continue;
    log(contestant.name);
    const stampede = await withProvider((stage) => runStampede(contestant, stage));
    const flooded = await withProvider((stage) => runFlood(contestant, stage, seconds));
    const refused = await withProvider((stage) => runOutage(contestant, stage));
    rows.push([contestant.name, stampede, ...flooded, refused]);
  }
  return [
    {
      title: "Keys under stress",
      note: `The flood: ${flood.toLocaleString("en")} tokens with made-up key ids in ${seconds} s, one valid token every 10 ms beside them; the issuer rotates in the middle.`,
      columns: [
        "contestant",
        "1,000 first requests at once: fetches",
        "flood: fetches",
        "flood: p99 delay of valid tokens, ms",
        "flood: valid tokens refused",
        "new key honoured after, s",
        "provider down, keys old: valid tokens refused of 100",
      ],
      rows,
    },
  ];
}

/**
 * @typedef {object} Stage
 * @property {import("../lib/provider.mjs").Provider} provider
 * @property {import("../lib/tokens.mjs").SigningKey} key
 * @property {string} token
 */

/**
 * @template Found
 * @param {(stage: Stage) => Promise<Found>} run
 */
async function withProvider(run) {
  const key = createKey("RS256");
  const provider = await startProvider({ issuer, document: { keys: [key.jwk] } });
  try {
    return await run({ provider, key, token: signToken(key, createClaims(0)) });
  } finally {
    provider.close();
  }
}

/** @param {KeyContestant} contestant @param {Stage} stage */
async function runStampede({ create }, { provider, token }) {
  const check = create(provider);
  const outcomes = await Promise.all(Array.from({ length: 1000 }, () => isAccepted(check, token)));
  const refused = outcomes.filter((isGood) => !isGood).length;
  return `${await provider.takeFetches()}${refused > 0 ? ` (${refused} refused)` : ""}`;
}

/**
 * @param {KeyContestant} contestant
 * @param {Stage} stage
 * @param {number} seconds
 */
async function runFlood({ create }, { provider, key, token }, seconds) {
  const check = create(provider);
  if (!(await isAccepted(check, token))) throw new Error("A valid token was refused before the flood");
  await provider.takeFetches();
  const next = createKey("RS256", "bench-after-rotation");
  const newToken = signToken(next, createClaims(1));
  const forged = createForged(token, seconds * 1000);
  /** @type {number[]} */
  const delays = [];
  let refused = 0;
  let honoured = Number.POSITIVE_INFINITY;
  let rotatedAt = Number.POSITIVE_INFINITY;
  const start = performance.now();
  const probe = async (/** @type {number} */ due) => {
    if (!(await isAccepted(check, token))) refused++;
    delays.push(performance.now() - due);
  };
  const probeNew = async () => {
    if (await isAccepted(check, newToken)) honoured = Math.min(honoured, (performance.now() - rotatedAt) / 1000);
  };
  const pending = [];
  for (let step = 0; step < seconds * 100; step++) {
    const due = start + step * 10;
    await sleep(Math.max(0, due - performance.now()));
    for (const bad of forged.slice(step * 10, step * 10 + 10)) pending.push(isAccepted(check, bad));
    pending.push(probe(due));
    if (step === seconds * 50) {
      await provider.set({ document: { keys: [key.jwk, next.jwk] } });
      rotatedAt = performance.now();
    }
    if (rotatedAt < performance.now() && honoured === Number.POSITIVE_INFINITY && step % 5 === 0)
      pending.push(probeNew());
  }
  await Promise.all(pending);
  const isHonoured = Number.isFinite(honoured);
  return [
    String(await provider.takeFetches()),
    toText(quantile(delays, 0.99)),
    `${refused} of ${delays.length}`,
    isHonoured ? toText(honoured) : `not within ${seconds / 2}`,
  ];
}

/**
 * Tokens that differ from a valid one in their key id, and in that nobody signed them.
 * @param {string} token
 * @param {number} count
 */
function createForged(token, count) {
  const [, payload] = token.split(".");
  return Array.from({ length: count }, () => {
    const header = { alg: "RS256", typ: "at+jwt", kid: randomBytes(12).toString("hex") };
    return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}.${randomBytes(256).toString("base64url")}`;
  });
}

/**
 * An hour after the keys were fetched, as far as anybody can tell by the clock, the provider does not answer.
 * @param {KeyContestant} contestant
 * @param {Stage} stage
 */
async function runOutage({ create }, { provider, token }) {
  const check = create(provider, 1000);
  await isAccepted(check, token);
  await provider.set({ isDown: true });
  const realNow = Date.now;
  Date.now = () => realNow() + 3_600_000;
  try {
    await sleep(1200);
    let refused = 0;
    for (let index = 0; index < 100; index++) if (!(await isAccepted(check, token))) refused++;
    return String(refused);
  } finally {
    Date.now = realNow;
  }
}

/** @param {Check} check @param {string} token */
async function isAccepted(check, token) {
  try {
    await check(token);
    return true;
  } catch {
    return false;
  }
}
