// An operator ends access at a gateway, over its listener for providers.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { startTestGateway } from "../support/gateway.js";
import { createProvider, issuer, post } from "../support/provider.js";

const section = "cutOff: { permission: revoke:tokens }";
const json = "application/json";
const theft = { sub: "alice", reason: "stolen laptop" };

async function start(sections: string, guard = "") {
  const provider = await createProvider();
  const toRules = (more: string) =>
    `guard: { ${provider.guard}${guard} }\n${more}\nrules: [{ path: /**, authenticated: true }]\n`;
  const started = await startTestGateway(toRules(sections), {
    guardOptions: {},
    overrides: { events: "127.0.0.1:0" },
  });
  const askAs = async (token: string) => {
    const { status, body } = await started.ask({ target: "/a", token });
    return status === 200 ? 200 : `${status} ${JSON.parse(body).reason}`;
  };
  const cutOff = (token: string | undefined, body: object = theft, more: Partial<Parameters<typeof post>[1]> = {}) =>
    post(started.gateway.eventsAddress, {
      path: "/cut-off",
      type: json,
      body: JSON.stringify(body),
      ...more,
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...more.headers },
    });
  const operator = (name = "olga", claims: object = {}) =>
    provider.accessToken(name, { permissions: ["revoke:tokens"], ...claims });
  const logged = () => started.lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "cut_off");
  return { ...started, provider, askAs, cutOff, operator, logged, toRules };
}

describe("A cut-off by an operator", () => {
  test("ends the user's tokens, and those of other users go on", async () => {
    const { provider, askAs, cutOff, operator } = await start(section);
    const [alice, bob] = [await provider.accessToken("alice"), await provider.accessToken("bob")];
    expect([await askAs(alice), await askAs(bob)]).toEqual([200, 200]);
    const { status, headers, body } = await cutOff(await operator());
    expect(status).toBe(200);
    expect(headers["cache-control"]).toBe("no-store");
    expect(JSON.parse(body)).toEqual({ issuedBefore: expect.any(Number) });
    expect([await askAs(alice), await askAs(bob)]).toEqual(["401 token_revoked", 200]);
  });

  test("is refused without a token, with a broken one and without the permission, and ends nothing", async () => {
    const { provider, askAs, cutOff, operator, logged } = await start(section);
    const alice = await provider.accessToken("alice");
    const broken = `${await operator()}x`;
    const [none, wrong, forbidden] = [await cutOff(undefined), await cutOff(broken), await cutOff(alice)];
    expect([none.status, wrong.status, forbidden.status]).toEqual([401, 401, 403]);
    expect(none.headers["www-authenticate"]).toMatch(/^Bearer/);
    expect(forbidden.headers["www-authenticate"]).toContain('error="insufficient_scope"');
    expect(await askAs(alice)).toBe(200);
    // Those without a valid token are not in the log, which they could flood.
    expect(logged()).toMatchObject([{ outcome: "refused", reason: "permission_missing" }]);
  });

  test("beyond the limit is refused (429) for this operator, and another one goes on", async () => {
    const { askAs, provider, cutOff, operator, logged } = await start(
      "cutOff: { permission: revoke:tokens, perMinute: 1 }",
    );
    const [bob, olga] = [await provider.accessToken("bob"), await operator()];
    expect((await cutOff(olga)).status).toBe(200);
    const { status, headers } = await cutOff(olga, { sub: "bob", reason: "a" });
    expect(status).toBe(429);
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    expect(await askAs(bob)).toBe(200);
    expect((await cutOff(await operator("otto"), { sub: "bob", reason: "b" })).status).toBe(200);
    expect(logged().map(({ outcome }) => outcome)).toEqual(["done", "limited", "done"]);
  });

  test("is in the log with who, what and why, and in the metrics, without a token", async () => {
    const { gateway, lines, cutOff, operator, logged } = await start(`${section}\nlog: "off"`);
    const token = await operator();
    await cutOff(token);
    await cutOff(token, { sub: "alice" });
    const by = { issuer, subject: "olga", clientId: "app" };
    expect(logged()).toEqual([
      {
        time: expect.any(String),
        event: "cut_off",
        outcome: "done",
        operator: by,
        target: { issuer, sub: "alice" },
        why: "stolen laptop",
      },
      { time: expect.any(String), event: "cut_off", outcome: "refused", operator: by },
    ]);
    for (const part of token.split(".")) expect(lines.join("")).not.toContain(part);
    const metrics = await gateway.toMetrics();
    expect(metrics).toMatch(/gatewarden_gateway_events_total\{kind="cut_off",outcome="done"[^}]*\} 1/);
    expect(metrics).toMatch(/gatewarden_gateway_events_total\{kind="cut_off",outcome="refused"[^}]*\} 1/);
  });

  test.each([
    ["a form", { type: "application/x-www-form-urlencoded" }, 400],
    ["a body that is not JSON", { body: "{" }, 400],
    ["a misspelt target", { body: '{"subj":"alice","reason":"a"}' }, 400],
    ["another path", { path: "/cut-off/" }, 404],
  ])("with %s is refused and ends nothing", async (_name, more, expected) => {
    const { provider, askAs, cutOff, operator } = await start(section);
    const alice = await provider.accessToken("alice");
    expect((await cutOff(await operator(), theft, more)).status).toBe(expected);
    expect(await askAs(alice)).toBe(200);
  });

  test("needs all that the section requires, at its own path", async () => {
    const { cutOff, operator } = await start(
      "cutOff: { path: /operators/cut-off, permission: revoke:tokens, claim: { name: team, value: support } }",
    );
    const path = "/operators/cut-off";
    expect((await cutOff(await operator(), theft, { path })).status).toBe(403);
    expect((await cutOff(await operator("olga", { team: "support" }), theft, { path })).status).toBe(200);
    expect((await cutOff(await operator("olga", { team: "support" }))).status).toBe(404);
  });

  test("needs what a reload requires, and still counts after it", async () => {
    const { gateway, provider, askAs, cutOff, operator, writeRules, toRules } = await start(section);
    const [alice, olga] = [await provider.accessToken("alice"), await operator()];
    expect((await cutOff(olga)).status).toBe(200);
    writeRules(toRules("cutOff: { permission: cut:off }"));
    expect(await gateway.reload()).toBe(true);
    expect((await cutOff(olga)).status).toBe(403);
    expect(await askAs(alice)).toBe("401 token_revoked");
  });

  test("is not taken by the listeners of proxies and of operators' metrics", async () => {
    const { gateway, provider, askAs, operator } = await start(section);
    const [alice, olga] = [await provider.accessToken("alice"), await operator()];
    const headers = { authorization: `Bearer ${olga}` };
    for (const address of [gateway.address, gateway.adminAddress]) {
      const sent = { path: "/cut-off", type: json, body: JSON.stringify(theft), headers };
      expect((await post(address, sent)).status).not.toBe(200);
    }
    expect(await askAs(alice)).toBe(200);
  });
});

