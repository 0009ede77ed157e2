// The MCP adapter over real sockets: what is let through, with what facts, and what a refused client is told. The whole dance of the
// official client is in examples/mcp.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { requireBearerAuth } from "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js";
import type { AuthInfo } from "@modelcontextprotocol/sdk/server/auth/types.js";
import express, { type RequestHandler } from "express";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createTokenVerifier, type McpRequirements, protect, readAuth, serveMetadata } from "../../src/adapters/mcp.js";
import { AuthError, createGuard, type Guard, permission, stepUp } from "../../src/index.js";
import { parseChallenge } from "../support/challenge.js";
import { start } from "../support/clock.js";
import { options, token } from "../support/keys.js";
import { createNonceClient } from "./_proofs.js";

const resource = "https://mcp.test/mcp";
const metadataUrl = "https://mcp.test/.well-known/oauth-protected-resource/mcp";
const guard = createGuard(options({ resource }));
const running: Server[] = [];

afterEach(() => {
  for (const server of running.splice(0)) server.close().closeAllConnections();
});

type Call = ((path: string, init?: RequestInit) => Promise<Response>) & { readonly origin: string };

async function listen(...handlers: RequestHandler[]): Promise<Call> {
  const app = express();
  app.use(...handlers);
  app.use((request, response) => void response.json((request as { auth?: AuthInfo }).auth ?? {}));
  const server = createServer(app);
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign((path: string, init?: RequestInit) => fetch(`${origin}${path}`, init), { origin });
}

function post(message: unknown, claims: Record<string, unknown> = {}, type = "application/json"): RequestInit {
  const headers = { authorization: `Bearer ${token(claims)}`, "content-type": type };
  return { method: "POST", headers, body: typeof message === "string" ? message : JSON.stringify(message) };
}

const toolCall = (name: unknown) => ({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name } });
const reader = { permissions: ["read:reports"] };
const withTools = (requirements: McpRequirements) => listen(express.json(), protect(guard, requirements));

describe("protect", () => {
  test("answers 401 with the metadata's address, not 500, when there is no token (RFC 9728 §5.1)", async () => {
    const call = await listen(protect(guard));
    const response = await call("/mcp", { method: "POST" });
    expect(response.status).toBe(401);
    expect(parseChallenge(response.headers.get("www-authenticate") ?? "").parameters).toEqual({
      realm: "api",
      resource_metadata: metadataUrl,
    });
    expect(await response.json()).toMatchObject({ error: "unauthorized", reason: "credentials_missing" });
  });

  test("hands the SDK what it expects of a verified token", async () => {
    const call = await listen(protect(guard));
    const claims = { client_id: "cli", scope: "a b", ...reader };
    const response = await call("/mcp", { headers: { authorization: `Bearer ${token(claims)}` } });
    expect(await response.json()).toMatchObject({
      clientId: "cli",
      scopes: ["a", "b"],
      expiresAt: start + 300,
      resource,
      extra: { subject: "user|1", permissions: ["read:reports"] },
    });
  });

  test("answers a CORS preflight that nothing before has answered: no handler runs for it, whatever its body says", async () => {
    const headers = { origin: "https://app.test", "access-control-request-method": "POST" };
    const call = await listen(express.json(), protect(guard, { tools: { whoami: true } }));
    const body = JSON.stringify(toolCall("whoami"));
    const response = await call("/mcp", {
      method: "OPTIONS",
      headers: { ...headers, "content-type": "application/json" },
      body,
    });
    expect([response.status, await response.text()]).toEqual([204, ""]);
  });

  test("leaves a CORS preflight to what answers it before", async () => {
    const cors: RequestHandler = ({ method }, response, next) => {
      response.setHeader("access-control-allow-origin", "https://app.test");
      if (method === "OPTIONS") response.writeHead(204).end();
      else next();
    };
    const call = await listen(cors, protect(guard));
    const headers = { origin: "https://app.test", "access-control-request-method": "POST" };
    const response = await call("/mcp", { method: "OPTIONS", headers });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([204, "https://app.test"]);
    expect((await call("/mcp", { method: "POST" })).status).toBe(401);
  });

  test("a step-up is 401 with what the new login must be like", async () => {
    const call = await listen(protect(guard, { requirement: stepUp({ maxAge: 60 }) }));
    const response = await call("/mcp", post({}));
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain('max_age="60"');
  });

  test("keeps challenges that others have set", async () => {
    const basic: RequestHandler = (_request, response, next) => {
      response.setHeader("www-authenticate", "Basic");
      next();
    };
    const call = await listen(basic, protect(guard));
    expect((await call("/mcp")).headers.get("www-authenticate")).toMatch(/^Basic, Bearer realm="api"/);
  });
});

