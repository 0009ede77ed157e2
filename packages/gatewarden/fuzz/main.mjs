// The same tokens and proofs to the guard and to jose, from a seed: `--cases 1000000 --seed 7 --seconds 60 --only 1234`.
import { availableParallelism } from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { report } from "./report.mjs";
import { addTallies, createTallies } from "./subjects.mjs";

/** @typedef {import("./subjects.mjs").Tallies} Tallies */

const { values } = parseArgs({
  options: {
    cases: { type: "string" },
    seed: { type: "string" },
    seconds: { type: "string" },
    only: { type: "string" },
  },
});
const seed = readNumber("seed", values.seed) ?? Math.floor(Math.random() * 2 ** 32);
const only = readNumber("only", values.only);
const seconds = readNumber("seconds", values.seconds);
const end =
  only === undefined ? (readNumber("cases", values.cases) ?? (seconds === undefined ? 20_000 : 2 ** 31)) : only + 1;
const started = Date.now();
const until = seconds === undefined ? undefined : started + seconds * 1000;
const threads = only === undefined ? availableParallelism() : 1;

console.log(`Seed ${seed}, ${threads} threads`);
const total = createTallies();
const shares = Array.from({ length: threads }, (_, index) => ({
  seed,
  first: only ?? index,
  step: threads,
  end,
  until,
}));
for (const part of await Promise.all(shares.map(runShare))) addTallies(total, part);
console.log(report(total, { seed, seconds: (Date.now() - started) / 1000 }));
const all = Object.values(total);
process.exitCode = all.every((one) => one.unexplainedCount === 0) && all.some(({ cases }) => cases > 0) ? 0 : 1;

/** @param {object} workerData @returns {Promise<Tallies>} */
function runShare(workerData) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("worker.mjs", import.meta.url), { workerData });
    worker.once("message", resolve).once("error", reject);
  });
}

/** @param {string} name @param {string | undefined} text */
function readNumber(name, text) {
  if (text === undefined) return undefined;
  const number = Number(text.replaceAll(/[_,]/g, ""));
  if (Number.isInteger(number) && number >= 0 && number < 2 ** 32) return number;
  console.error(`--${name} is ${JSON.stringify(text)}; it must be a whole number, such as --${name} 1000`);
  process.exit(2);
}
