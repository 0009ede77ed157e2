import * as oauth from "oauth4webapi";
import { beforeAll, expect, test } from "vitest";
import type { Tenant } from "../src/index.js";
import { Browser } from "./support/browser.js";
import { insecure, logIn, redeem, redirectUri, startLogin, verify } from "./support/client.js";
import { startTenant } from "./support/tenants.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await startTenant();
});

test("a login with audience gives a signed access token with Auth0's claims", async () => {
  const tokens = await logIn(tenant, "alice", { scope: "openid profile read:reports" });
  const { payload, header } = await verify(tenant, tokens.access_token);
  expect(header).toMatchObject({ alg: "RS256", typ: "at+jwt", kid: expect.any(String) });
  expect(payload).toMatchObject({
    iss: tenant.issuer,
    sub: "auth0|alice",
    aud: [tenant.audience, `${tenant.issuer}userinfo`],
    client_id: "spa",
    scope: "openid profile read:reports",
    permissions: ["read:admin", "read:reports", "write:reports"],
    org_id: "org_acme",
    email: "alice@acme.example",
    "https://gatewarden.local/roles": ["admin"],
    "https://gatewarden.local/plan": "pro",
  });
  expect(payload.exp).toBe((payload.iat ?? 0) + 86_400);
  expect(payload.jti).toEqual(expect.any(String));
});

test("without openid the audience is a single string", async () => {
  const tokens = await logIn(tenant, "alice", { scope: "read:reports" });
  expect((await verify(tenant, tokens.access_token)).payload.aud).toBe(tenant.audience);
  expect(tokens.id_token).toBeUndefined();
});

test("a request without scope gets the permissions of the API that the persona has", async () => {
  const tokens = await logIn(tenant, "bob", { scope: undefined });
  expect((await verify(tenant, tokens.access_token)).payload["scope"]).toBe("read:reports");
});

test("the ID token carries profile, e-mail and custom claims", async () => {
  const claims = oauth.getValidatedIdTokenClaims(await logIn(tenant, "alice"));
  expect(claims).toMatchObject({
    sub: "auth0|alice",
    aud: "spa",
    name: "Alice Adams",
    email: "alice@acme.example",
    email_verified: true,
    org_id: "org_acme",
    "https://gatewarden.local/plan": "pro",
  });
});

test("a login without audience gives an opaque token that works on userinfo", async () => {
  const tokens = await logIn(tenant, "bob", { audience: undefined });
  expect(tokens.access_token).not.toContain(".");
  const { server } = await startLogin(tenant);
  const client = { client_id: "spa" };
  const response = await oauth.userInfoRequest(server, client, tokens.access_token, insecure);
  expect(await oauth.processUserInfoResponse(server, client, "auth0|bob", response)).toMatchObject({
    sub: "auth0|bob",
    email: "bob@acme.example",
  });
});

test("offline_access gives a refresh token that rotates", async () => {
  const tokens = await logIn(tenant, "alice", { scope: "openid offline_access read:reports" });
  const { server } = await startLogin(tenant);
  const client = { client_id: "spa" };
  const refresh = async (token: string): Promise<oauth.TokenEndpointResponse> => {
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), token, insecure);
    return oauth.processRefreshTokenResponse(server, client, response);
  };
  const first = tokens.refresh_token ?? "";
  const renewed = await refresh(first);
  expect((await verify(tenant, renewed.access_token)).payload["scope"]).toContain("read:reports");
  expect(renewed.refresh_token).not.toBe(first);
  await expect(refresh(first)).rejects.toMatchObject({ error: "invalid_grant" });
});

test("without offline_access there is no refresh token", async () => {
  expect((await logIn(tenant, "alice")).refresh_token).toBeUndefined();
});

test("a confidential client redeems its code with its secret", async () => {
  const browser = new Browser(tenant.issuer);
  const login = await startLogin(tenant, {}, "web");
  const { url } = await browser.read(login.url);
  const callback = await browser.submit(url, { persona: "bob" });
  const tokens = await redeem(login, callback, { clientId: "web", auth: oauth.ClientSecretPost("web-secret") });
  expect((await verify(tenant, tokens.access_token)).payload).toMatchObject({ sub: "auth0|bob", client_id: "web" });
});

test("a second application of the same browser gets its code without another page", async () => {
  const browser = new Browser(tenant.issuer);
  const first = await startLogin(tenant);
  await browser.submit((await browser.read(first.url)).url, { persona: "carol" });
  const second = await startLogin(tenant, { prompt: "none" });
  const tokens = await redeem(second, await browser.leave(second.url));
  expect((await verify(tenant, tokens.access_token)).payload).toMatchObject({ sub: "auth0|carol", permissions: [] });
});

