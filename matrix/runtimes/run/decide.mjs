// What a guard decides, case by case. Plain JavaScript without imports: it runs on every runtime.

/**
 * Cases as they come from `support/document.ts`.
 * @typedef {object} Case
 * @property {string} name
 * @property {string} guard the name of its guard
 * @property {string} [token] a token by itself; otherwise there is a request
 * @property {{ method: string, url: string, headers: Record<string, string | string[]>, connection?: { isEncrypted: boolean, address?: string } }} [request]
 * @property {boolean} [again] asked a second time, of the same guard: what was remembered decides
 *
 * @typedef {object} Decision
 * @property {string} name
 * @property {string} verdict `accepted`, or the reason of the refusal
 * @property {unknown} [refusal] the whole answer on the wire
 * @property {readonly string[]} [findings] what `explain` says of the token
 *
 * @typedef {object} Document
 * @property {number} now the clock of all guards
 * @property {Record<string, object>} guards options by name
 * @property {readonly Case[]} cases
 */

/**
 * Decides all cases, each guard made once.
 * @param {typeof import("gatewarden")} library
 * @param {Document} document
 * @returns {Promise<readonly Decision[]>}
 */
export async function decideAll({ createGuard, AuthError }, { now, guards: options, cases }) {
  const guards = new Map();
  const decisions = [];
  for (const one of cases) {
    let guard = guards.get(one.guard);
    if (guard === undefined) {
      guard = makeGuard(createGuard, options[one.guard], now);
      guards.set(one.guard, guard);
    }
    decisions.push(
      typeof guard === "string" ? { name: one.name, verdict: guard } : await decide(guard, one, AuthError),
    );
  }
  return decisions;
}

/** A guard, or the option that its configuration is refused for. */
function makeGuard(createGuard, { descriptions, ...options }, now) {
  const introspection = descriptions && { introspect: async (token) => descriptions[token] ?? { active: false } };
  try {
    return createGuard({ ...options, ...(introspection && { introspection }), now: () => now, env: {} });
  } catch (error) {
    return `configuration: ${error.option}`;
  }
}

async function decide(guard, { name, token, request }, AuthError) {
  const asked = request ?? { method: "GET", url: "/", headers: { authorization: `Bearer ${token}` } };
  try {
    if (request) {
      const outcome = await guard.attempt(asked);
      if (outcome instanceof AuthError) throw outcome;
      return { name, verdict: "accepted", ...(await nextNonce(guard, asked)) };
    }
    await guard.verify(token);
    return { name, verdict: "accepted", findings: await explain(guard, token) };
  } catch (error) {
    if (!(error instanceof AuthError)) return { name, verdict: `broken: ${error?.stack ?? error}` };
    // Keys that Web Crypto imports later can only then turn out to be none: the same mistake, found at the first request.
    if (error.cause?.option !== undefined) return { name, verdict: `configuration: ${error.cause.option}` };
    if (error.reason === "check_failed") return { name, verdict: `broken: ${error.cause?.stack ?? error.cause}` };
    const findings = request ? undefined : await explain(guard, token);
    return { name, verdict: error.reason, refusal: guard.refusal(error), ...(findings && { findings }) };
  }
}

function nextNonce(guard, request) {
  const headers = guard.responseHeaders(request);
  return headers && { headers };
}

async function explain(guard, token) {
  const findings = await guard.explain(token);
  return findings.map(({ code }) => code);
}
