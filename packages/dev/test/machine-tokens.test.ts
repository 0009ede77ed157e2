import * as oauth from "oauth4webapi";
import { beforeAll, expect, test } from "vitest";
import type { Tenant } from "../src/index.js";
import { discover, insecure, verify } from "./support/client.js";
import { startTenant } from "./support/tenants.js";

let tenant: Tenant;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  tenant = await startTenant();
  server = await discover(tenant);
});

async function requestToken(
  parameters: Record<string, string>,
  auth: oauth.ClientAuth = oauth.ClientSecretBasic("machine-secret"),
): Promise<oauth.TokenEndpointResponse> {
  const client = { client_id: "machine" };
  const response = await oauth.clientCredentialsGrantRequest(server, client, auth, parameters, insecure);
  return oauth.processClientCredentialsResponse(server, client, response);
}

test.each([
  ["basic", oauth.ClientSecretBasic("machine-secret")],
  ["post", oauth.ClientSecretPost("machine-secret")],
])("client credentials by %s give a token with all that the client may do", async (_name, auth) => {
  const { access_token } = await requestToken({ audience: tenant.audience }, auth);
  const { payload } = await verify(tenant, access_token);
  expect(payload).toMatchObject({
    sub: "machine",
    aud: tenant.audience,
    client_id: "machine",
    scope: "read:reports",
    permissions: ["read:reports"],
  });
});

test("scopes that the client may not have are left out", async () => {
  const { access_token } = await requestToken({ audience: tenant.audience, scope: "read:reports read:admin" });
  expect((await verify(tenant, access_token)).payload["scope"]).toBe("read:reports");
});

test("a wrong secret is refused", async () => {
  const attempt = requestToken({ audience: tenant.audience }, oauth.ClientSecretBasic("wrong"));
  await expect(attempt).rejects.toThrow();
});

test("an unknown audience is refused in Auth0's words", async () => {
  await expect(requestToken({ audience: "nobody" })).rejects.toMatchObject({
    error: "access_denied",
    error_description: expect.stringContaining("Service not found: nobody"),
  });
});

test("without audience the token is opaque", async () => {
  expect((await requestToken({})).access_token).not.toContain(".");
});

test("a JSON body works, as at Auth0", async () => {
  const response = await fetch(new URL("/oauth/token", tenant.issuer), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      grant_type: "client_credentials",
      client_id: "machine",
      client_secret: "machine-secret",
      audience: tenant.audience,
    }),
  });
  expect(response.status).toBe(200);
  const { access_token } = (await response.json()) as { access_token: string };
  expect((await verify(tenant, access_token)).payload.sub).toBe("machine");
});

test.each(["[1]", '{"token":{}}', "{", "null"])("a JSON body that is no flat object is refused: %s", async (body) => {
  const response = await fetch(new URL("/oauth/token", tenant.issuer), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: "invalid_request" });
});

test("Auth0's dialect has its subject, its type and its grant", async () => {
  const auth0 = await startTenant({ tokenDialect: "auth0" });
  const { payload, header } = await verify(auth0, (await auth0.token({ client: "machine" })).access_token);
  expect(header.typ).toBe("JWT");
  expect(payload).toMatchObject({ sub: "machine@clients", azp: "machine", gty: "client-credentials" });
  expect(payload).not.toHaveProperty("client_id");
});
