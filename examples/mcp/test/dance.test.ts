// The whole authorization dance of the MCP specification, by the official SDK's client, against a local tenant: real sockets, no stubs.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { buildApp } from "../src/app.js";
import { Application } from "./support/client.js";

let tenant: Tenant;
let server: Server;
let url: string;
let application: Application;

beforeAll(async () => {
  server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  tenant = await createTenant({
    port: 0,
    apis: [{ audience: url, permissions: ["read:reports"] }, { audience: "https://other.test" }],
  });
  server.on("request", buildApp({ ISSUER_BASE_URL: tenant.issuer, MCP_URL: url }));
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await tenant.close();
});

beforeEach(() => {
  application = new Application(url);
});

const textOf = ({ content }: Awaited<ReturnType<Application["call"]>>): unknown =>
  content[0]?.type === "text" ? JSON.parse(content[0].text) : undefined;

test("a client that knows only the server's URL finds the issuer, registers, logs in and calls a tool", async () => {
  const result = await application.call("whoami", "bob");
  expect(textOf(result)).toMatchObject({ subject: "auth0|bob", permissions: ["read:reports"] });
  expect([...new Set(application.requests)]).toEqual([
    "POST /mcp 401",
    "GET /.well-known/oauth-protected-resource/mcp 200",
    "GET /.well-known/oauth-authorization-server 200",
    "POST /oidc/register 201",
    "POST /oauth/token 200",
    "POST /mcp 200",
    "POST /mcp 202",
    "GET /mcp 405",
  ]);
});

test("the client asks for a token for this server only (RFC 8707), with PKCE", async () => {
  await application.call("whoami", "alice");
  const parameters = application.authorizationUrl?.searchParams;
  expect(parameters?.get("resource")).toBe(url);
  expect(parameters?.get("code_challenge_method")).toBe("S256");
});

test("a client that is registered already does not register again", async () => {
  const known = new Application(url, { client_id: "spa" });
  expect(textOf(await known.call("whoami", "carol"))).toMatchObject({ subject: "auth0|carol", clientId: "spa" });
  expect(known.requests).not.toContain("POST /oidc/register 201");
});

test("a tool that needs a permission answers a caller that has it", async () => {
  expect(textOf(await application.call("list_reports", "bob"))).toEqual(["2025 annual", "2026 first quarter"]);
});

test("a missing permission sends the client back to log in with the scope that the challenge names (RFC 6750 §3.1)", async () => {
  await application.call("whoami", "carol");
  expect(application.authorizationUrl?.searchParams.get("scope")).toBeNull();
  const result = await application.call("list_reports", "bob");
  expect(application.requests).toContain("POST /mcp 403");
  expect(application.authorizationUrl?.searchParams.get("scope")).toBe("read:reports");
  expect(textOf(result)).toEqual(["2025 annual", "2026 first quarter"]);
});

test("a caller that lacks the permission after the second login as well is refused, and not sent to log in for ever", async () => {
  await expect(application.call("list_reports", "carol")).rejects.toThrow("Server returned 403 after trying upscoping");
});

test("a token for another API of the same issuer is refused", async () => {
  const { access_token: token } = await tenant.token({ audience: "https://other.test" });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: "{}" });
  expect(await response.json()).toMatchObject({ error: "invalid_token", reason: "audience_mismatch" });
});
