// One flood: odd tokens at a steady rate, and beside them users whose tokens are good. Counts who was refused.
import { setTimeout as sleep } from "node:timers/promises";
import { AuthError, createGuard } from "gatewarden";
import { createIntrospectionClient } from "gatewarden/introspection";
import { startEndpoint } from "./server.mjs";

/**
 * @typedef {object} FloodOptions
 * @property {string} odd How the endpoint answers odd tokens: a name in `oddAnswers`.
 * @property {number} rate Odd tokens a second, each of them new.
 * @property {number} seconds
 * @property {number} [latency] Milliseconds that the endpoint takes to answer.
 * @property {boolean} [isVirtual] Time passes when the users of a tick were answered, and not by the clock.
 */
/** @typedef {{ asked: number, refused: number, late: number }} Share */
/** @typedef {{ known: Share, newcomers: Share, questions: { good: number, odd: number } }} Outcome */

const ticksPerSecond = 10;
const users = 20;
/** Ticks from one rush of users to the next, and how many are new in each. */
const rushEvery = 6;
const perRush = 5;
/** Seconds after which a client has usually gone. */
const patience = 5;
const [issuer, audience] = ["https://issuer.test/", "https://api.test"];

/** @param {FloodOptions} options @returns {Promise<Outcome>} */
export async function flood({ odd, rate, seconds, latency = 0, isVirtual = false }) {
  const start = Date.now() / 1000;
  const endpoint = await startEndpoint({ odd, latency, claims: { aud: audience, exp: start + 3600 } });
  const auth = { clientSecret: "secret" };
  const introspect = createIntrospectionClient({ issuer, clientId: "api", auth, endpoint: endpoint.url });
  let virtual = start;
  let made = 0;
  const now = () => (isVirtual ? virtual : Date.now() / 1000);
  // With `maxAge` 0 every request of a user asks, as if all descriptions had just become too old.
  const guard = createGuard({ issuer, audience, now, env: {}, introspection: { introspect, maxAge: 0 } });
  const [known, newcomers] = [createShare(guard), createShare(guard)];
  /** @type {Promise<unknown>[]} */
  const strangers = [];
  try {
    for (let user = 0; user < users; user++) await guard.verify(`good-${user}`);
    for (let tick = 0; tick < Math.round(seconds * ticksPerSecond); tick++) {
      const send = (/** @type {number} */ count) => {
        const odds = Array.from({ length: count }, () => guard.verify(`odd-${made++}`).catch(() => {}));
        strangers.push(...odds);
        return odds;
      };
      // Users come together and seldom, in the midst of the odd: between them enough odd tokens fail in a row.
      const isRush = tick % rushEvery === rushEvery - 1;
      const first = send(Math.floor(rate / ticksPerSecond / 2));
      const rush = Array.from({ length: isRush ? users : 0 }, (_, user) => known.ask(`good-${user}`));
      for (let count = 0; isRush && count < perRush; count++) newcomers.ask(`good-new-${tick}-${count}`);
      const odds = [...first, ...send(rate / ticksPerSecond - first.length)];
      if (isVirtual) {
        await Promise.all([Promise.race([Promise.all(odds), sleep(20)]), ...rush]);
        virtual += 1 / ticksPerSecond;
      } else await sleep(start * 1000 + ((tick + 1) * 1000) / ticksPerSecond - Date.now());
    }
    if (!isVirtual) await Promise.race([Promise.all([known.settled(), newcomers.settled()]), sleep(patience * 1000)]);
    return { known: known.count(), newcomers: newcomers.count(), questions: { ...endpoint.questions } };
  } finally {
    await endpoint.close();
    await Promise.all([...strangers, known.settled(), newcomers.settled()]);
  }
}

/** Asks for good tokens and counts what comes of it. @param {import("gatewarden").Guard<unknown>} guard */
function createShare(guard) {
  /** @type {Promise<void>[]} */
  const all = [];
  const share = { asked: 0, refused: 0, answered: 0, late: 0 };
  return {
    /** @param {string} token @returns {Promise<void>} */
    ask(token) {
      share.asked++;
      const begun = performance.now();
      const asking = guard.verify(token).then(
        () => {
          share.answered++;
          if (performance.now() - begun > patience * 1000) share.late++;
        },
        (error) => {
          if (!(error instanceof AuthError)) throw error;
          share.answered++;
          share.refused++;
        },
      );
      all.push(asking);
      return asking;
    },
    settled: () => Promise.all(all),
    /** Who still waits is late. @returns {Share} */
    count: () => ({ asked: share.asked, refused: share.refused, late: share.late + share.asked - share.answered }),
  };
}
