import * as oauth from "oauth4webapi";
import { beforeAll, expect, test } from "vitest";
import type { Tenant } from "../src/index.js";
import { Browser } from "./support/browser.js";
import { discover, insecure, redeem, redirectUri, startLogin, verify } from "./support/client.js";
import { startTenant } from "./support/tenants.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await startTenant();
});

const publicClient = {
  client_name: "A new client",
  redirect_uris: [redirectUri],
  token_endpoint_auth_method: "none",
  scope: "read:reports",
};

async function register(metadata: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const { registration_endpoint: endpoint } = await discover(tenant);
  return fetch(endpoint ?? "", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(metadata),
  });
}

test("a client registers itself and logs in with a resource indicator instead of an audience", async () => {
  const { registration_endpoint: endpoint } = await discover(tenant);
  expect(endpoint).toBe(`${tenant.issuer}oidc/register`);
  const response = await oauth.dynamicClientRegistrationRequest(await discover(tenant), publicClient, insecure);
  const { client_id: clientId } = await oauth.processDynamicClientRegistrationResponse(response);
  const parameters = { audience: undefined, resource: tenant.audience, scope: "read:reports" };
  const login = await startLogin(tenant, parameters, clientId);
  const browser = new Browser(tenant.issuer);
  const { html, url } = await browser.read(login.url);
  expect(html).toContain("A new client");
  const tokens = await redeem(login, await browser.submit(url, { persona: "bob" }), { clientId });
  const { payload } = await verify(tenant, tokens.access_token);
  expect(payload).toMatchObject({ client_id: clientId, sub: "auth0|bob", scope: "read:reports" });
});

test("a client that would be sent back to another machine is refused", async () => {
  const response = await register({ ...publicClient, redirect_uris: [redirectUri, "https://evil.example/callback"] });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: "invalid_redirect_uri" });
});

test("a website cannot register a client", async () => {
  const response = await register(publicClient, { origin: "https://evil.example" });
  expect(response.status).toBe(403);
});

test.each(["oidc/register/", "OIDC/Register", "oidc/register/?a", "OIDC/REGISTER/"])(
  "a website cannot register a client at /%s either, which the provider takes for the same path",
  async (path) => {
    const response = await fetch(`${tenant.issuer}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: "https://evil.example" },
      body: JSON.stringify({ ...publicClient, redirect_uris: ["https://evil.example/callback"] }),
    });
    expect(response.status).toBe(404);
  },
);

test.each(["null", "[]", '"text"', "{"])("a registration with the body %s is refused", async (body) => {
  const response = await fetch(`${tenant.issuer}oidc/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: "invalid_client_metadata" });
});

test("a registered client is still known after the keys were rotated", async () => {
  const { client_id: clientId } = (await (await register(publicClient)).json()) as { client_id: string };
  await tenant.rotateKeys();
  const login = await startLogin(tenant, {}, clientId);
  expect((await new Browser(tenant.issuer).read(login.url)).status).toBe(200);
});
