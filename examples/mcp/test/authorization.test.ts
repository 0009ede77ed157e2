// What the protocol's conformance suite has no scenarios for yet: a server's authorization, as
// proposed in modelcontextprotocol/conformance#116 and in its revision 2026-07-28.
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Protected, startProtected } from "./support/protected.js";

let server: Protected;
let token: string;

beforeAll(async () => {
  server = await startProtected({ permissions: ["read:reports"] });
  token = (await server.tenant.token({ as: "carol" })).access_token;
});

afterAll(() => server.close());

async function post(authorization: string | undefined, { name = "whoami", path = "" } = {}): Promise<Response> {
  const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: {} } };
  return fetch(`${server.url}${path}`, {
    method: "POST",
    headers: {
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      ...(authorization !== undefined && { authorization }),
    },
    body: JSON.stringify(message),
  });
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The valid token with another header, and a signature made from the two parts. */
function forge(header: object, sign: (input: string) => string): string {
  const input = `${encode(header)}.${token.split(".")[1]}`;
  return `${input}.${sign(input)}`;
}

const attacks: Readonly<Record<string, () => string>> = {
  "has no scheme": () => "foo",
  "is Basic": () => "Basic Zm9vOmJhcg==",
  "carries no token": () => "Bearer ",
  "carries garbage": () => "Bearer foo",
  "carries two tokens": () => `Bearer ${token} ${token}`,
  "carries a token without a signature": () => `Bearer ${token.split(".").slice(0, 2).join(".")}`,
  'carries a token with "alg": "none" (RFC 8725 §2.1)': () =>
    `Bearer ${forge({ alg: "none", typ: "at+jwt" }, () => "")}`,
  "carries a token that someone else signed": () =>
    `Bearer ${forge({ alg: "HS256", typ: "at+jwt" }, (input) => createHmac("sha256", "secret").update(input).digest("base64url"))}`,
};

describe("A request whose Authorization header", () => {
  test.each(Object.entries(attacks))("%s is refused with a challenge", async (_title, authorization) => {
    const response = await post(authorization());
    expect([400, 401]).toContain(response.status);
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer /);
  });

  test("is missing is refused, and told where the metadata is (RFC 9728 §5.1)", async () => {
    const response = await post(undefined);
    expect(response.status).toBe(401);
    const { origin } = new URL(server.url);
    const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
    expect(response.headers.get("www-authenticate")).toContain(`resource_metadata="${metadata}"`);
    expect(await (await fetch(metadata)).json()).toMatchObject({
      resource: server.url,
      authorization_servers: [server.tenant.issuer],
    });
  });

  test("carries a valid token is accepted, whatever the case of the scheme (RFC 9110 §11.1)", async () => {
    expect((await post(`Bearer ${token}`)).status).toBe(200);
    expect((await post(`bearer ${token}`)).status).toBe(200);
  });
});

test("a token for another server of the same issuer is refused (RFC 8707 §2)", async () => {
  const other = await server.tenant.token({ audience: "https://other.test" });
  const response = await post(`Bearer ${other.access_token}`);
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ error: "invalid_token", reason: "audience_mismatch" });
});

test("an expired token is refused with invalid_token", async () => {
  const expired = await server.tenant.token({ fault: "expired" });
  const response = await post(`Bearer ${expired.access_token}`);
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
});

test("a token in the query does not count (MCP, Access Token Usage)", async () => {
  expect((await post(undefined, { path: `?access_token=${token}` })).status).toBe(401);
});

test("a tool beyond the grant is a 403 with all scopes that it needs, without offline_access", async () => {
  const response = await post(`Bearer ${token}`, { name: "list_reports" });
  expect(response.status).toBe(403);
  const challenge = response.headers.get("www-authenticate");
  expect(challenge).toContain('error="insufficient_scope"');
  expect(challenge).toContain('scope="read:reports"');
  expect(challenge).not.toContain("offline_access");
});

test.each(["unknown", "Whoami", "__proto__"])("a tool that is not listed (%s) is refused", async (name) => {
  const bob = await server.tenant.token({ as: "bob" });
  expect((await post(`Bearer ${bob.access_token}`, { name })).status).toBe(403);
});
