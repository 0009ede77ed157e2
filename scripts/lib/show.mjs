// The job being done: requests to the running API, and whether each was answered as it must be.
import { http } from "./examples/http.mjs";
import { toPrintable } from "./printable.mjs";
import { paint, toTable } from "./table.mjs";

/**
 * @typedef {object} Step
 * @property {import("./examples/answer.mjs").Operation} operation
 * @property {string} who
 * @property {string} [token]
 * @property {number} expected The status that it must have, where the protocol has one.
 */

/**
 * @typedef {object} Tokens
 * @property {string} alice Has the permission `read:admin`.
 * @property {string} bob Has not.
 */

/**
 * The requests to show. Without tokens, only what can be shown without them.
 * @param {Tokens | undefined} tokens
 * @returns {readonly Step[]}
 */
export function toSteps(tokens) {
  /** @type {readonly Step[]} */
  const open = [
    { operation: "public", who: "no token", expected: 200 },
    { operation: "private", who: "no token", expected: 401 },
  ];
  if (tokens === undefined) return open;
  return [
    ...open,
    { operation: "private", who: "alice", token: tokens.alice, expected: 200 },
    { operation: "admin", who: "bob", token: tokens.bob, expected: 403 },
    { operation: "admin", who: "alice", token: tokens.alice, expected: 200 },
  ];
}

/**
 * Makes the requests, prints a line for each, and returns whether all came out as they must.
 * @param {string} url
 * @param {readonly Step[]} steps
 * @param {import("./examples/answer.mjs").Driver} driver
 */
export async function show(url, steps, driver = http) {
  const results = [];
  for (const step of steps) results.push(await take(url, step, driver));
  const [head = "", ...lines] = toTable([columns, ...results.map(({ cells }) => cells)]);
  console.log(`\n  ${head}`);
  for (const [index, line] of lines.entries()) console.log(paint(`  ${line}`, results[index]?.isRight === true));
  return results.every(({ isRight }) => isRight);
}

const columns = ["request", "who", "status", "reason", "challenge"];

/**
 * @param {string} url
 * @param {Step} step
 * @param {import("./examples/answer.mjs").Driver} driver
 */
async function take(url, { operation, who, token, expected }, driver) {
  const answer = await driver.ask({ url, operation, token });
  const status = answer.status ?? (answer.isAccepted ? "accepted" : "refused");
  const isRight = isExpected(answer, expected);
  const shown = isRight ? `${status}` : `${status}, not ${expected}`;
  const [reason, challenge] = [toPrintable(answer.reason ?? "-"), toPrintable(answer.challenge ?? "-")];
  return { isRight, cells: [driver.name(operation), who, shown, reason, challenge] };
}

/**
 * @param {import("./examples/answer.mjs").Answer} answer
 * @param {number} expected
 */
function isExpected({ isAccepted, status }, expected) {
  return isAccepted === (expected === 200) && (status === undefined || status === expected);
}
