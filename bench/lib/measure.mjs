// Interleaved measuring: every round runs every contestant, in turning order, so that whatever the machine does meanwhile hits all alike.
import { performance } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createRandom, summarize } from "./statistics.mjs";

/** @typedef {(input: any) => unknown} Check A verification: of a token, or of what `prepare` made of one. */

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {"floor" | "ours" | "peer"} kind
 * @property {() => Check | Promise<Check>} create A fresh instance, its keys at hand.
 * @property {(authorization: string) => unknown} [prepare] From an Authorization header to what the check takes, outside the clock.
 * @property {boolean} [isAsync] Answers with promises: runs 16 checks at once, as a busy server does.
 * @property {boolean} [hasCache] Remembers tokens: gets fresh instances where tokens must be new, and is filled where they must be known.
 */

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {readonly string[]} tokens
 * @property {(round: number) => readonly number[]} draw Which tokens one round checks, in order.
 * @property {boolean} [isNew] Every token of a round is one that the instance has never seen.
 * @property {readonly string[]} warmUp Tokens for warming up, none of which is drawn where tokens must be new.
 */

/**
 * @typedef {object} Result
 * @property {string} name
 * @property {Contestant["kind"]} kind
 * @property {import("./statistics.mjs").Summary} time Microseconds per check.
 */

const inFlight = 16;
/** Checks in one turn of the event loop: as many requests as a busy server finds waiting on 64 connections. */
const perTurn = 32;

/**
 * @param {readonly Contestant[]} contestants
 * @param {Workload} workload
 * @param {number} rounds Measured ones; one more goes before them and is thrown away.
 * @returns {Promise<readonly Result[]>}
 */
export async function measure(contestants, workload, rounds) {
  /** @type {Lane[]} */
  const lanes = [];
  for (const contestant of contestants) lanes.push(await createLane(contestant, workload));
  for (let round = 0; round <= rounds; round++) {
    for (const lane of arrange(lanes, round)) {
      const time = await runRound(lane, workload, round);
      if (round > 0) lane.times.push(time);
    }
  }
  return lanes.map(({ contestant: { name, kind }, times }) => ({ name, kind, time: summarize(times) }));
}

/**
 * Another order in every round, so that nobody always runs after the same neighbour.
 * @template Item
 * @param {readonly Item[]} items
 * @param {number} round
 */
export function arrange(items, round) {
  const random = createRandom(round + 1);
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/**
 * @typedef {object} Lane
 * @property {Contestant} contestant
 * @property {Check} check
 * @property {number[]} times
 */

/**
 * @param {Contestant} contestant
 * @param {Workload} workload
 * @returns {Promise<Lane>}
 */
async function createLane(contestant, workload) {
  const check = await contestant.create();
  await run(contestant, check, toInputs(contestant, workload.warmUp));
  // Several times, since a cache may keep only what came again.
  for (let time = 0; contestant.hasCache && !workload.isNew && time < 4; time++) {
    await run(contestant, check, toInputs(contestant, workload.tokens));
  }
  return { contestant, check, times: [] };
}

/**
 * @param {Lane} lane
 * @param {Workload} workload
 * @param {number} round
 */
async function runRound(lane, workload, round) {
  const { contestant } = lane;
  if (contestant.hasCache && workload.isNew) {
    lane.check = await contestant.create();
    await run(contestant, lane.check, toInputs(contestant, workload.warmUp));
  }
  const drawn = workload.draw(round).map((index) => workload.tokens[index] ?? "");
  const inputs = toInputs(contestant, drawn);
  // Inputs are moved out of the nursery, so that contestants pay for their own garbage only.
  globalThis.gc?.({ type: "minor" });
  globalThis.gc?.({ type: "minor" });
  return ((await run(contestant, lane.check, inputs)) * 1000) / inputs.length;
}

/**
 * New strings for every request, as HTTP makes them: a string that was looked up before remembers its hash.
 * @param {Contestant} contestant
 * @param {readonly string[]} tokens
 */
function toInputs({ prepare = toToken }, tokens) {
  return tokens.map((token) => prepare(Buffer.from(`Bearer ${token}`, "latin1").toString("latin1")));
}

/** @param {string} authorization */
function toToken(authorization) {
  return Buffer.from(authorization, "latin1").toString("latin1", 7);
}

/**
 * Runs the checks a turn of the event loop at a time, and gives the milliseconds that they took. What lies between two turns does not count.
 * @param {Contestant} contestant
 * @param {Check} check
 * @param {readonly unknown[]} inputs
 */
async function run({ isAsync = false }, check, inputs) {
  let time = 0;
  const size = isAsync ? inFlight : perTurn;
  for (let first = 0; first < inputs.length; first += size) {
    const some = inputs.slice(first, first + size);
    await nextTurn();
    const start = performance.now();
    if (isAsync) await Promise.all(some.map((input) => check(input)));
    else {
      for (const input of some) {
        const answer = check(input);
        // Where one turn was too short, which happens while code is cold or the machine is busy.
        if (answer instanceof Promise) await answer;
      }
    }
    time += performance.now() - start;
  }
  return time;
}

/**
 * Every contestant accepts a good token and refuses a forged one and one for somebody else, or the comparison would mean nothing.
 * @param {readonly Contestant[]} contestants
 * @param {{ readonly good: string, readonly bad: Readonly<Record<string, string>> }} samples
 */
export async function checkFairness(contestants, { good, bad }) {
  for (const contestant of contestants.filter(({ kind }) => kind !== "floor")) {
    const check = await contestant.create();
    const ask = async (/** @type {string} */ token) => check(toInputs(contestant, [token])[0]);
    await ask(good);
    for (const [what, token] of Object.entries(bad)) {
      const isRefused = await ask(token).then(
        () => false,
        () => true,
      );
      if (!isRefused) throw new Error(`${contestant.name} accepts ${what}`);
    }
  }
}
