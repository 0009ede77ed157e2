// A provider that reaches the gateway through nginx, with the shipped configuration.
import { expect, onTestFinished, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { startInspector } from "../proxies/_inspector.js";
import { readDeployed, replaceText, startProxy } from "../proxies/_proxies.js";
import { startTestGateway } from "../support/gateway.js";
import { createProvider, post, postLogout, signalsAudience } from "../support/provider.js";

const { isSkipped, note } = toSkip(["nginx"]);
const portOf = (address: string | undefined) => Number(new URL(String(address)).port);

/** nginx, the gateway and a backend, and how a client asks. */
async function start() {
  const provider = await createProvider();
  const rules = `guard: { ${provider.guard} }
logout: { clientId: app, ends: user }
signals: { audience: "${signalsAudience}" }
rules: [{ path: /**, authenticated: true }]\n`;
  const overrides = { proxy: "nginx", events: "127.0.0.1:0" } as const;
  const { gateway } = await startTestGateway(rules, { guardOptions: {}, overrides });
  const upstream = await startInspector();
  onTestFinished(() => upstream.close());
  const proxy = await startProxy("nginx", {
    gateway: portOf(gateway.address),
    application: upstream.port,
    change: (files) => ({
      ...files,
      "nginx.conf": replaceText(files["nginx.conf"] ?? "", [
        ["include gatewarden-server.conf;", "include gatewarden-server.conf;\n        include gatewarden-events.conf;"],
      ]),
      "gatewarden-events.conf": replaceText(readDeployed("nginx/gatewarden-events.conf"), [
        ["127.0.0.1:4182", `127.0.0.1:${portOf(gateway.eventsAddress)}`],
      ]),
    }),
  });
  onTestFinished(() => proxy.close());
  const address = `http://127.0.0.1:${proxy.port}`;
  const askAs = async (token: string) =>
    (await fetch(`${address}/private/a`, { headers: { authorization: `Bearer ${token}` } })).status;
  return { provider, address, askAs, upstream };
}

test.skipIf(isSkipped)(`A logout and a signal pass nginx without an access token${note}`, async () => {
  const { provider, address, askAs } = await start();
  const [alice, bob, carol] = [
    await provider.accessToken("alice"),
    await provider.accessToken("bob"),
    await provider.accessToken("carol"),
  ];
  expect([await askAs(alice), await askAs(bob), await askAs(carol)]).toEqual([200, 200, 200]);
  expect((await postLogout(address, await provider.logoutToken("alice"))).status).toBe(200);
  const pushed = { path: "/signals", type: "application/secevent+jwt", body: await provider.securityEvent("bob") };
  expect((await post(address, pushed)).status).toBe(202);
  expect([await askAs(alice), await askAs(bob), await askAs(carol)]).toEqual([401, 401, 200]);
});

test.skipIf(isSkipped)(`What the provider did not sign is refused, and never reaches the backend${note}`, async () => {
  const { provider, address, upstream } = await start();
  const refused = await postLogout(address, await provider.logoutToken("alice", { aud: "other" }));
  expect(refused.status).toBe(400);
  expect(JSON.parse(refused.body)).toMatchObject({ error: "invalid_request" });
  for (const path of ["/backchannel-logout/", "/backchannel-logout/x", "/Signals"]) {
    expect((await postLogout(address, await provider.logoutToken("alice"), path)).status).toBe(401);
  }
  expect(upstream.seen).toEqual([]);
});
