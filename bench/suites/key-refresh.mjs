// Key sets of a fleet: how many processes ask one provider in the same second. A simulation: real guards, with a clock and a network that
// are played. An hour passes in some seconds.
import { setImmediate as nextTurn } from "node:timers/promises";
import { AuthError, createGuard } from "gatewarden";
import { toText } from "../lib/report.mjs";
import { audience, createClaims, createKey, issuer, signToken } from "../lib/tokens.mjs";

const hour = 3600;

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runKeyRefresh({ isQuick, log }) {
  const processes = isQuick ? 100 : 1000;
  const rows = [];
  for (const [name, random] of /** @type {const} */ ([
    ["with jitter", undefined],
    ["as it was without", 0],
  ])) {
    log(`${processes} processes, ${name}`);
    const perSecond = await simulate(processes, random);
    // Joining itself, which no jitter spreads, is in the first second.
    const later = perSecond.slice(1);
    rows.push([
      name,
      toText(later.reduce((sum, one) => sum + one, 0) / later.length),
      ...[
        [0, 600],
        [600, hour / 2],
        [hour / 2, hour],
      ].map(([from, to]) => toText(Math.max(...later.slice(from, to)))),
    ]);
  }
  return [
    {
      title: `Refreshing the key set in ${processes.toLocaleString("en")} processes that started in the same second (requests to the provider)`,
      note: "Simulated: real guards with keys.maxAge 600, each with one token a second; clock and network are played.",
      columns: ["", "a second on average", "most a second, to 10 min", "to 30 min", "to 60 min"],
      rows,
    },
  ];
}

/**
 * The number of fetches in each second of an hour.
 * @param {number} processes
 * @param {number | undefined} random What `Math.random` answers, if not by chance.
 */
async function simulate(processes, random) {
  const { random: byChance } = Math;
  if (random !== undefined) Math.random = () => random;
  try {
    const key = createKey("ES256");
    const body = JSON.stringify({ keys: [key.jwk] });
    const start = Math.floor(Date.now() / 1000);
    let [now, fetches] = [start, 0];
    const fetch = async () => {
      fetches++;
      return new Response(body, { headers: { "content-type": "application/json" } });
    };
    const keys = { jwksUri: `${issuer}jwks`, maxAge: 600 };
    const options = { issuer, audience, env: {}, keys, fetch, now: () => now };
    const guards = Array.from({ length: processes }, () => createGuard(/** @type {any} */ (options)));
    const authorization = `Bearer ${signToken(key, createClaims(0))}`;
    const perSecond = [];
    for (; now < start + hour; now++) {
      const before = fetches;
      for (const guard of guards) {
        const outcome = await guard.attempt({ method: "GET", url: "/", headers: { authorization } });
        if (outcome instanceof AuthError) throw outcome;
      }
      for (let turn = 0; turn < 5; turn++) await nextTurn();
      perSecond.push(fetches - before);
    }
    return perSecond;
  } finally {
    Math.random = byChance;
  }
}
