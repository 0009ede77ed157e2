// The job being done: requests to the running API, and whether each was answered as it must be.
import { toPrintable } from "./printable.mjs";
import { paint, toTable } from "./table.mjs";

/**
 * @typedef {object} Step
 * @property {string} path
 * @property {string} who
 * @property {string} [token]
 * @property {number} expected The status that it must have.
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
  const open = [
    { path: "/api/public", who: "no token", expected: 200 },
    { path: "/api/private", who: "no token", expected: 401 },
  ];
  if (tokens === undefined) return open;
  return [
    ...open,
    { path: "/api/private", who: "alice", token: tokens.alice, expected: 200 },
    { path: "/api/admin", who: "bob", token: tokens.bob, expected: 403 },
    { path: "/api/admin", who: "alice", token: tokens.alice, expected: 200 },
  ];
}

/**
 * Makes the requests, prints a line for each, and returns whether all came out as they must.
 * @param {string} url
 * @param {readonly Step[]} steps
 */
export async function show(url, steps) {
  const results = [];
  for (const step of steps) results.push(await take(url, step));
  const [head = "", ...lines] = toTable([columns, ...results.map(({ cells }) => cells)]);
  console.log(`\n  ${head}`);
  for (const [index, line] of lines.entries()) console.log(paint(`  ${line}`, results[index]?.isRight === true));
  return results.every(({ isRight }) => isRight);
}

const columns = ["request", "who", "status", "reason", "challenge"];

/**
 * @param {string} url
 * @param {Step} step
 */
async function take(url, { path, who, token, expected }) {
  const response = await fetch(`${url}${path}`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  const body = /** @type {{ readonly code?: unknown } | null} */ (await response.json().catch(() => ({})));
  const { status, headers } = response;
  const isRight = status === expected;
  const shown = isRight ? `${status}` : `${status}, not ${expected}`;
  const reason = typeof body?.code === "string" ? toPrintable(body.code) : "-";
  const challenge = toPrintable(headers.get("www-authenticate") ?? "-");
  return { isRight, cells: [`GET ${path}`, who, shown, reason, challenge] };
}