describe("protect with DPoP", () => {
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await createTenant({ port: 0 });
  });
  afterAll(() => tenant.close());

  test("a message is proven, checked twice with one proof, and answered with the next nonce", async () => {
    const client = await createNonceClient(tenant);
    const bound = createGuard(client.options);
    const call = await listen(protect(bound), protect(bound, { requirement: permission("read:reports") }));
    const ask = async (nonce?: string | null) => {
      const url = `${call.origin}/mcp`;
      return call("/mcp", { method: "POST", headers: await client.prove("POST", url, nonce) });
    };
    const first = await ask();
    expect(first.headers.get("www-authenticate")).toContain('error="use_dpop_nonce"');
    client.turn();
    const second = await ask(first.headers.get("dpop-nonce"));
    expect(await second.json()).toMatchObject({ clientId: "machine" });
    const third = await ask(second.headers.get("dpop-nonce"));
    expect([third.status, third.headers.get("dpop-nonce")]).toEqual([200, null]);
  });

  test("a tool call is checked for its token and for its tool with one proof, which serves no second call", async () => {
    const client = await createNonceClient(tenant);
    const call = await listen(
      express.json(),
      protect(createGuard(client.options), { tools: { list: permission("read:reports") } }),
    );
    const body = JSON.stringify(toolCall("list"));
    const prove = (nonce?: string | null) => client.prove("POST", `${call.origin}/mcp`, nonce);
    const first = await call("/mcp", { method: "POST", headers: await prove() });
    const proven = await prove(first.headers.get("dpop-nonce"));
    const headers = { ...proven, "content-type": "application/json" };
    expect((await call("/mcp", { method: "POST", headers, body })).status).toBe(200);
    expect((await call("/mcp", { method: "POST", headers, body })).status).toBe(401);
  });
});

describe("protect with tools", () => {
  const tools = { whoami: true, list: permission("read:reports") } as const;

  test.each([
    ["a tool that needs nothing more", toolCall("whoami"), {}, 200],
    ["a tool whose permission is granted", toolCall("list"), reader, 200],
    ["a tool whose permission is missing", toolCall("list"), {}, 403],
    ["a tool that is not listed", toolCall("other"), reader, 403],
    ["a tool that Object.prototype knows", toolCall("constructor"), reader, 403],
    ["a tool without a name", toolCall(undefined), reader, 403],
    ["a tool with a list as its name", toolCall(["whoami"]), reader, 403],
    ["no tool", { jsonrpc: "2.0", id: 1, method: "tools/list" }, {}, 200],
    ["two tools that are allowed", [toolCall("whoami"), toolCall("list")], reader, 200],
    ["two tools of which one is not allowed", [toolCall("whoami"), toolCall("list")], {}, 403],
    ["a tool hidden behind other messages", [{ jsonrpc: "2.0", id: 0, method: "ping" }, toolCall("list")], {}, 403],
  ])("calling %s", async (_name, message, claims, status) => {
    const call = await withTools({ tools });
    expect((await call("/mcp", post(message, claims))).status).toBe(status);
  });

  test("the refusal names the scope to ask for (RFC 6750 §3.1)", async () => {
    const call = await withTools({ tools });
    const response = await call("/mcp", post(toolCall("list")));
    expect(parseChallenge(response.headers.get("www-authenticate") ?? "").parameters).toMatchObject({
      error: "insufficient_scope",
      scope: "read:reports",
      resource_metadata: metadataUrl,
    });
  });

  test("what every message needs is needed for tools as well", async () => {
    const call = await withTools({ requirement: permission("use:mcp"), tools });
    expect((await call("/mcp", post(toolCall("whoami")))).status).toBe(403);
    expect((await call("/mcp", post(toolCall("list"), reader))).status).toBe(403);
    expect((await call("/mcp", post({ jsonrpc: "2.0", id: 1, method: "ping" }))).status).toBe(403);
    expect((await call("/mcp", post(toolCall("list"), { permissions: ["use:mcp", "read:reports"] }))).status).toBe(200);
  });

  test("a body that the parser passed over for its content type calls no tool unseen", async () => {
    const call = await withTools({ tools });
    const message = JSON.stringify(toolCall("list"));
    expect((await call("/mcp", post(message, {}, "text/plain; x=application/json"))).status).toBe(415);
  });

  test("without a body parser the body is read here, and checked as any other", async () => {
    const call = await listen(protect(guard, { tools }));
    expect((await call("/mcp", post(toolCall("whoami")))).status).toBe(200);
    expect((await call("/mcp", post(toolCall("list")))).status).toBe(403);
    expect((await call("/mcp", post("{"))).status).toBe(400);
  });

  test("a body that something has read without parsing it is refused", async () => {
    const call = await listen(express.raw({ type: "text/plain" }), protect(guard, { tools }));
    expect((await call("/mcp", post(toolCall("whoami"), {}, "text/plain"))).status).toBe(400);
  });

  test("a body that is too large is answered (413), and one below the limit is read", async () => {
    const call = await listen(protect(guard, { tools }));
    const padded = (size: number) => post({ ...toolCall("whoami"), padding: "x".repeat(size) });
    expect((await call("/mcp", padded(4 * 1024 * 1024))).status).toBe(413);
    expect((await call("/mcp", padded(4 * 1024 * 1024 - 1000))).status).toBe(200);
  });
});

