// What tests pay for real tokens: `gatewarden/testing`, by the first token, new ones, and one that is asked for again.
import { performance } from "node:perf_hooks";
import { createTestIssuer } from "gatewarden/testing";
import { toText } from "../lib/report.mjs";
import { summarize } from "../lib/statistics.mjs";

/** @typedef {import("gatewarden/testing").TestIssuer} TestIssuer */

const url = "https://api.test/orders";

/** @type {Readonly<Record<string, (issuer: TestIssuer) => (count: number) => unknown>>} */
const works = {
  "a new token": (issuer) => (count) => issuer.token({ sub: `user|${count}`, permissions: ["read:orders"] }),
  "the same token again": (issuer) => () => issuer.token({ permissions: ["read:orders"] }),
  "a broken token": (issuer) => () => issuer.broken.expired(),
  "a bound token with a fresh DPoP proof": (issuer) => {
    const client = issuer.dpopClient();
    return () => client.headers({ url });
  },
};

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runTesting({ isQuick, log }) {
  const rounds = isQuick ? 10 : 40;
  log("issuers and their tokens");
  // The very first: the code is cold.
  const first = time(() => createTestIssuer().token());
  const rows = [["an issuer with its first token, in a new process", toText(first), ""]];
  const issuers = Array.from({ length: rounds }, () => time(() => createTestIssuer().token()));
  rows.push(toRow("another issuer with its first token", issuers));
  for (const [name, create] of Object.entries(works)) {
    const work = create(createTestIssuer());
    const times = Array.from({ length: rounds + 1 }, (_, round) => {
      const each = 100;
      return time(() => {
        for (let count = 0; count < each; count++) work(round * each + count);
      }, each);
    });
    rows.push(toRow(name, times.slice(1)));
  }
  return [{ title: "Tokens in tests (ES256)", columns: ["work", "ms each", "p25 - p75"], rows }];
}

/** Milliseconds for one of so many. @param {() => unknown} work @param {number} [count] */
function time(work, count = 1) {
  const start = performance.now();
  work();
  return (performance.now() - start) / count;
}

/** @param {string} name @param {readonly number[]} times */
function toRow(name, times) {
  const { median, low, high } = summarize(times);
  return [name, toText(median), `${toText(low)} - ${toText(high)}`];
}
