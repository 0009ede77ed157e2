// What proxies are answered: the true status, or what nginx understands and the rest in headers.
import { createTestIssuer } from "gatewarden/testing";
import { describe, expect, test } from "vitest";
import { send, startTestGateway } from "../support/gateway.js";

const rules = `
rules:
  - { path: /public, public: true }
  - { path: /admin, permission: read:admin }
  - { path: /closed, deny: true }
  - { path: /data, methods: [GET, PUT], authenticated: true }
`;

describe("nginx", () => {
  const start = () => startTestGateway(rules, { overrides: { proxy: "nginx" } });

  test("gets 401 as it is, with the challenge in both places", async () => {
    const { ask } = await start();
    const { status, headers, body } = await ask({ target: "/admin" });
    expect(status).toBe(401);
    expect(headers).toMatchObject({
      "www-authenticate": 'Bearer realm="api"',
      "x-gatewarden-challenge": 'Bearer realm="api"',
      "x-gatewarden-status": "401",
      "x-gatewarden-reason": "credentials_missing",
      "x-gatewarden-body": body,
    });
  });

  test("gets 403 as it is, with the challenge that auth_request would lose", async () => {
    const { ask, issuer } = await start();
    const { status, headers } = await ask({ target: "/admin", token: issuer.token() });
    expect(status).toBe(403);
    expect(headers["x-gatewarden-status"]).toBe("403");
    expect(headers["x-gatewarden-challenge"]).toContain('error="insufficient_scope"');
    expect(headers["x-gatewarden-challenge"]).toContain('scope="read:admin"');
  });

  test.each([
    ["400 of the gateway", { target: "/a/../admin" }, "400"],
    ["400 of the guard", { target: "/admin", headers: { authorization: "Bearer a b" } }, "400"],
  ])("gets %s as 403, and the true status in a header", async (_name, asked, status) => {
    const { ask } = await start();
    const answer = await ask(asked);
    expect(answer.status).toBe(403);
    expect(answer.headers["x-gatewarden-status"]).toBe(status);
    expect(JSON.parse(String(answer.headers["x-gatewarden-body"]))).toHaveProperty("reason");
  });

  test("gets 503 as 403, and Retry-After in a header", async () => {
    const issuer = createTestIssuer();
    issuer.disconnect();
    const { ask } = await startTestGateway(rules, {
      overrides: { proxy: "nginx" },
      guardOptions: { issuer: issuer.url, audience: issuer.audience, fetch: issuer.fetch },
    });
    const { status, headers } = await ask({ target: "/admin", token: issuer.token() });
    expect(status).toBe(403);
    expect(headers).toMatchObject({ "x-gatewarden-status": "503", "x-gatewarden-reason": "keys_unavailable" });
    expect(Number(headers["x-gatewarden-retry-after"])).toBeGreaterThan(0);
  });

  test("gets no headers of a refusal with an accepted request", async () => {
    const { ask } = await start();
    const { status, headers } = await ask({ target: "/public" });
    expect(status).toBe(200);
    expect(Object.keys(headers).filter((name) => name.startsWith("x-gatewarden-"))).toEqual([]);
  });
});

describe("Other proxies", () => {
  test("get the true status, challenge and body", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    const forbidden = await ask({ target: "/admin", token: issuer.token() });
    expect(forbidden.status).toBe(403);
    expect(forbidden.headers["www-authenticate"]).toContain('scope="read:admin"');
    expect(JSON.parse(forbidden.body)).toMatchObject({ error: "insufficient_scope", reason: "permission_missing" });
    const bad = await ask({ target: "/admin;x" });
    expect(bad.status).toBe(400);
    expect(JSON.parse(bad.body)).toMatchObject({ error: "invalid_request", reason: "path_parameter" });
    expect((await ask({ target: "/closed" })).status).toBe(403);
  });

  test("get both challenges in one field where DPoP is taken too", async () => {
    const { ask } = await startTestGateway(`guard: { dpop: { mode: allowed } }\n${rules}`);
    const { headers } = await ask({ target: "/admin" });
    expect(headers["www-authenticate"]).toMatch(/^Bearer realm="api", DPoP realm="api", algs="/);
  });

  test("of the kind of Envoy ask with the request itself, behind the prefix", async () => {
    const { gateway, issuer } = await startTestGateway(rules, { overrides: { proxy: "envoy" } });
    const headers = {
      host: "api.example.com",
      "x-forwarded-proto": "https",
      authorization: `Bearer ${issuer.token()}`,
    };
    expect((await send(gateway.address, { method: "PUT", path: "/authorize/data?x", headers })).status).toBe(200);
    expect((await send(gateway.address, { method: "GET", path: "/authorize/data?x", headers })).status).toBe(200);
    expect((await send(gateway.address, { method: "DELETE", path: "/authorize/data", headers })).status).toBe(403);
    expect((await send(gateway.address, { method: "GET", path: "/authorize/public/../data", headers })).status).toBe(
      400,
    );
    expect((await send(gateway.address, { method: "GET", path: "/data", headers })).status).toBe(404);
    expect((await send(gateway.address, { method: "GET", path: "/authorize", headers })).status).toBe(404);
  });
});