test("An operator's token that is bound to a certificate is refused: the header would be the client's own", async () => {
  const certificate = createHash("sha256").update("a certificate").digest();
  const { ask, cutOff, operator } = await start(section, ", mtls: { mode: allowed, certificate: { format: envoy } }");
  const token = await operator("olga", { cnf: { "x5t#S256": certificate.toString("base64url") } });
  const headers = { "x-forwarded-client-cert": `Hash=${certificate.toString("hex")}` };
  expect((await ask({ target: "/a", token, headers })).status).toBe(200);
  const { status, body } = await cutOff(token, theft, { headers });
  expect(status).toBe(401);
  expect(JSON.parse(body)).toMatchObject({ reason: "certificate_missing" });
  expect((await cutOff(await operator())).status).toBe(200);
});

test("An operator's token is found where the guard looks for it", async () => {
  const { cutOff, operator } = await start(section, ", tokenFrom: { header: X-Token }");
  const token = await operator();
  expect((await cutOff(undefined, theft, { headers: { "x-token": token } })).status).toBe(200);
  expect((await cutOff(undefined)).status).toBe(401);
});

test("An operator's token in a cookie counts with requests of listed pages only (CWE-352)", async () => {
  const page = "https://console.example.com";
  const { cutOff, operator } = await start(section, `, tokenFrom: { cookie: session, origins: ["${page}"] }`);
  const cookie = `theme=dark; session=${await operator()}`;
  expect((await cutOff(undefined, theft, { headers: { cookie, origin: page } })).status).toBe(200);
  const other = await cutOff(undefined, theft, { headers: { cookie, origin: "https://other.example" } });
  expect(JSON.parse(other.body)).toMatchObject({ reason: "origin_not_allowed" });
});

test("A DPoP proof of an operator is for the endpoint's own URL, and good once", async () => {
  const { gateway, issuer: testIssuer } = await startTestGateway(
    `guard: { dpop: { mode: required } }\n${section}\nrules: []\n`,
    { overrides: { events: "127.0.0.1:0" } },
  );
  const send = (headers: Readonly<Record<string, string>>) =>
    post(gateway.eventsAddress, { path: "/cut-off", type: json, body: JSON.stringify(theft), headers });
  const prove = (path: string) =>
    testIssuer
      .dpopClient()
      .headers(
        { method: "POST", url: `${gateway.eventsAddress}${path}` },
        { sub: "olga", permissions: ["revoke:tokens"] },
      );
  const right = prove("/cut-off");
  expect((await send({ ...right })).status).toBe(200);
  expect(JSON.parse((await send({ ...right })).body)).toMatchObject({ reason: "dpop_replayed" });
  expect(JSON.parse((await send({ ...prove("/a") })).body)).toMatchObject({ reason: "dpop_target_mismatch" });
});
