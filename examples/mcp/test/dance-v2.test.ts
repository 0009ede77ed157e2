// The whole authorization dance of MCP's revision 2026-07-28 by the second major's client, against a
// local tenant: real sockets, no stubs.
import { UnauthorizedError } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ModernApplication, readJson } from "./support/client-v2.js";
import { type Protected, startProtected } from "./support/protected.js";

let server: Protected;
let application: ModernApplication;

beforeAll(async () => {
  server = await startProtected({ permissions: ["read:reports"] });
});

afterAll(() => server.close());

beforeEach(() => {
  application = new ModernApplication(server.url);
});

test("a client that knows only the URL finds the issuer, registers, logs in and calls a tool", async () => {
  expect(readJson(await application.call("whoami", "bob"))).toMatchObject({ subject: "auth0|bob" });
  expect([...new Set(application.requests)]).toEqual([
    "POST /mcp 401",
    "GET /.well-known/oauth-protected-resource/mcp 200",
    "GET /.well-known/oauth-authorization-server 200",
    "POST /oidc/register 201",
    "POST /oauth/token 200",
    "POST /mcp 200",
  ]);
});

test("it asks for a token for this server only (RFC 8707), with PKCE", async () => {
  await application.call("whoami", "alice");
  const parameters = application.logins[0]?.searchParams;
  expect(parameters?.get("resource")).toBe(server.url);
  expect(parameters?.get("code_challenge_method")).toBe("S256");
});

test("the same person steps up where a token holds only what was asked for", async () => {
  const plain = await startProtected({ permissions: ["read:reports"], rbac: false });
  try {
    const client = new ModernApplication(plain.url, { scope: "openid" });
    expect(await client.listTools("bob")).toEqual(["whoami"]);
    expect(readJson(await client.call("list_reports", "bob"))).toEqual(["2025 annual", "2026 first quarter"]);
    expect(client.logins.map((url) => url.searchParams.get("scope"))).toEqual(["openid", "openid read:reports"]);
    expect(await client.listTools("bob")).toEqual(["whoami", "list_reports"]);
  } finally {
    await plain.close();
  }
});

test("a call beyond the grant is a 403 that names the scope, and the client steps up", async () => {
  await application.call("whoami", "carol");
  expect(application.logins[0]?.searchParams.get("scope")).toBeNull();
  expect(readJson(await application.call("list_reports", "bob"))).toEqual(["2025 annual", "2026 first quarter"]);
  expect(application.requests).toContain("POST /mcp 403");
  const challenge = application.challenges.find((one) => one.includes("insufficient_scope"));
  expect(challenge).toContain('scope="read:reports"');
  expect(challenge).toContain("/.well-known/oauth-protected-resource/mcp");
  expect(application.logins[1]?.searchParams.get("scope")).toBe("read:reports");
});

test("a person who lacks the permission is refused again after the step-up", async () => {
  await expect(application.call("list_reports", "carol")).rejects.toThrow(UnauthorizedError);
  expect(application.requests.filter((one) => one === "POST /mcp 403")).toHaveLength(2);
  expect(readJson(await application.call("whoami", "carol"))).toMatchObject({ permissions: [] });
});

test("a list shows the tools that the caller may call, and no other", async () => {
  expect(await application.listTools("carol")).toEqual(["whoami"]);
  const other = new ModernApplication(server.url);
  expect(await other.listTools("bob")).toEqual(["whoami", "list_reports"]);
});
