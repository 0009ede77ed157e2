// A flood of made-up issuers before a guard that looks issuers up: no user of an issuer that is known may be refused for it (CWE-770).
import { AuthError, createGuard, type Guard, type IssuerOptions } from "gatewarden";
import { describe, expect, type Mock, test, vi } from "vitest";
import { createClock, start } from "../support/clock.js";
import { createKey, encode, forge } from "../support/forge.js";
import { audience, bearer, jwks, token, issuer as trusted, verdictOf } from "../support/keys.js";

const key = createKey("ES256", "k");
const keys = { jwks: { keys: [key.jwk] } };
const known = ["a", "b", "c"].map((name) => `https://${name}.test/`);
const rows = new Map<string, IssuerOptions>(known.map((issuer) => [issuer, { issuer, keys }]));

const maxAge = 8;
/** Long enough for each known issuer to be looked up several times. */
const seconds = 5 * maxAge;

const header = { alg: "ES256", kid: key.kid };
const payload = { aud: audience, sub: "user|1", exp: start + 90_000 };
const valid = known.map((iss) => bearer(forge({ header, payload: { ...payload, iss }, key })));

/** Its signature is never looked at: the issuer is not found. */
function madeUp(name: string): ReturnType<typeof bearer> {
  return bearer(`${encode(header)}.${encode({ ...payload, iss: `https://${name}.test/` })}.${"A".repeat(86)}`);
}

/** A database that answers so many questions in a second, first come first served. */
function createDatabase(perSecond: number) {
  const waiting: (() => void)[] = [];
  return {
    waiting,
    find: (iss: string) =>
      new Promise<IssuerOptions | undefined>((resolve) => waiting.push(() => resolve(rows.get(iss)))),
    work: () => {
      for (const answer of waiting.splice(0, perSecond)) answer();
    },
  };
}

type Resolve = (iss: string) => Promise<IssuerOptions | undefined>;

/** What the developer's function makes of a made-up issuer. */
const floods: readonly [string, (find: Resolve) => Resolve][] = [
  ["asks a slow database about", (find) => find],
  ["throws at", (find) => (iss) => (rows.has(iss) ? find(iss) : Promise.reject(new Error("no such name")))],
  ["never answers about", (find) => (iss) => (rows.has(iss) ? find(iss) : new Promise(() => {}))],
];

/** Lets everything happen that waits for no clock. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function tally(outcomes: readonly unknown[]): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const outcome of await Promise.all(outcomes)) {
    const name = outcome instanceof AuthError ? outcome.reason : "accepted";
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

interface Scene {
  readonly resolve: Mock<Resolve>;
  readonly guard: Guard<unknown>;
  readonly clock: ReturnType<typeof createClock>;
  readonly database: ReturnType<typeof createDatabase>;
}

/** The guard knows its issuers before the flood begins. */
async function open(wrap: (find: Resolve) => Resolve): Promise<Scene> {
  const clock = createClock();
  const database = createDatabase(100);
  const find = wrap(database.find);
  const resolve = vi.fn<Resolve>(async (iss) => (iss.endsWith(".invalid/") ? undefined : find(iss)));
  const guard = createGuard({ issuer: { resolve, maxAge }, audience, now: clock.now, env: {} });
  const first = valid.map((request) => guard.attempt(request));
  await settle();
  database.work();
  expect(await tally(first)).toEqual({ accepted: known.length });
  return { guard, clock, database, resolve };
}

describe.each([10, 50, 500])("%i made-up issuers a second", (perSecond) => {
  test.each(floods)("refuse no user of a known issuer where the function %s them", async (_name, wrap) => {
    const { guard, clock, database, resolve } = await open(wrap);
    const asked: unknown[] = [];
    for (let second = 0; second < seconds; second++) {
      clock.advance(1);
      for (let index = 0; index < perSecond; index++) {
        const outcome = guard.attempt(madeUp(`made-up-${second}-${index}`));
        if (outcome instanceof Promise) outcome.catch(() => undefined);
      }
      asked.push(...valid.map((request) => guard.attempt(request)));
      await settle();
      database.work();
      await settle();
    }
    while (database.waiting.length > 0) {
      database.work();
      await settle();
    }
    expect(await tally(asked)).toEqual({ accepted: known.length * seconds });
    for (const issuer of known) expect(resolve.mock.calls.filter(([iss]) => iss === issuer).length).toBeGreaterThan(3);
  });
});

describe("Made-up hosts, where the look-up trusts one issuer for each of them", () => {
  test("fetch its keys once (CWE-770)", async () => {
    const fetch = vi.fn(async () => Response.json(jwks));
    const guard = createGuard({
      issuer: {
        resolve: (iss) =>
          iss === trusted ? { issuer: iss, keys: { jwksUri: "https://issuer.test/keys" } } : undefined,
        tenant: ({ headers }) => (headers as { host: string }).host,
      },
      ...{ audience, now: createClock().now, env: {}, fetch },
    });
    const good = token();
    for (let index = 0; index < 300; index++) {
      const headers = { authorization: `Bearer ${good}`, host: `made-up-${index}.test` };
      expect(await guard.check({ method: "GET", url: "/", headers })).toMatchObject({ subject: "user|1" });
    }
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  test("and another tenant's terms keep keys of their own", async () => {
    const fetch = vi.fn(async () => Response.json(jwks));
    const guard = createGuard({
      issuer: {
        resolve: (iss, tenant) => {
          if (iss !== trusted) return undefined;
          return { issuer: iss, audience: tenant ?? "", keys: { jwksUri: "https://issuer.test/keys" } };
        },
        tenant: ({ headers }) => (headers as { host: string }).host,
      },
      ...{ now: createClock().now, env: {}, fetch },
    });
    const ask = (host: string) =>
      verdictOf(
        guard.check({
          method: "GET",
          url: "/",
          headers: { authorization: `Bearer ${token({ aud: "a.test" })}`, host },
        }),
      );
    expect([await ask("a.test"), await ask("b.test"), await ask("a.test")]).toEqual([
      ...["accepted", "audience_mismatch", "accepted"],
    ]);
    expect(fetch).toHaveBeenCalledTimes(2);
  });
});