describe("serveMetadata", () => {
  test("answers GET and HEAD at the well-known path, and nothing else", async () => {
    const call = await listen(serveMetadata(guard));
    const path = new URL(metadataUrl).pathname;
    const response = await call(`${path}?x=1`);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(await response.json()).toMatchObject({ resource, authorization_servers: ["https://issuer.test/"] });
    expect(await (await call(path, { method: "HEAD" })).text()).toBe("");
    expect(await (await call(path, { method: "POST" })).json()).toEqual({});
    expect(await (await call(`${path}/more`)).json()).toEqual({});
  });

  test("hands on what is wrong with a guard's options, since node:http has no place for what is thrown (CWE-248)", () => {
    const serve = serveMetadata(createGuard(() => options({ audience: undefined } as never)));
    const passed: unknown[] = [];
    serve({ method: "GET", url: "/" } as never, {} as never, (error) => passed.push(error));
    expect(passed).toEqual([expect.objectContaining({ name: "ConfigError", option: "AUTH0_AUDIENCE" })]);
  });

  test("answers for a guard whose options come later", async () => {
    const call = await listen(serveMetadata(createGuard(() => options({ resource }))));
    expect(await (await call(new URL(metadataUrl).pathname)).json()).toMatchObject({ resource });
    expect(await (await call("/other")).json()).toEqual({});
  });

  test("hands on when no resource is configured", async () => {
    const call = await listen(serveMetadata(createGuard(options())));
    expect(await (await call("/.well-known/oauth-protected-resource")).json()).toEqual({});
  });
});

describe("createTokenVerifier, for the SDK's own middleware", () => {
  const withSdk = (sdkGuard: Guard<unknown> = guard) =>
    listen(
      requireBearerAuth({
        verifier: createTokenVerifier(sdkGuard, permission("use:mcp")),
        resourceMetadataUrl: metadataUrl,
      }),
    );
  const now = Math.floor(Date.now() / 1000);
  const live = createGuard(options({ resource, now: () => now }));
  const times = { iat: now, exp: now + 300 };

  test("a good token is let in", async () => {
    const call = await withSdk(live);
    const response = await call("/mcp", post({}, { ...times, permissions: ["use:mcp"] }));
    expect(await response.json()).toMatchObject({ resource, extra: { subject: "user|1" } });
  });

  test.each([
    ["an expired token", { iat: now - 900, exp: now - 600 }, 401, "invalid_token"],
    ["a token for another API", { ...times, aud: "https://other.test" }, 401, "invalid_token"],
    ["a missing permission", times, 403, "insufficient_scope"],
  ])("%s is no server error", async (_name, claims, status, error) => {
    const call = await withSdk(live);
    const response = await call("/mcp", post({}, claims));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error });
  });

  test("keys that cannot be fetched are not the caller's fault", async () => {
    const keys = { jwksUri: "http://127.0.0.1:1/jwks" };
    const call = await withSdk(createGuard(options({ keys, now: () => now })));
    expect((await call("/mcp", post({}, times))).status).toBe(500);
  });

  test("keeps the refusal as the cause", async () => {
    const refusal = createTokenVerifier(guard).verifyAccessToken(token({ aud: "x" }));
    await expect(refusal).rejects.toMatchObject({ cause: { reason: "audience_mismatch" } });
  });
});

describe("readAuth", () => {
  test("gives a tool what the guard knows of the caller", async () => {
    const authInfo = await createTokenVerifier(guard).verifyAccessToken(token());
    expect(readAuth(guard, { authInfo }).subject).toBe("user|1");
  });

  test("takes the shallow copy and the place of the second SDK", async () => {
    const authInfo = { ...(await createTokenVerifier(guard).verifyAccessToken(token())) };
    expect(readAuth(guard, { http: { authInfo } }).subject).toBe("user|1");
  });

  test.each<[string, () => Promise<{ authInfo?: AuthInfo }>]>([
    ["without authentication", async () => ({})],
    ["by somebody else's word", async () => ({ authInfo: { token: "x", clientId: "x", scopes: [] } })],
    [
      "by another guard",
      async () => ({ authInfo: await createTokenVerifier(createGuard(options())).verifyAccessToken(token()) }),
    ],
    [
      "by a copy of its facts",
      async () => ({ authInfo: structuredClone(await createTokenVerifier(guard).verifyAccessToken(token())) }),
    ],
  ])("refuses a call that came in %s", async (_name, make) => {
    const extra = await make();
    expect(() => readAuth(guard, extra)).toThrow(AuthError);
  });
});
