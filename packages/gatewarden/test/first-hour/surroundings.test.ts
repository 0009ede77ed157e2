// Twelve ways to lose the first hour, of which these are around the token: in the request, the network, the configuration, the framework.
import { once } from "node:events";
import { createServer, type IncomingMessage, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { createTenant, defaultConfig, type Tenant } from "@gatewarden/dev";
import express from "express";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createTokenVerifier, protect, serveMetadata } from "../../src/adapters/mcp.js";
import { ConfigError, createGuard } from "../../src/index.js";
import { listen } from "../support/listen.js";
import { environmentOf, explain, says, startApi, tokenOf, trust } from "./_hour.js";

const other = "https://other-api.example";

let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant({ port: 0, apis: [...defaultConfig.apis, { audience: other }] });
});
afterAll(() => tenant.close());

describe("In the first hour", () => {
  test("4: a header that a proxy dropped is missed, and the proxy is suspected", async () => {
    const api = await startApi(trust(tenant));
    let arrived = "";
    api.app.server.prependListener("request", ({ method, url, rawHeaders }: IncomingMessage) => {
      const lines = rawHeaders.flatMap((name, index) => (index % 2 ? [] : [`${name}: ${rawHeaders[index + 1]}`]));
      arrived = [`${method} ${url} HTTP/1.1`, ...lines, "", ""].join("\r\n");
    });
    const proxy = await startDroppingProxy(api.origin);
    const headers = { authorization: `Bearer ${await tokenOf(tenant)}` };
    const response = await fetch(`${proxy}/private`, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      code: "credentials_missing",
      cause: says("No Authorization header arrived"),
    });
    expect(await explain(arrived, environmentOf(tenant))).toMatchObject({
      code: 1,
      findings: [
        {
          code: "credentials_missing",
          message: says("came through a proxy (`x-forwarded-for`)"),
          fix: says("proxy_set_header"),
        },
      ],
    });
  });

  test("5: a doubled scheme and a bare token are told apart, and the token itself is found to be good", async () => {
    const api = await startApi(trust(tenant));
    const token = await tokenOf(tenant);
    const curl = (value: string) => `curl -i -H "Authorization: ${value}" ${api.origin}/private`;
    expect(await api.call("/private", `Bearer Bearer ${token}`)).toMatchObject({
      status: 400,
      body: { code: "credentials_malformed", cause: says("`Bearer Bearer …`") },
    });
    expect((await explain(curl(`Bearer Bearer ${token}`), environmentOf(tenant))).findings).toEqual([
      { code: "credentials_malformed", severity: "error", message: says("twice"), fix: says("the token alone") },
    ]);
    expect(await api.call("/private", token)).toMatchObject({
      status: 401,
      body: { code: "scheme_unsupported", fix: says("Put `Bearer ` before the token") },
    });
    expect((await explain(curl(token), environmentOf(tenant))).findings).toEqual([
      {
        code: "scheme_unsupported",
        severity: "error",
        message: says("the scheme was `eyJ…`"),
        fix: says("Put `Bearer ` before the token"),
      },
    ]);
    expect(await explain(curl(`Bearer ${token}`), environmentOf(tenant))).toMatchObject({ code: 0 });
  });

  test("6: an issuer that cannot be reached is named with what the network said, and is not the caller's fault", async () => {
    const gone = await createTenant({ port: 0 });
    const token = await tokenOf(gone);
    await gone.close();
    const api = await startApi(trust(gone));
    const cause = says(
      "not the caller's fault",
      `GET ${gone.issuer}.well-known/openid-configuration failed: ECONNREFUSED`,
    );
    const fix = says("Nothing listens there");
    expect(await api.call("/private", `Bearer ${token}`)).toMatchObject({
      status: 503,
      body: { code: "keys_unavailable", cause, fix },
    });
    expect(await explain(token, environmentOf(gone))).toMatchObject({
      code: 1,
      findings: [{ code: "keys_unavailable", message: cause, fix }],
    });
  });

  test.each([
    [
      "AUDIENCE",
      { ISSUER_BASE_URL: "https://issuer.example/", AUDIENCE: "" },
      ["AUDIENCE is set but empty", "AUDIENCE=https://api"],
    ],
    [
      "AUTH0_DOMAIN",
      { AUTH0_DOMAIN: "your-tenant.auth0.com", AUDIENCE: "x" },
      ['"your-tenant.auth0.com"', "placeholder", "AUTH0_DOMAIN=acme"],
    ],
    [
      "AUTH0_AUDIENCE",
      { AUTH0_DOMAIN: "acme.eu.auth0.com" },
      ["not set", "not of an application", "AUTH0_AUDIENCE=https://api"],
    ],
  ])("8: a wrong configuration names %s, its value and an example", async (name, env, parts) => {
    expect(() => createGuard({ env })).toThrow(ConfigError);
    const { code, error, findings } = await explain("whatever", env);
    expect({ code, error }).toEqual({ code: 2, error: says(...parts) });
    expect(error.startsWith(`error: ${name}`)).toBe(true);
    expect(findings).toEqual([
      {
        code: "configuration",
        severity: "error",
        message: says(...parts.slice(0, -1)),
        fix: says(parts.at(-1) ?? ""),
      },
    ]);
  });

  test("11: a framework that swallows the cause still leaves one log line with reason, expected and actual", async () => {
    const api = await startApi(trust(tenant));
    const token = await tokenOf(tenant, { as: "alice", audience: other });
    const known = { expected: [tenant.audience], actual: [other, `${tenant.url}/userinfo`] };
    expect(await api.call("/private", `Bearer ${token}`)).toMatchObject({
      status: 401,
      body: { code: "audience_mismatch" },
    });
    expect(api.lines.filter(({ reason }) => reason !== undefined)).toEqual([
      expect.objectContaining({ reason: "audience_mismatch", ...known, msg: "request refused, explained" }),
    ]);
    expect(await explain(token, environmentOf(tenant))).toMatchObject({
      code: 1,
      findings: [{ code: "audience_mismatch", ...known }],
    });
  });

  test("12: an MCP server answers 401 with challenge and metadata instead of 500, and hands the expiry over", async () => {
    const guard = createGuard({
      ...trust(tenant),
      env: {},
      resource: "https://mcp.example/mcp",
      explain: "development",
    });
    await guard.ready();
    const verifier = createTokenVerifier(guard);
    // By name, since its types would give every Express request of this project the SDK's `auth`.
    const sdk: string = "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js";
    const { requireBearerAuth } = await import(sdk);
    const app = express().use(serveMetadata(guard));
    app.post("/mcp", express.json(), protect(guard), (_request, response) => void response.json("in"));
    app.post("/sdk", requireBearerAuth({ verifier }), (request, response) => void response.json(request.auth));
    const server = await listen(app);
    onTestFinished(() => server.close());
    const post = async (path: string, token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(server.origin + path, { method: "POST", headers });
      return {
        status: response.status,
        challenge: response.headers.get("www-authenticate"),
        body: await response.json(),
      };
    };
    const wrong = await tokenOf(tenant, { as: "alice", audience: other });
    expect(await post("/mcp", wrong)).toMatchObject({
      status: 401,
      challenge: says(
        'error="invalid_token"',
        'resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"',
      ),
      body: { reason: "audience_mismatch", fix: says(tenant.audience) },
    });
    expect(await post("/sdk", wrong)).toMatchObject({ status: 401, challenge: says('error="invalid_token"') });
    expect(await explain(wrong, environmentOf(tenant))).toMatchObject({
      code: 1,
      findings: [{ code: "audience_mismatch", fix: says(tenant.audience) }],
    });
    const good = await tokenOf(tenant);
    const { exp } = JSON.parse(Buffer.from(good.split(".")[1] ?? "", "base64url").toString());
    expect(await post("/sdk", good)).toMatchObject({ status: 200, body: { expiresAt: exp } });
    expect(await explain(good, environmentOf(tenant))).toMatchObject({ code: 0, findings: [{ code: "accepted" }] });
  });
});

/** A proxy as many are set up: it says that it is there, and passes Authorization on to nobody. */
async function startDroppingProxy(origin: string): Promise<string> {
  const server = createServer((request, response) => {
    const { authorization: _dropped, ...headers } = request.headers;
    const forwarded = { ...headers, "x-forwarded-for": request.socket.remoteAddress ?? "" };
    const upstream = send(origin + request.url, { method: request.method ?? "GET", headers: forwarded }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(upstream);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
