// `npm run soak -- --seconds 60`: full load with 30 % hostile requests. Fails on any wrong answer, fault, or growing memory.
import { parseArgs } from "node:util";
import { soak } from "./run.mjs";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" } } });
const seconds = Number(values.seconds);
if (!(seconds >= 2 && seconds <= 3600)) throw new RangeError("--seconds is a number from 2 to 3600");

/**
 * Memory is flat when the line of least squares through the second half of the samples, each taken after a forced collection, rises
 * by less than this, in MB per minute. The pages that the process keeps (RSS) move more than what it uses (heap).
 */
const limits = { heapUsed: 2, rss: 20 };

const megabytes = (/** @type {number} */ bytes) => (bytes / 1024 / 1024).toFixed(1);

/** Slope in MB per minute. @param {readonly import("./run.mjs").Sample[]} samples @param {"rss" | "heapUsed"} name */
function slopeOf(samples, name) {
  const half = samples.slice(Math.floor(samples.length / 2));
  const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [at, size] = [mean(half.map((one) => one.at)), mean(half.map((one) => one[name]))];
  const covariance = half.reduce((sum, one) => sum + (one.at - at) * (one[name] - size), 0);
  const variance = half.reduce((sum, one) => sum + (one.at - at) ** 2, 0);
  return ((covariance / variance) * 60) / 1024 / 1024;
}

console.log(`${seconds} s, node ${process.version}\n\n   time       RSS  heapUsed (MB)`);
const outcome = await soak({
  seconds,
  onSample: ({ at, rss, heapUsed }) =>
    console.log(`${at.toFixed(0).padStart(5)} s${megabytes(rss).padStart(10)}${megabytes(heapUsed).padStart(10)}`),
});

const { tallies, samples, last } = outcome;
const total = tallies.reduce((sum, { count }) => sum + count, 0);
const hostile = tallies.filter(({ status }) => status !== 200).reduce((sum, { count }) => sum + count, 0);
const wrong = tallies.filter((tally) => tally.wrong.length > 0);
console.log("\nrequests  status  kind");
for (const { kind, status, count } of tallies) console.log(`${String(count).padStart(8)}  ${status}     ${kind}`);
for (const { kind, wrong: answers } of wrong) {
  console.log(`WRONG: ${kind}: ${answers.length} times, such as ${answers.slice(0, 3).join("; ")}`);
}
const [heap, rss] = [slopeOf(samples, "heapUsed"), slopeOf(samples, "rss")];
const [first] = samples;
const busy = first ? (last.cpu - first.cpu) / (last.at - first.at) : 0;
const isFlat = heap < limits.heapUsed && rss < limits.rss;
const isClean = last.faults.length === 0 && last.connections === 0 && outcome.exitCode === 0;
console.log(`
${total} requests in ${outcome.seconds.toFixed(1)} s: ${Math.round(total / outcome.seconds)}/s, ${Math.round((100 * hostile) / total)} % hostile
wrong answers: ${wrong.reduce((sum, { wrong: answers }) => sum + answers.length, 0)}
rejections and exceptions nobody caught: ${last.faults.length}; connections left: ${last.connections}; exit code: ${outcome.exitCode}
requests for keys: ${outcome.keyRequests}; the API was busy for ${Math.round(busy * 100)} % of the time
second half: heapUsed ${heap.toFixed(2)} MB/min (limit ${limits.heapUsed}), RSS ${rss.toFixed(2)} MB/min (limit ${limits.rss}): ${isFlat ? "flat" : "NOT FLAT"}`);
if (wrong.length > 0 || !isFlat || !isClean) process.exitCode = 1;
