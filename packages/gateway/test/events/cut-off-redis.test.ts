// A cut-off for several gateways over one Redis, and while it is down.
import { expect, onTestFinished, test, vi } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { startRedis } from "../../../gatewarden/test/support/redis-server.js";
import { startTestGateway } from "../support/gateway.js";
import { createProvider, post } from "../support/provider.js";

const { isSkipped, note } = toSkip(["redis-server"]);
const soon = { timeout: 30_000, interval: 20 };

test.skipIf(isSkipped)(
  `A cut-off at one gateway ends access at the others, also while Redis is down${note}`,
  async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.close());
    const provider = await createProvider();
    const rules = `redis: { url: "${redis.url}", foundingTime: 0 }
guard: { ${provider.guard} }
cutOff: { permission: revoke:tokens }
rules: [{ path: /**, authenticated: true }]\n`;
    const startOne = () => startTestGateway(rules, { guardOptions: {}, overrides: { events: "127.0.0.1:0" } });
    const [one, other] = [await startOne(), await startOne()];
    for (const { gateway } of [one, other])
      await vi.waitFor(async () => expect((await gateway.readiness()).status).toBe("ready"), soon);
    const [alice, bob, carol] = await Promise.all(["alice", "bob", "carol"].map((sub) => provider.accessToken(sub)));
    const olga = await provider.accessToken("olga", { permissions: ["revoke:tokens"] });
    const cutOff = (sub: string) =>
      post(one.gateway.eventsAddress, {
        path: "/cut-off",
        type: "application/json",
        body: JSON.stringify({ sub, reason: "stolen laptop" }),
        headers: { authorization: `Bearer ${olga}` },
      });
    const statusAt = async (gateway: typeof one, token = "") => (await gateway.ask({ target: "/a", token })).status;

    expect((await cutOff("alice")).status).toBe(200);
    expect(await statusAt(one, alice)).toBe(401);
    await vi.waitFor(async () => expect(await statusAt(other, alice)).toBe(401), soon);
    expect(await statusAt(other, bob)).toBe(200);

    await redis.kill();
    const { status, headers } = await cutOff("bob");
    expect([status, headers["retry-after"]]).toEqual([503, "1"]);
    expect([await statusAt(one, bob), await statusAt(other, bob)]).toEqual([401, 200]);
    const entries = one.lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "cut_off");
    expect(entries).toMatchObject([{ outcome: "done" }, { outcome: "failed", reason: "revocation_unavailable" }]);

    await redis.start();
    await vi.waitFor(async () => expect(await statusAt(other, bob)).toBe(401), soon);
    expect([await statusAt(one, carol), await statusAt(other, carol)]).toEqual([200, 200]);
  },
);
