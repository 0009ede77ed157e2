// What providers report to a gateway, and what it ends.
import { describe, expect, test } from "vitest";
import { pickPort } from "../../../../scripts/lib/ports.mjs";
import type { GatewayOptions } from "../../src/gateway.js";
import { send, startTestGateway } from "../support/gateway.js";
import { createProvider, post, postLogout, signalsAudience } from "../support/provider.js";

const logoutSection = "logout: { clientId: app, ends: user }";
const signalsSection = `signals: { audience: "${signalsAudience}" }`;
const access = "rules: [{ path: /**, authenticated: true }]";

async function start(sections: string, options: GatewayOptions = {}) {
  const provider = await createProvider();
  const toRules = (more: string, guard = "") => `guard: { ${provider.guard}${guard} }\n${more}\n${access}\n`;
  const started = await startTestGateway(toRules(sections), {
    guardOptions: {},
    overrides: { events: "127.0.0.1:0" },
    ...options,
  });
  const events = started.gateway.eventsAddress;
  const askAs = async (token: string) => {
    const { status, body } = await started.ask({ target: "/a", token });
    return status === 200 ? 200 : `${status} ${JSON.parse(body).reason}`;
  };
  return { ...started, provider, events, askAs, toRules };
}

describe("A logout at the provider", () => {
  test("ends the user's tokens, and those of other users go on", async () => {
    const { provider, events, askAs } = await start(logoutSection);
    const [alice, bob] = [await provider.accessToken("alice"), await provider.accessToken("bob")];
    expect([await askAs(alice), await askAs(bob)]).toEqual([200, 200]);
    const { status, headers } = await postLogout(events, await provider.logoutToken("alice"));
    expect(status).toBe(200);
    expect(headers["cache-control"]).toBe("no-store");
    expect([await askAs(alice), await askAs(bob)]).toEqual(["401 token_revoked", 200]);
  });

  test("that is refused (400) ends nothing", async () => {
    const { provider, events, askAs } = await start(logoutSection);
    const alice = await provider.accessToken("alice");
    const { status, body } = await postLogout(events, await provider.logoutToken("alice", { aud: "other" }));
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ error: "invalid_request" });
    expect(await askAs(alice)).toBe(200);
  });

  test("is in the log and in the metrics, without the user", async () => {
    const { gateway, provider, events, lines } = await start(logoutSection);
    await postLogout(events, await provider.logoutToken("alice"));
    await postLogout(events, await provider.logoutToken("alice", { aud: "other" }));
    const logged = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "logout");
    expect(logged).toMatchObject([{ outcome: "done" }, { outcome: "refused", reason: "audience_mismatch" }]);
    expect(lines.join("")).not.toContain("alice");
    const metrics = await gateway.toMetrics();
    expect(metrics).toMatch(/gatewarden_gateway_events_total\{kind="logout",outcome="done"[^}]*\} 1/);
    expect(metrics).toMatch(/gatewarden_gateway_events_total\{kind="logout",outcome="refused"[^}]*\} 1/);
  });

  test.each([
    ["the same guard", ""],
    ["another guard", ", clockTolerance: 7"],
  ])("still counts after a reload with %s", async (_name, guard) => {
    const { gateway, provider, events, askAs, writeRules, toRules } = await start(logoutSection);
    const alice = await provider.accessToken("alice");
    await postLogout(events, await provider.logoutToken("alice"));
    writeRules(toRules(`${logoutSection}\nlog: refusals`, guard));
    expect(await gateway.reload()).toBe(true);
    expect(await askAs(alice)).toBe("401 token_revoked");
    const bob = await provider.accessToken("bob");
    expect((await postLogout(events, await provider.logoutToken("bob"))).status).toBe(200);
    expect(await askAs(bob)).toBe("401 token_revoked");
  });

  test("is for the client that a reload names", async () => {
    const { gateway, provider, events, writeRules, toRules } = await start(logoutSection);
    writeRules(toRules("logout: { clientId: other, ends: user, path: /elsewhere }"));
    expect(await gateway.reload()).toBe(true);
    expect((await postLogout(events, await provider.logoutToken("alice"))).status).toBe(404);
    expect((await postLogout(events, await provider.logoutToken("alice"), "/elsewhere")).status).toBe(400);
    const other = await provider.logoutToken("alice", { aud: "other" });
    expect((await postLogout(events, other, "/elsewhere")).status).toBe(200);
  });

  test("cannot be received before a restart where a reload adds the section", async () => {
    const { gateway, writeRules, toRules, lines } = await start("", { overrides: {} });
    expect(gateway.eventsAddress).toBeUndefined();
    writeRules(toRules(logoutSection));
    expect(await gateway.reload()).toBe(true);
    expect(JSON.parse(String(lines.at(-1)))).toMatchObject({ event: "reloaded", needsRestart: true });
  });
});

