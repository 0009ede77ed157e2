// Logging a person out: what ends, and what the applications are told. An independent library (jose) reads the logout tokens.
import { createRemoteJWKSet, decodeJwt, type JWTVerifyResult, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import type { Tenant, TenantOptions } from "../../src/index.js";
import { Browser } from "../support/browser.js";
import { discover, insecure, logIn, redeem, startLogin } from "../support/client.js";
import { type Receiver, startReceiver } from "../support/receiver.js";
import { startTenant } from "../support/tenants.js";

const event = "http://schemas.openid.net/event/backchannel-logout";

interface Setup {
  readonly tenant: Tenant;
  readonly receiver: Receiver;
}

async function setUp(client: object = {}, options: TenantOptions = {}): Promise<Setup> {
  const receiver = await startReceiver();
  const backchannelLogoutUri = `${receiver.url}/backchannel-logout`;
  const tenant = await startTenant({ clients: { spa: { backchannelLogoutUri, ...client } }, ...options });
  return { tenant, receiver };
}

/** Verifies a logout token by the rules of OpenID Connect Back-Channel Logout 1.0 §2.6 that jose has. */
function verifyLogout(tenant: Tenant, body: string): Promise<JWTVerifyResult> {
  const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", tenant.issuer));
  const token = new URLSearchParams(body).get("logout_token") ?? "";
  return jwtVerify(token, keys, {
    issuer: tenant.issuer,
    audience: "spa",
    typ: "logout+jwt",
    algorithms: ["RS256"],
    requiredClaims: ["iat", "exp", "jti", "events"],
  });
}

async function post(tenant: Tenant, path: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(new URL(path, tenant.issuer), { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

describe("Logging a person out", () => {
  test("tells the application with a logout token that has sub alone (§2.4)", async () => {
    const { tenant, receiver } = await setUp();
    const { id_token } = await logIn(tenant, "alice");
    expect(decodeJwt(id_token ?? "")["sid"]).toBeUndefined();
    const report = await tenant.logOut("alice");
    const uri = `${receiver.url}/backchannel-logout`;
    expect(report).toEqual({
      persona: "alice",
      wasLoggedIn: true,
      sessions: 1,
      grants: 1,
      logoutTokens: [{ client: "spa", uri, delivered: true, status: 200 }],
      streams: 0,
    });
    const [request] = receiver.requests;
    expect(request).toMatchObject({ method: "POST", path: "/backchannel-logout" });
    expect(request?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
    const { payload } = await verifyLogout(tenant, request?.body ?? "");
    expect(payload).toEqual({
      iss: tenant.issuer,
      aud: "spa",
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 120,
      jti: expect.any(String),
      sub: "auth0|alice",
      events: { [event]: {} },
    });
  });

  test("names the session by sid for an application that requires it (§2.2)", async () => {
    const { tenant, receiver } = await setUp({ backchannelLogoutSessionRequired: true });
    const { id_token } = await logIn(tenant, "alice");
    await tenant.logOut("alice");
    const { payload } = await verifyLogout(tenant, receiver.requests[0]?.body ?? "");
    expect(payload).toMatchObject({ sub: "auth0|alice", sid: expect.any(String) });
    expect(payload["sid"]).toBe(decodeJwt(id_token ?? "")["sid"]);
  });

  test("tells of each session with its own sid", async () => {
    const { tenant, receiver } = await setUp({ backchannelLogoutSessionRequired: true });
    const tokens = [await logIn(tenant, "alice"), await logIn(tenant, "alice")];
    expect(await tenant.logOut("alice")).toMatchObject({ sessions: 2 });
    const told = await Promise.all(receiver.requests.map(({ body }) => verifyLogout(tenant, body)));
    const sids = told.map(({ payload }) => payload["sid"]);
    expect(new Set(sids)).toEqual(new Set(tokens.map(({ id_token }) => decodeJwt(id_token ?? "")["sid"])));
    expect(new Set(told.map(({ payload }) => payload.jti)).size).toBe(2);
  });

  test("ends sessions, refresh tokens, codes and access tokens, and those of no one else", async () => {
    const { tenant } = await setUp();
    const browser = new Browser(tenant.issuer);
    const scope = "openid offline_access";
    const login = await startLogin(tenant, { scope });
    const alice = await redeem(login, await browser.submit((await browser.read(login.url)).url, { persona: "alice" }));
    const pending = await startLogin(tenant, { scope });
    const callback = await browser.leave(pending.url);
    const bob = await logIn(tenant, "bob", { scope });
    await tenant.logOut("alice");
    expect((await browser.read((await startLogin(tenant)).url)).html).toContain("Who would you like to be?");
    await expect(redeem(pending, callback)).rejects.toMatchObject({ error: "invalid_grant" });
    await expect(refresh(tenant, alice.refresh_token)).rejects.toMatchObject({ error: "invalid_grant" });
    expect((await refresh(tenant, bob.refresh_token)).access_token).toBeTruthy();
    const userinfo = (token: string) =>
      fetch(new URL("/userinfo", tenant.issuer), { headers: { authorization: `Bearer ${token}` } });
    expect((await userinfo(alice.access_token)).status).toBe(401);
    expect((await userinfo(bob.access_token)).status).toBe(200);
  });

  test("works for tokens that were issued without a login, except where a session is required", async () => {
    const { tenant, receiver } = await setUp();
    await tenant.token({ as: "alice" });
    expect(await tenant.logOut("alice")).toMatchObject({ sessions: 0, grants: 1, logoutTokens: [{ delivered: true }] });
    expect((await verifyLogout(tenant, receiver.requests[0]?.body ?? "")).payload.sub).toBe("auth0|alice");
    const strict = await setUp({ backchannelLogoutSessionRequired: true });
    await strict.tenant.token({ as: "alice" });
    expect(await strict.tenant.logOut("alice")).toMatchObject({ grants: 1, logoutTokens: [] });
  });

  test("says so when there is nothing to end, and tells no one", async () => {
    const { tenant, receiver } = await setUp();
    const nothing = { wasLoggedIn: false, sessions: 0, grants: 0, logoutTokens: [], streams: 0 };
    expect(await tenant.logOut("bob")).toEqual({ persona: "bob", ...nothing });
    await logIn(tenant, "bob");
    await tenant.logOut("bob");
    expect(await tenant.logOut("bob")).toEqual({ persona: "bob", ...nothing });
    expect(receiver.requests).toHaveLength(1);
  });

  test("tries once more where a server fails, and says what came of it", async () => {
    const { tenant, receiver } = await setUp();
    await logIn(tenant, "alice");
    receiver.answer(503, 200);
    expect((await tenant.logOut("alice")).logoutTokens).toMatchObject([{ delivered: true, status: 200 }]);
    expect(receiver.requests).toHaveLength(2);
    expect(receiver.requests[0]?.body).toBe(receiver.requests[1]?.body);
    await logIn(tenant, "alice");
    receiver.answer(400);
    expect((await tenant.logOut("alice")).logoutTokens).toMatchObject([{ delivered: false, status: 400 }]);
    expect(receiver.requests).toHaveLength(3);
  });

  test("is not stopped by an application that does not answer", async () => {
    const tenant = await startTenant({ clients: { spa: { backchannelLogoutUri: "http://127.0.0.1:1/x" } } });
    await logIn(tenant, "alice");
    expect(await tenant.logOut("alice")).toMatchObject({ logoutTokens: [{ delivered: false, status: null }] });
    expect(await tenant.logOut("alice")).toMatchObject({ wasLoggedIn: false });
  });

  test("follows no redirect: the logout token goes to the configured address only", async () => {
    const { tenant, receiver } = await setUp();
    await logIn(tenant, "alice");
    receiver.answer(307);
    expect((await tenant.logOut("alice")).logoutTokens).toMatchObject([{ delivered: false, status: 307 }]);
    expect(receiver.requests).toHaveLength(1);
  });
});

describe("The application's own logout", () => {
  test("sends logout tokens too (§2.5), with the session that ends", async () => {
    const { tenant, receiver } = await setUp({ backchannelLogoutSessionRequired: true });
    const browser = new Browser(tenant.issuer);
    const login = await startLogin(tenant);
    const tokens = await redeem(login, await browser.submit((await browser.read(login.url)).url, { persona: "bob" }));
    const logout = new URL("/oidc/logout", tenant.issuer);
    logout.searchParams.set("id_token_hint", tokens.id_token ?? "");
    logout.searchParams.set("post_logout_redirect_uri", "http://localhost:5173/");
    const xsrf = /name="xsrf" value="(\w+)"/.exec((await browser.read(logout)).html)?.[1] ?? "";
    await browser.submit(new URL("/oidc/logout/confirm", tenant.issuer), { xsrf, logout: "yes" });
    const { payload } = await verifyLogout(tenant, receiver.requests[0]?.body ?? "");
    expect([payload.sub, payload["sid"]]).toEqual(["auth0|bob", decodeJwt(tokens.id_token ?? "")["sid"]]);
  });
});

describe("sid in access tokens", () => {
  const apis = [{ audience: "orders", sidInAccessToken: true }];

  test("is there for an API that asks for it, refreshed tokens included, and is what the ID token has", async () => {
    const tenant = await startTenant({ apis });
    const tokens = await logIn(tenant, "alice", { scope: "openid offline_access" });
    const sid = decodeJwt(tokens.id_token ?? "")["sid"];
    expect(sid).toEqual(expect.any(String));
    expect(decodeJwt(tokens.access_token)["sid"]).toBe(sid);
    expect(decodeJwt((await refresh(tenant, tokens.refresh_token)).access_token)["sid"]).toBe(sid);
  });

  test("is absent by default, as at Auth0", async () => {
    const { tenant } = await setUp({ backchannelLogoutSessionRequired: true });
    expect(decodeJwt((await logIn(tenant, "alice")).access_token)["sid"]).toBeUndefined();
  });

  test("is in the logout token of an application that requires the session", async () => {
    const { tenant, receiver } = await setUp({ backchannelLogoutSessionRequired: true }, { apis });
    const { access_token } = await logIn(tenant, "alice");
    await tenant.logOut("alice");
    const { payload } = await verifyLogout(tenant, receiver.requests[0]?.body ?? "");
    expect(payload["sid"]).toBe(decodeJwt(access_token)["sid"]);
  });
});

describe("The endpoints", () => {
  test("GET /dev/logins lists who is logged in and where", async () => {
    const { tenant } = await setUp();
    await logIn(tenant, "alice");
    const read = async (): Promise<unknown> => (await fetch(new URL("/dev/logins", tenant.issuer))).json();
    expect(await read()).toEqual([
      { persona: "alice", subject: "auth0|alice", sessions: 1, grants: 1, clients: ["spa"] },
    ]);
    await tenant.logOut("alice");
    expect(await read()).toEqual([]);
  });

  test("POST /dev/logout logs out", async () => {
    const { tenant } = await setUp();
    await logIn(tenant, "alice");
    const { status, body } = await post(tenant, "/dev/logout", { as: "alice" });
    expect({ status, body }).toMatchObject({ status: 200, body: { persona: "alice", wasLoggedIn: true } });
  });

  test.each([
    [{ as: "mallory" }, 'There is no persona "mallory"; this tenant has: alice, bob, carol.'],
    [{}, 'as is missing, but expected string. Example: "alice"'],
    [{ as: "alice", all: true }, 'the log-out has no setting "all"'],
    [[], "the log-out is [], but expected object"],
  ])("POST /dev/logout %j is refused with a reason", async (request, reason) => {
    const { tenant } = await setUp();
    const { status, body } = await post(tenant, "/dev/logout", request);
    expect(status).toBe(400);
    expect((body as { error_description: string }).error_description).toContain(reason);
  });

  test("a page of another site can log no one out", async () => {
    const { tenant, receiver } = await setUp();
    await logIn(tenant, "alice");
    for (const headers of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }]) {
      const body = '{"as":"alice"}';
      const response = await fetch(new URL("/dev/logout", tenant.issuer), { method: "POST", headers, body });
      expect(response.status).toBe(403);
    }
    expect(receiver.requests).toEqual([]);
    expect(await tenant.logOut("alice")).toMatchObject({ wasLoggedIn: true });
  });
});

describe("The configuration", () => {
  const start = (client: object): Promise<Tenant> => startTenant({ clients: { spa: client } });

  test.each([
    "http://localhost:3000/bye",
    "https://127.0.0.1:3000/bye?a=b",
    "http://[::1]:3000",
    "https://api.example/",
  ])("%s may be told", async (backchannelLogoutUri) => {
    const tenant = await start({ backchannelLogoutUri });
    expect(tenant.config.clients[0]).toMatchObject({ backchannelLogoutUri });
  });

  test.each([
    "http://api.example/bye",
    "ftp://localhost/",
    "here",
    "https://me:pw@api.example/",
    "http://localhost/#a",
  ])("%s is refused by name (§2.2)", async (uri) => {
    const problem = `clients.spa.backchannelLogoutUri is "${uri}", but must be an address of this machine, or https.`;
    const message = `${problem} Example: "http://localhost:3000/backchannel-logout"`;
    await expect(start({ backchannelLogoutUri: uri })).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringContaining(message),
    });
  });

  test("a session without an address is refused by name", async () => {
    await expect(start({ backchannelLogoutSessionRequired: true })).rejects.toThrow(
      "clients.spa.backchannelLogoutSessionRequired needs backchannelLogoutUri.",
    );
  });

  test("the metadata say what is supported (§2.1)", async () => {
    const { tenant } = await setUp();
    expect(await discover(tenant)).toMatchObject({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    });
  });

  test.each([
    ["http://127.0.0.1:9/bye", 201],
    ["https://evil.example/bye", 400],
    ["http://169.254.169.254/latest", 400],
    [7, 400],
  ])("a client that registers itself with %s is answered %d: it is told on this machine only", async (uri, status) => {
    const { tenant } = await setUp();
    const { body, ...answer } = await post(tenant, "/oidc/register", {
      redirect_uris: ["http://localhost/cb"],
      token_endpoint_auth_method: "none",
      backchannel_logout_uri: uri,
    });
    expect(answer.status).toBe(status);
    if (status === 400) expect(JSON.stringify(body)).toContain("backchannel_logout_uri must be on this machine");
  });
});

async function refresh(tenant: Tenant, token: string | undefined): Promise<oauth.TokenEndpointResponse> {
  const [server, client] = [await discover(tenant), { client_id: "spa" }];
  const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), token ?? "", insecure);
  return oauth.processRefreshTokenResponse(server, client, response);
}