describe("Facts that a token does not have", () => {
  const ofNames = (headers: object) => Object.keys(headers).filter((name) => name.startsWith("x-auth-"));

  test("are absent for nginx, to which an absent header is an empty one", async () => {
    const { ask, issuer } = await startTestGateway(rules, { overrides: { proxy: "nginx" } });
    const { status, headers } = await ask({ target: "/data", token: issuer.token({ sub: "alice" }) });
    expect(status).toBe(200);
    expect(ofNames(headers)).toContain("x-auth-subject");
    expect(ofNames(headers)).not.toContain("x-auth-actor");
    expect(ofNames((await ask({ target: "/public" })).headers)).toEqual([]);
  });

  test("are empty for others, which then replace what the client sent", async () => {
    const { ask, issuer } = await startTestGateway(rules, { overrides: { proxy: "caddy" } });
    const said = {
      "x-forwarded-method": "GET",
      "x-forwarded-uri": "/data",
      "x-forwarded-host": "api.example.com",
      "x-forwarded-proto": "https",
      "x-forwarded-for": "192.0.2.1",
      authorization: `Bearer ${issuer.token({ sub: "alice" })}`,
    };
    const { headers } = await ask({ only: said });
    expect(headers).toMatchObject({ "x-auth-subject": "alice", "x-auth-actor": "" });
  });
});

describe("A preflight", () => {
  const preflight = { origin: "https://app.example", "access-control-request-method": "PUT" };

  test("passes without a token where a rule allows the method that it asks about", async () => {
    const { ask } = await startTestGateway(rules);
    const answer = await ask({ method: "OPTIONS", target: "/data", headers: preflight });
    expect(answer.status).toBe(200);
    expect(answer.headers["x-auth-subject"]).toBe("");
  });

  test.each([
    ["where no rule allows that method", "/data", { ...preflight, "access-control-request-method": "DELETE" }, 403],
    ["where a rule denies", "/closed", preflight, 403],
    ["without an origin", "/data", { "access-control-request-method": "PUT" }, 403],
    ["without the method", "/data", { origin: "https://app.example" }, 403],
    ["with a method in lower case", "/data", { ...preflight, "access-control-request-method": "put" }, 403],
  ])("does not pass %s", async (_name, target, headers, status) => {
    const { ask } = await startTestGateway(rules);
    expect((await ask({ method: "OPTIONS", target, headers })).status).toBe(status);
  });

  test("with a token is a request like any other", async () => {
    const { ask } = await startTestGateway("rules: [{ path: /data, authenticated: true }]");
    expect((await ask({ method: "OPTIONS", target: "/data", headers: preflight, token: "bad" })).status).toBe(401);
  });

  test("needs a token with `preflight: check`", async () => {
    const { ask } = await startTestGateway("preflight: check\nrules: [{ path: /data, authenticated: true }]");
    expect((await ask({ method: "OPTIONS", target: "/data", headers: preflight })).status).toBe(401);
  });
});

describe("MCP", () => {
  const mcp = `
rules:
  - path: /mcp
    mcp:
      requirement: { scope: mcp }
      tools: { whoami: true, "löschen": { permission: write } }
`;
  const headers = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call" };

  test.each([
    ["a listed tool", { ...headers, "mcp-name": "whoami" }, 200],
    [
      "a tool that needs more",
      { ...headers, "mcp-name": `=?base64?${Buffer.from("löschen").toString("base64")}?=` },
      403,
    ],
    ["a tool that is not listed", { ...headers, "mcp-name": "other" }, 403],
    ["a name in another form of base64", { ...headers, "mcp-name": "=?base64?d2hvYW1p=?=" }, 400],
    ["no name", headers, 400],
    ["no method", { "mcp-protocol-version": "2026-07-28", "mcp-name": "whoami" }, 400],
    [
      "a revision that does not compare headers with the body",
      { ...headers, "mcp-protocol-version": "2025-11-25", "mcp-name": "whoami" },
      400,
    ],
    ["no revision", { "mcp-method": "tools/call", "mcp-name": "whoami" }, 400],
    ["an operation of no list", { ...headers, "mcp-method": "tools/list" }, 200],
    ["two methods that a proxy joined (CWE-444)", { ...headers, "mcp-method": "tools/list,tools/call" }, 400],
    ["two methods joined with a blank", { ...headers, "mcp-method": "tools/call, tools/list" }, 400],
    ["a name that came twice", { ...headers, "mcp-name": ["whoami", "other"] }, 400],
  ])("answers %s", async (_name, sent, status) => {
    const { ask, issuer } = await startTestGateway(mcp);
    const token = issuer.token({ scope: "mcp" });
    expect((await ask({ method: "POST", target: "/mcp", token, headers: sent })).status).toBe(status);
  });

  test("asks for the endpoint's own requirement beside the tool's", async () => {
    const { ask, issuer } = await startTestGateway(mcp);
    const sent = { ...headers, "mcp-name": "whoami" };
    expect((await ask({ method: "POST", target: "/mcp", token: issuer.token(), headers: sent })).status).toBe(403);
    expect((await ask({ method: "GET", target: "/mcp", token: issuer.token({ scope: "mcp" }) })).status).toBe(200);
  });
});