test("prompt=login asks again, and the choice may fall on somebody else", async () => {
  const browser = new Browser(tenant.issuer);
  const first = await startLogin(tenant);
  await browser.submit((await browser.read(first.url)).url, { persona: "alice" });
  const second = await startLogin(tenant, { prompt: "login" });
  const callback = await browser.submit((await browser.read(second.url)).url, { persona: "bob" });
  expect((await verify(tenant, (await redeem(second, callback)).access_token)).payload.sub).toBe("auth0|bob");
});

test("persona=alice logs in without a page, also when another persona was logged in before", async () => {
  const browser = new Browser(tenant.issuer);
  const first = await startLogin(tenant, { persona: "bob" });
  await redeem(first, await browser.leave(first.url));
  const second = await startLogin(tenant, { persona: "alice" });
  const tokens = await redeem(second, await browser.leave(second.url));
  expect((await verify(tenant, tokens.access_token)).payload.sub).toBe("auth0|alice");
});

test("a silent login works for the persona of the session, and for nobody else", async () => {
  const browser = new Browser(tenant.issuer);
  await browser.leave((await startLogin(tenant, { persona: "alice" })).url);
  const same = await startLogin(tenant, { persona: "alice", prompt: "none" });
  expect((await browser.leave(same.url)).searchParams.get("code")).toEqual(expect.any(String));
  const other = await startLogin(tenant, { persona: "bob", prompt: "none" });
  expect((await browser.leave(other.url)).searchParams.get("error")).toBe("login_required");
});

test("cancelling sends access_denied back to the application", async () => {
  const browser = new Browser(tenant.issuer);
  const login = await startLogin(tenant);
  const callback = await browser.submit((await browser.read(login.url)).url, { cancel: "yes" });
  expect(callback.searchParams.get("error")).toBe("access_denied");
});

test("an unknown audience is refused in Auth0's words", async () => {
  const login = await startLogin(tenant, { audience: "https://nobody.example" });
  const callback = await new Browser(tenant.issuer).leave(login.url);
  expect(callback.searchParams.get("error")).toBe("access_denied");
  expect(callback.searchParams.get("error_description")).toContain("Service not found: https://nobody.example");
});

test("an unknown resource indicator is refused in the words of RFC 8707", async () => {
  const login = await startLogin(tenant, { audience: undefined, resource: "https://nobody.example" });
  const callback = await new Browser(tenant.issuer).leave(login.url);
  expect(callback.searchParams.get("error")).toBe("invalid_target");
});

test("a login without PKCE is refused", async () => {
  const login = await startLogin(tenant, { code_challenge: undefined, code_challenge_method: undefined });
  const callback = await new Browser(tenant.issuer).leave(login.url);
  expect(callback.searchParams.get("error")).toBe("invalid_request");
});

test("a redirect address off this machine is refused with a page", async () => {
  const login = await startLogin(tenant, { redirect_uri: "https://evil.example/callback" });
  const { status, html } = await new Browser(tenant.issuer).read(login.url);
  expect(status).toBe(400);
  expect(html).toContain("redirect_uri");
});

test("configured redirect addresses are the only ones", async () => {
  const strict = await startTenant({ clients: { spa: { redirectUris: ["http://localhost:9999/only"] } } });
  const login = await startLogin(strict, { redirect_uri: redirectUri });
  expect((await new Browser(strict.issuer).read(login.url)).status).toBe(400);
});

test("logging out with an ID token ends the session and returns to the application", async () => {
  const browser = new Browser(tenant.issuer);
  const login = await startLogin(tenant, { persona: "alice" });
  const tokens = await redeem(login, await browser.leave(login.url));
  const logout = new URL("/oidc/logout", tenant.issuer);
  logout.searchParams.set("id_token_hint", tokens.id_token ?? "");
  logout.searchParams.set("post_logout_redirect_uri", "http://localhost:5173/");
  const { html } = await browser.read(logout);
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(html)?.[1] ?? "";
  const left = await browser.submit(new URL("/oidc/logout/confirm", tenant.issuer), { xsrf, logout: "yes" });
  expect(left.href).toBe("http://localhost:5173/");
  const silent = await startLogin(tenant, { prompt: "none" });
  expect((await browser.leave(silent.url)).searchParams.get("error")).toBe("login_required");
});
