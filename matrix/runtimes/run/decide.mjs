// What a guard decides, case by case. Plain JavaScript without imports: it runs on every runtime.

/**
 * @typedef {Pick<typeof import("gatewarden"), "createGuard" | "AuthError">} Library
 * @typedef {import("gatewarden").Guard<unknown>} Guard
 * @typedef {import("../test/support/case.js").Case} Case
 * @typedef {import("../test/support/case.js").CaseDocument} CaseDocument
 * @typedef {import("../test/support/case.js").Decision} Decision
 * @typedef {import("../test/support/case.js").Options} Options
 */

/**
 * Decides all cases, each guard made once: cases that follow each other on one guard meet what it remembers.
 * @param {Library} library
 * @param {CaseDocument} document
 * @returns {Promise<readonly Decision[]>}
 */
export async function decideAll(library, { now, guards: options, cases }) {
  /** @type {Map<string, Guard | string>} */
  const guards = new Map();
  const decisions = [];
  for (const one of cases) {
    const guard = guards.get(one.guard) ?? makeGuard(library, options[one.guard] ?? {}, now);
    guards.set(one.guard, guard);
    decisions.push(typeof guard === "string" ? { name: one.name, verdict: guard } : await decide(library, guard, one));
  }
  return decisions;
}

/**
 * Decides all tokens of one guard in a single turn of the event loop: most of the signatures are left to other threads, where there are any.
 * @param {Library} library
 * @param {CaseDocument} document
 * @param {string} name
 * @returns {Promise<readonly string[]>}
 */
export async function decideAtOnce(library, { now, guards, cases }, name) {
  const guard = makeGuard(library, { ...guards[name], cache: false }, now);
  if (typeof guard === "string") return [guard];
  const tokens = cases.filter((one) => one.guard === name).map(({ token = "" }) => token);
  const outcomes = await Promise.allSettled(tokens.map((token) => guard.verify(token)));
  return outcomes.map((one) => (one.status === "fulfilled" ? "accepted" : String(one.reason.reason ?? one.reason)));
}

/**
 * A guard, or which option its configuration is refused for.
 * @param {Library} library
 * @param {Options} options
 * @param {number} now
 */
function makeGuard({ createGuard }, { descriptions, ...options }, now) {
  /** @param {string} token */
  const introspect = async (token) => descriptions?.[token] ?? { active: false };
  try {
    return createGuard({ ...options, ...(descriptions && { introspection: { introspect } }), now: () => now, env: {} });
  } catch (error) {
    return nameMistake(error) ?? `broken: ${error}`;
  }
}

/**
 * @param {Library} library
 * @param {Guard} guard
 * @param {Case} one
 * @returns {Promise<Decision>}
 */
async function decide({ AuthError }, guard, { name, token = "", request }) {
  try {
    const outcome = await (request ? guard.attempt(request) : guard.verify(token));
    if (outcome instanceof AuthError) throw outcome;
    const headers = request && guard.responseHeaders(request);
    return { name, verdict: "accepted", headers, ...(await explain(guard, token)) };
  } catch (error) {
    if (!(error instanceof AuthError)) return { name, verdict: `broken: ${error}` };
    // Keys that Web Crypto imports later can only then turn out to be none: the same mistake, found at the first request.
    const mistake = nameMistake(error.cause);
    if (mistake) return { name, verdict: mistake };
    if (error.reason === "check_failed") return { name, verdict: `broken: ${error.cause}` };
    return { name, verdict: error.reason, refusal: guard.refusal(error), ...(await explain(guard, token)) };
  }
}

/**
 * What `explain` says of a token, by code. Nothing where the bundle leaves it out.
 * @param {Guard} guard
 * @param {string} token
 */
async function explain(guard, token) {
  try {
    const findings = await guard.explain(token);
    return { findings: findings.map(({ code }) => code) };
  } catch (error) {
    if (/** @type {{ option?: string }} */ (error).option === "guard.explain") return {};
    throw error;
  }
}

/** @param {unknown} error */
function nameMistake(error) {
  const { option } = /** @type {{ option?: string }} */ (error ?? {});
  return option && `configuration: ${option}`;
}
