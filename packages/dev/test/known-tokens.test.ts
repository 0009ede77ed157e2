// Userinfo, introspection and revocation know every token, signed or opaque.
import * as oauth from "oauth4webapi";
import { beforeAll, expect, test } from "vitest";
import type { Tenant } from "../src/index.js";
import { discover, insecure, logIn } from "./support/client.js";
import { startTenant } from "./support/tenants.js";

let tenant: Tenant;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  tenant = await startTenant();
  server = await discover(tenant);
});

async function introspect(token: string, secret = "resource-server-secret"): Promise<oauth.IntrospectionResponse> {
  const client = { client_id: "resource-server" };
  const auth = oauth.ClientSecretBasic(secret);
  const response = await oauth.introspectionRequest(server, client, auth, token, insecure);
  return oauth.processIntrospectionResponse(server, client, response);
}

async function revoke(token: string): Promise<void> {
  const response = await oauth.revocationRequest(server, { client_id: "spa" }, oauth.None(), token, insecure);
  await oauth.processRevocationResponse(response);
}

function userinfo(token: string): Promise<Response> {
  return fetch(new URL("/userinfo", tenant.issuer), { headers: { authorization: `Bearer ${token}` } });
}

test("introspection describes a signed token", async () => {
  const { access_token } = await tenant.token({ as: "alice" });
  expect(await introspect(access_token)).toMatchObject({
    active: true,
    sub: "auth0|alice",
    client_id: "spa",
    iss: tenant.issuer,
    aud: [tenant.audience, `${tenant.issuer}userinfo`],
    scope: "openid profile email",
    permissions: ["read:admin", "read:reports", "write:reports"],
    token_type: "Bearer",
    jti: expect.any(String),
  });
});

test("introspection describes a token of a real login", async () => {
  const { access_token } = await logIn(tenant, "bob");
  expect(await introspect(access_token)).toMatchObject({ active: true, sub: "auth0|bob" });
});

test("introspection describes machine and opaque tokens", async () => {
  const machine = await tenant.token({ client: "machine" });
  expect(await introspect(machine.access_token)).toMatchObject({ active: true, client_id: "machine" });
  const opaque = await tenant.token({ as: "bob", audience: null });
  expect(await introspect(opaque.access_token)).toMatchObject({ active: true, sub: "auth0|bob" });
});

test("introspection wants the right client secret", async () => {
  const { access_token } = await tenant.token();
  await expect(introspect(access_token, "wrong")).rejects.toThrow();
});

test.each(["opaque", "signed"])("a revoked %s token is inactive and useless on userinfo", async (kind) => {
  const { access_token } = await tenant.token({ audience: kind === "opaque" ? null : tenant.audience });
  expect((await userinfo(access_token)).status).toBe(200);
  await revoke(access_token);
  expect(await introspect(access_token)).toEqual({ active: false });
  expect((await userinfo(access_token)).status).toBe(401);
});

test("userinfo accepts a signed token that names it in its audience", async () => {
  const { access_token } = await tenant.token({ as: "carol", scope: "openid email" });
  const response = await userinfo(access_token);
  expect(await response.json()).toMatchObject({ sub: "auth0|carol", email_verified: false });
});

test("userinfo refuses a signed token without openid", async () => {
  const { access_token } = await tenant.token({ scope: "read:reports" });
  expect((await userinfo(access_token)).status).toBeGreaterThanOrEqual(401);
});

test("the id of a signed token is not itself a token", async () => {
  const { access_token } = await tenant.token();
  const { jti } = (await introspect(access_token)) as { jti: string };
  expect((await userinfo(jti)).status).toBe(401);
  expect(await introspect(jti)).toEqual({ active: false });
});

test("a tampered token is unknown", async () => {
  const { access_token } = await tenant.token();
  const [header, , signature] = access_token.split(".");
  const payload = Buffer.from(JSON.stringify({ sub: "auth0|alice" })).toString("base64url");
  expect((await userinfo(`${header}.${payload}.${signature}`)).status).toBe(401);
});
