// A logout at the provider stops a user at every gateway of a fleet, also when Redis is killed and
// started again without its data.
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { type Fleet, type Member, startFleet } from "./_fleet.js";

const { isSkipped, note } = toSkip(["redis-server", "nginx", "uvicorn"]);

/** Asks each member until it refuses. Returns its refusals. */
function awaitRefusals(members: readonly Member[], token: string): Promise<readonly Response[]> {
  return Promise.all(members.map((member) => awaitRefusal(member, token)));
}

async function awaitRefusal(member: Member, token: string): Promise<Response> {
  for (;;) {
    const answer = await member.ask(token);
    if (answer.status === 401) return answer;
    await delay(1);
  }
}

/** Until it knows what was revoked. It may say `degraded` for what it refused before. */
async function awaitReady({ gateway }: Member): Promise<void> {
  while ((await gateway.readiness()).status === "not ready") await delay(20);
}

const statusOf = async ({ ask }: Member, token: string) => (await ask(token)).status;

describe.skipIf(isSkipped)(`Gateways over one Redis${note}`, () => {
  let fleet: Fleet;
  let first: Member;
  let second: Member;
  beforeAll(async () => {
    fleet = await startFleet();
    first = await fleet.addMember();
    second = await fleet.addMember();
    await Promise.all([first, second].map(awaitReady));
  });
  afterAll(() => fleet?.close());

  const getToken = async (as: string) => (await fleet.tenant.token({ as })).access_token;

  test("a user who is logged out is stopped everywhere, whatever becomes of Redis", async () => {
    const [alice, bob, carol] = await Promise.all(["alice", "bob", "carol"].map(getToken));
    if (alice === undefined || bob === undefined || carol === undefined) throw new Error("There is no token");
    for (const member of [first, second]) {
      for (const token of [alice, bob, carol]) expect(await statusOf(member, token)).toBe(200);
    }

    const started = performance.now();
    const report = await fleet.tenant.logOut("alice");
    expect(report.logoutTokens).toMatchObject([{ client: "app", delivered: true, status: 200 }]);
    const answers = await awaitRefusals([first, second], alice);
    const took = performance.now() - started;
    console.info(`From the logout at the provider to the refusal by the last gateway: ${took.toFixed(1)} ms`);
    for (const answer of answers) {
      expect(answer.headers.get("www-authenticate")).toContain('error="invalid_token"');
      expect(await answer.json()).toMatchObject({ error: "invalid_token", reason: "token_revoked" });
    }
    for (const member of [first, second]) expect(await statusOf(member, bob)).toBe(200);

    await fleet.redis.kill();
    for (const member of [first, second]) {
      expect(await statusOf(member, alice)).toBe(401);
      expect(await statusOf(member, bob)).toBe(200);
    }
    // The provider hears that the fleet does not have it yet. The gateway that it told refuses.
    const meanwhile = await fleet.tenant.logOut("bob");
    expect(meanwhile.logoutTokens).toMatchObject([{ client: "app", delivered: false, status: 400 }]);
    expect(await statusOf(first, bob)).toBe(401);
    expect(await statusOf(second, bob)).toBe(200);

    await fleet.redis.start();
    expect(await fleet.redis.send("DBSIZE")).toMatch(/^:\d/);
    await awaitRefusals([first, second], bob);
    await awaitRefusals([first, second], alice);
    for (const member of [first, second]) expect(await statusOf(member, carol)).toBe(200);

    const third = await fleet.addMember();
    // Until it knows what was revoked, it refuses everybody (503).
    for (const token of [alice, bob]) expect([401, 503]).toContain(await statusOf(third, token));
    await Promise.all([first, second, third].map(awaitReady));
    expect(await Promise.all([alice, bob, carol].map((token) => statusOf(third, token)))).toEqual([401, 401, 200]);

    const afterwards = await fleet.tenant.logOut("carol");
    expect(afterwards.logoutTokens).toMatchObject([{ delivered: true, status: 200 }]);
    await awaitRefusals([first, second, third], carol);
  });
});
