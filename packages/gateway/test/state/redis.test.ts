// What gateways share over a real Redis, and what they do without it.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { type RedisServer, startRedis } from "../../../gatewarden/test/support/redis-server.js";
import { type Answered, ask, send, startTestGateway } from "../support/gateway.js";
import { startGatewayProcess } from "../support/gateway-process.js";
import { createProvider, postLogout } from "../support/provider.js";

const { isSkipped, note } = toSkip(["redis-server"]);
const soon = { timeout: 30_000, interval: 20 };
const access = "rules: [{ path: /**, authenticated: true }]\n";

async function startServer(): Promise<RedisServer> {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  return redis;
}

const toSection = ({ url }: RedisServer, more = "") => `redis: { url: "${url}", foundingTime: 0${more} }\n`;
const reasonOf = ({ status, body }: Answered) => (status === 200 ? 200 : `${status} ${JSON.parse(body).reason}`);
const readReadiness = async (address: string | undefined) => {
  const { status, body } = await send(String(address), { method: "GET", path: "/readyz", headers: {} });
  return { code: status, ...JSON.parse(body) };
};

describe.skipIf(isSkipped)(`With the section redis${note}`, () => {
  test("a gateway is not ready and refuses tokens (503) before it knows what was revoked", async () => {
    const redis = await startServer();
    await redis.kill();
    const { gateway, issuer, ask: askIt, lines } = await startTestGateway(toSection(redis) + access);
    expect(await readReadiness(gateway.adminAddress)).toMatchObject({ code: 503, status: "not ready" });
    expect(reasonOf(await askIt({ token: issuer.token() }))).toBe("503 revocation_unavailable");
    expect(lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "redis_failed")).toHaveLength(1);
    await redis.start();
    await vi.waitFor(async () => expect((await readReadiness(gateway.adminAddress)).code).toBe(200), soon);
    expect(reasonOf(await askIt({ token: issuer.token() }))).toBe(200);
    expect(await readReadiness(gateway.adminAddress)).toEqual({ code: 200, status: "ready", reasons: [] });
    expect(lines.map((line) => JSON.parse(line).event)).toContain("redis_back");
  });

  test("a gateway that may join late accepts tokens, and says that it is degraded", async () => {
    const redis = await startServer();
    await redis.kill();
    const { gateway, issuer, ask: askIt } = await startTestGateway(toSection(redis, ", beforeJoin: degraded") + access);
    expect(await readReadiness(gateway.adminAddress)).toMatchObject({ code: 200, status: "degraded" });
    expect(reasonOf(await askIt({ token: issuer.token() }))).toBe(200);
  });

  test("a gateway starts, and refuses tokens, where Redis accepts connections and says nothing", async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => void sockets.add(socket)).listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => {
      silent.close();
      for (const socket of sockets) socket.destroy();
    });
    const { port } = silent.address() as AddressInfo;
    const { issuer, ask: askIt } = await startTestGateway(`redis: { url: "redis://127.0.0.1:${port}" }\n${access}`);
    expect(reasonOf(await askIt({ token: issuer.token() }))).toBe("503 revocation_unavailable");
  });

  test("operators see the lag, and that Redis is down", async () => {
    const redis = await startServer();
    const { gateway, issuer, ask: askIt } = await startTestGateway(toSection(redis) + access);
    await vi.waitFor(async () => expect((await gateway.readiness()).status).toBe("ready"), soon);
    const metrics = await send(String(gateway.adminAddress), { method: "GET", path: "/metrics", headers: {} });
    expect(metrics.body).toMatch(/^gatewarden_deny_list_lag(?:_seconds)?(?:\{[^}]*\})? [0-9.e-]+$/m);
    expect(metrics.body).toMatch(/^gatewarden_deny_list_connected(?:\{[^}]*\})? 1$/m);
    await redis.kill();
    await vi.waitFor(
      async () => expect(await readReadiness(gateway.adminAddress)).toMatchObject({ code: 200, status: "degraded" }),
      soon,
    );
    expect(reasonOf(await askIt({ token: issuer.token() }))).toBe(200);
  });

  test("a DPoP proof is accepted by one gateway, and refused by the others (RFC 9449 §11.1)", async () => {
    const redis = await startServer();
    const rules = `${toSection(redis)}guard: { dpop: { mode: required } }\n${access}`;
    const one = await startTestGateway(rules);
    const other = await startTestGateway(rules, { guardOptions: one.issuer.guardOptions });
    for (const { gateway } of [one, other]) {
      await vi.waitFor(async () => expect((await gateway.readiness()).status).toBe("ready"), soon);
    }
    const client = one.issuer.dpopClient();
    const toHeaders = async () => ({ ...(await client.headers({ method: "GET", url: "https://api.example.com/a" })) });
    const first = await toHeaders();
    expect(reasonOf(await one.ask({ target: "/a", headers: first }))).toBe(200);
    expect(reasonOf(await other.ask({ target: "/a", headers: first }))).toBe("401 dpop_replayed");
    expect(reasonOf(await other.ask({ target: "/a", headers: await toHeaders() }))).toBe(200);
    await redis.kill();
    expect(reasonOf(await other.ask({ target: "/a", headers: await toHeaders() }))).toBe(
      "503 replay_store_unavailable",
    );
  });

  test("a nonce of one gateway is good at the others (RFC 9449 §8)", async () => {
    const redis = await startServer();
    const rules = `${toSection(redis)}guard: { dpop: { mode: required, nonce: true } }\n${access}`;
    const one = await startTestGateway(rules);
    const other = await startTestGateway(rules, { guardOptions: one.issuer.guardOptions });
    for (const { gateway } of [one, other]) {
      await vi.waitFor(async () => expect((await gateway.readiness()).status).toBe("ready"), soon);
    }
    const client = one.issuer.dpopClient();
    const proof = { method: "GET", url: "https://api.example.com/a" };
    await vi.waitFor(async () => {
      const refused = await one.ask({ target: "/a", headers: { ...(await client.headers(proof)) } });
      client.nonce = String(refused.headers["dpop-nonce"]);
      const headers = { ...(await client.headers(proof)) };
      expect(reasonOf(await other.ask({ target: "/a", headers }))).toBe(200);
    }, soon);
  });

  test("keys begin with the prefix, and hold no token", async () => {
    const redis = await startServer();
    const { gateway } = await startTestGateway(toSection(redis, ', prefix: "orders:"') + access);
    await vi.waitFor(async () => expect((await gateway.readiness()).status).toBe("ready"), soon);
    expect(await redis.send("EXISTS", "{orders:revocations}head")).toBe(":1\r\n");
  });

  test("several processes share DPoP proofs and logouts", async () => {
    const redis = await startServer();
    const provider = await createProvider();
    const gateway = await startGatewayProcess(
      `${toSection(redis)}guard: { ${provider.guard}, dpop: { mode: allowed } }\nevents: 127.0.0.1:0\nlogout: { clientId: app, ends: user }\n${access}`,
      ["--workers", "2"],
    );
    const alice = await provider.accessToken("alice");
    const askAll = async () =>
      (await Promise.all(Array.from({ length: 8 }, () => ask(gateway.address, { target: "/a", token: alice })))).map(
        reasonOf,
      );
    await vi.waitFor(async () => expect(new Set(await askAll())).toEqual(new Set([200])), soon);
    const events = gateway.lines.map(({ eventsAddress }) => eventsAddress).find((one) => typeof one === "string");
    expect((await postLogout(String(events), await provider.logoutToken("alice"))).status).toBe(200);
    await vi.waitFor(async () => expect(new Set(await askAll())).toEqual(new Set(["401 token_revoked"])), soon);
    gateway.kill("SIGTERM");
    expect(await gateway.ended).toBe(0);
  });
});