describe("A security event", () => {
  const authorization = "Bearer push-secret";
  const push = (address: string | undefined, body: string, headers: Readonly<Record<string, string>>) =>
    post(address, { path: "/signals", type: "application/secevent+jwt", body, headers });

  test("ends the tokens of its subject, with the agreed Authorization", async () => {
    const { provider, events, askAs } = await start(signalsSection, { env: { SIGNALS_AUTHORIZATION: authorization } });
    const [alice, bob] = [await provider.accessToken("alice"), await provider.accessToken("bob")];
    expect((await push(events, await provider.securityEvent("alice"), { authorization })).status).toBe(202);
    expect([await askAs(alice), await askAs(bob)]).toEqual(["401 token_revoked", 200]);
  });

  test.each([
    ["another", { authorization: "Bearer guessed" }],
    ["no", {}],
  ])("with %s Authorization is refused (400)", async (_name, headers) => {
    const { provider, events, askAs } = await start(signalsSection, { env: { SIGNALS_AUTHORIZATION: authorization } });
    const alice = await provider.accessToken("alice");
    const { status, body } = await push(events, await provider.securityEvent("alice"), headers);
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ err: "authentication_failed" });
    expect(await askAs(alice)).toBe(200);
  });
});

test("An empty SIGNALS_AUTHORIZATION keeps the gateway from starting", async () => {
  await expect(start(signalsSection, { env: { SIGNALS_AUTHORIZATION: "" } })).rejects.toThrow("authorization");
});

describe("The listener for providers", () => {
  test.each(["/", "/authorize", "/metrics", "/healthz", "/backchannel-logout/", "/backchannel-logout?a=b", "*"])(
    "does not know %s",
    async (path) => {
      const { events } = await start(logoutSection);
      expect((await send(String(events), { method: "POST", path, headers: {} })).status).toBe(404);
    },
  );

  test("takes POST only", async () => {
    const { events } = await start(logoutSection);
    const { status, headers } = await send(String(events), { method: "GET", path: "/backchannel-logout", headers: {} });
    expect(status).toBe(405);
    expect(headers["allow"]).toBe("POST");
  });

  test("is not that of proxies, where 200 means allowed, nor that of operators", async () => {
    const { gateway, provider, askAs } = await start(logoutSection);
    const alice = await provider.accessToken("alice");
    for (const address of [gateway.address, gateway.adminAddress]) {
      expect((await postLogout(address, await provider.logoutToken("alice"))).status).not.toBe(200);
    }
    expect(await askAs(alice)).toBe(200);
  });

  test("that is taken keeps the gateway from starting, and nothing else goes on listening", async () => {
    const { events } = await start(logoutSection);
    const port = await pickPort(0, "127.0.0.1");
    const overrides = { listen: `127.0.0.1:${port}`, events: String(events).replace("http://", "") };
    await expect(start(logoutSection, { overrides: { proxy: "haproxy", ...overrides } })).rejects.toThrow("EADDRINUSE");
    await expect(send(`http://127.0.0.1:${port}`, { method: "GET", path: "/", headers: {} })).rejects.toThrow(
      "ECONNREFUSED",
    );
  });

  test("ends with the gateway", async () => {
    const { gateway, events } = await start(logoutSection);
    await gateway.close();
    await expect(send(String(events), { method: "POST", path: "/backchannel-logout", headers: {} })).rejects.toThrow(
      "ECONNREFUSED",
    );
  });
});
