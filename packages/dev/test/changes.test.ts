// What a running tenant can be changed to, and the way back: APIs, algorithms, reset.
import { decodeJwt, decodeProtectedHeader } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { signingAlgorithms } from "../src/config/algorithms.js";
import type { Tenant } from "../src/index.js";
import { logIn, verify } from "./support/client.js";
import { rawRequest } from "./support/raw-request.js";
import { makeDirectory, startTenant } from "./support/tenants.js";

async function call(tenant: Tenant, route: string, body?: unknown) {
  const [method = "GET", path = ""] = route.split(" ");
  const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const response = await fetch(new URL(path, tenant.issuer), init);
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

/** For requests that are refused. */
let unchanged: Promise<Tenant>;
beforeAll(() => {
  unchanged = startTenant();
});

const offline = { scope: "openid offline_access", prompt: "consent" };

const at = ({ audience }: Tenant) => `PUT /dev/audiences/${encodeURIComponent(audience)}`;

async function apiOf(tenant: Tenant): Promise<Record<string, unknown>> {
  return (await call(tenant, "GET /dev")).body.apis[0];
}

describe("PUT /dev/audiences/<audience>", () => {
  test("switches RBAC off and on: the permissions claim, and the scopes of a login", async () => {
    const tenant = await startTenant();
    expect(await call(tenant, at(tenant), { rbac: false })).toEqual({ status: 204, body: undefined });
    expect(await apiOf(tenant)).toMatchObject({ rbac: false, permissionsInAccessToken: false });
    const { access_token: off } = await logIn(tenant, "carol", { scope: "openid read:admin" });
    expect(decodeJwt(off)).toMatchObject({ scope: "openid read:admin" });
    expect(decodeJwt(off)).not.toHaveProperty("permissions");
    await call(tenant, at(tenant), { rbac: true });
    const { access_token: on } = await logIn(tenant, "carol", { scope: "openid read:admin" });
    expect(decodeJwt(on)).toMatchObject({ scope: "openid", permissions: [] });
  });

  test("with RBAC but without permissions in tokens, scopes are limited and the claim is missing", async () => {
    const tenant = await startTenant();
    await call(tenant, at(tenant), { permissionsInAccessToken: false });
    expect(await apiOf(tenant)).toMatchObject({ rbac: true, permissionsInAccessToken: false });
    const claims = decodeJwt((await logIn(tenant, "bob", { scope: "openid read:admin read:reports" })).access_token);
    expect(claims).toMatchObject({ scope: "openid read:reports" });
    expect(claims).not.toHaveProperty("permissions");
    const { access_token } = await tenant.token({ as: "bob", permissions: ["read:admin"] });
    expect(decodeJwt(access_token)["scope"]).toContain("read:admin");
  });

  test("changes what it names, keeps the rest, and creates an API", async () => {
    const tenant = await startTenant();
    const before = await apiOf(tenant);
    await call(tenant, at(tenant), { tokenLifetime: 60 });
    expect(await apiOf(tenant)).toEqual({ ...before, tokenLifetime: 60 });
    expect((await call(tenant, "PUT /dev/audiences/my%20api%2F2", { permissions: ["read:x"] })).status).toBe(204);
    const { access_token } = await tenant.token({ audience: "my api/2", permissions: ["read:x"] });
    expect((await verify(tenant, access_token, "my api/2")).payload["permissions"]).toEqual(["read:x"]);
    expect((await call(tenant, "GET /dev")).body.audiences).toEqual([tenant.audience, "my api/2"]);
  });

  test.each(signingAlgorithms)("signs the next token with %s", async (signingAlgorithm) => {
    const tenant = await startTenant();
    const { access_token: old } = await tenant.token();
    await call(tenant, at(tenant), { signingAlgorithm });
    const { access_token } = await tenant.token();
    expect((await verify(tenant, access_token)).header.alg).toBe(signingAlgorithm);
    await verify(tenant, old);
    const { id_token } = await logIn(tenant, "alice");
    expect(decodeProtectedHeader(id_token ?? "").alg).toBe("RS256");
  });

  test.each([
    [{ rbac: "no" }],
    [{ rbac: false, permissionsInAccessToken: true }],
    [{ signingAlgorithm: "HS256" }],
    [{ signingAlgorithm: "none" }],
    [{ audience: "https://other.example" }],
    // Personas and clients have them.
    [{ permissions: [] }],
    [{ unknown: true }],
    [[]],
    [null],
  ])("refuses %j, and changes nothing", async (body) => {
    const tenant = await unchanged;
    const [before, keys] = [(await call(tenant, "GET /dev")).body, (await call(tenant, "GET /dev/keys")).body];
    expect((await call(tenant, at(tenant), body)).status).toBe(400);
    expect((await call(tenant, "GET /dev")).body).toEqual(before);
    expect((await call(tenant, "GET /dev/keys")).body).toEqual(keys);
  });

  test("leaves the tenant's own API alone", async () => {
    const tenant = await startTenant();
    const own = encodeURIComponent(`${tenant.url}/ssf`);
    expect((await call(tenant, `PUT /dev/audiences/${own}`, { rbac: false })).status).toBe(400);
  });
});

describe("POST /dev/keys with an algorithm", () => {
  test("signs with it from now on, and what was issued before still verifies", async () => {
    const tenant = await startTenant();
    const { access_token: old } = await tenant.token();
    const { body } = await call(tenant, "POST /dev/keys", { algorithm: "PS256" });
    const states = body.keys.map(({ alg, state }: { alg: string; state: string }) => `${alg} ${state}`);
    expect(states.sort()).toEqual(["PS256 signs", "RS256 signs", "RS256 verifies"]);
    expect(body.algorithms).toEqual(signingAlgorithms);
    const { access_token } = await tenant.token();
    expect((await verify(tenant, access_token)).header.alg).toBe("PS256");
    await verify(tenant, old);
    expect(await apiOf(tenant)).toMatchObject({ signingAlgorithm: "PS256" });
  });

  test("a key of an algorithm that is not used any more can be withdrawn, one in use cannot", async () => {
    const tenant = await startTenant();
    await tenant.rotateKeys({ algorithm: "ES256" });
    const find = (keys: { alg: string; kid: string; state: string }[], alg: string) =>
      keys.find((key) => key.alg === alg);
    const used = find((await call(tenant, "GET /dev/keys")).body.keys, "ES256");
    expect((await call(tenant, `DELETE /dev/keys/${used?.kid}`)).status).toBe(400);
    await tenant.rotateKeys({ algorithm: "RS256" });
    const unused = find((await call(tenant, "GET /dev/keys")).body.keys, "ES256");
    expect(unused).toMatchObject({ kid: used?.kid, state: "verifies" });
    expect((await call(tenant, `DELETE /dev/keys/${unused?.kid}`)).status).toBe(200);
  });

  test.each([{ algorithm: "HS256" }, { algorithm: "none" }, { algorithm: ["RS256"] }, { algorithm: null }])(
    "refuses %j",
    async (body) => {
      const tenant = await unchanged;
      const before = (await call(tenant, "GET /dev/keys")).body;
      expect((await call(tenant, "POST /dev/keys", body)).status).toBe(400);
      expect((await call(tenant, "GET /dev/keys")).body).toEqual(before);
    },
  );

  test("changes that arrive together all take effect", async () => {
    const tenant = await startTenant();
    await Promise.all([
      call(tenant, "PUT /dev/audiences/one", { signingAlgorithm: "ES256" }),
      call(tenant, "PUT /dev/audiences/two", { signingAlgorithm: "EdDSA" }),
      tenant.rotateKeys(),
      call(tenant, "PUT /dev/audiences/three", { signingAlgorithm: "PS256" }),
    ]);
    for (const [audience, alg] of Object.entries({ one: "ES256", two: "EdDSA", three: "PS256" })) {
      const { access_token } = await tenant.token({ audience });
      expect((await verify(tenant, access_token, audience)).header.alg).toBe(alg);
    }
  });
});

describe("POST /dev/reset", () => {
  test("returns everything to the state in which the tenant started", async () => {
    const tenant = await startTenant({ directory: await makeDirectory() });
    const described = (await call(tenant, "GET /dev")).body;
    const kids = (await call(tenant, "GET /.well-known/jwks.json")).body;
    const { access_token: first } = await tenant.token();
    await call(tenant, "PUT /dev/personas/dora", { permissions: ["read:admin"] });
    await call(tenant, "PUT /dev/personas/bob", { permissions: [] });
    await call(tenant, "PUT /dev/clients/batch", { secret: "s" });
    await call(tenant, at(tenant), { rbac: false, signingAlgorithm: "ES256" });
    await call(tenant, "PUT /dev/audiences/other", {});
    await tenant.rotateKeys({ dropOld: true, algorithm: "EdDSA" });
    await tenant.signal({ as: "carol", event: "account-disabled" });
    await tenant.faults.set("same-kid-new-key", "expired");
    await logIn(tenant, "alice");
    expect(await call(tenant, "POST /dev/reset", {})).toEqual({
      status: 200,
      body: { reset: ["people", "faults", "keys", "sessions"] },
    });
    expect((await call(tenant, "GET /dev")).body).toEqual(described);
    expect((await call(tenant, "GET /.well-known/jwks.json")).body).toEqual(kids);
    expect((await call(tenant, "GET /dev/logins")).body).toEqual([]);
    await verify(tenant, first);
    await verify(tenant, (await tenant.token({ as: "carol" })).access_token);
    await logIn(tenant, "carol");
  });

  test("leaves alone what it does not name", async () => {
    const tenant = await startTenant();
    await call(tenant, "PUT /dev/personas/dora", {});
    await tenant.faults.set("expired");
    await tenant.rotateKeys({ algorithm: "ES256" });
    await logIn(tenant, "alice");
    await tenant.reset("faults", "keys");
    const { body } = await call(tenant, "GET /dev");
    expect(body).toMatchObject({ faults: [], apis: [{ signingAlgorithm: "RS256" }] });
    expect(body.personas.map(({ id }: { id: string }) => id)).toContain("dora");
    expect((await call(tenant, "GET /dev/logins")).body).toMatchObject([{ persona: "alice" }]);
    expect(
      (await call(tenant, "GET /dev/keys")).body.keys.filter(({ state }: { state: string }) => state !== "withdrawn"),
    ).toHaveLength(1);
    await tenant.reset("people", "sessions");
    expect((await call(tenant, "GET /dev/logins")).body).toEqual([]);
    expect((await call(tenant, "GET /dev")).body.personas).toHaveLength(3);
  });

  test("forgets applications that registered themselves with the people, not with the sessions", async () => {
    const tenant = await startTenant();
    const metadata = { redirect_uris: ["http://localhost:9/x"], token_endpoint_auth_method: "none" };
    const { body } = await call(tenant, "POST /oidc/register", metadata);
    const isKnown = async () => {
      const url = new URL("/authorize", tenant.issuer);
      url.search = String(new URLSearchParams({ client_id: body.client_id, response_type: "code" }));
      // A stranger gets a page; a client gets its mistake sent home.
      return (await fetch(url, { redirect: "manual" })).status < 400;
    };
    await tenant.reset("sessions");
    expect(await isKnown()).toBe(true);
    await tenant.reset("people");
    expect(await isKnown()).toBe(false);
  });

  test.each([{ parts: [] }, { parts: ["everything"] }, { parts: "keys" }, { all: true }, [[]]])(
    "refuses %j",
    async (body) => {
      const tenant = await unchanged;
      await tenant.faults.set("expired");
      expect((await call(tenant, "POST /dev/reset", body)).status).toBe(400);
      expect(tenant.faults.active).toHaveLength(1);
    },
  );

  test.each([
    "GET /dev/reset",
    "DELETE /dev/reset",
    "POST /dev/reset/all",
    "POST /dev/audiences/x",
    "PUT /dev/audiences",
  ])("has no sibling %s", async (route) => {
    expect((await call(await unchanged, route, route.startsWith("GET") ? undefined : {})).status).toBe(404);
  });

  test("answers under names of this machine only (DNS rebinding, CWE-350)", async () => {
    const tenant = await startTenant();
    await tenant.faults.set("expired");
    for (const [method, path] of [
      ["POST", "/dev/reset"],
      ["PUT", "/dev/audiences/x"],
      ["POST", "/dev/keys"],
    ] as const) {
      const { status } = await rawRequest(new URL(path, tenant.issuer), { host: "evil.example" }, method);
      expect([path, status]).toEqual([path, 403]);
    }
    expect(tenant.faults.active).toHaveLength(1);
    expect((await rawRequest(new URL("/dev/reset", tenant.issuer), {}, "POST")).status).toBe(200);
  });
});

describe("DELETE /dev/personas/<id> and /dev/clients/<id>", () => {
  const refresh = (tenant: Tenant, refresh_token: string | undefined) =>
    fetch(new URL("/oauth/token", tenant.issuer), {
      method: "POST",
      body: new URLSearchParams({ grant_type: "refresh_token", client_id: "spa", refresh_token: refresh_token ?? "" }),
    });

  test("a removed persona is logged out and unknown, the others stay, and a reset brings it back", async () => {
    const tenant = await startTenant();
    const [bob, alice] = [await logIn(tenant, "bob", offline), await logIn(tenant, "alice", offline)];
    expect(await call(tenant, "DELETE /dev/personas/bob")).toEqual({ status: 204, body: undefined });
    expect((await refresh(tenant, bob.refresh_token)).status).toBe(400);
    expect((await refresh(tenant, alice.refresh_token)).status).toBe(200);
    expect((await call(tenant, "GET /dev/logins")).body.map((one: { persona: string }) => one.persona)).toEqual([
      "alice",
    ]);
    await expect(tenant.token({ as: "bob" })).rejects.toThrow('There is no persona "bob"');
    expect(await call(tenant, "DELETE /dev/personas/bob")).toMatchObject({ status: 404, body: { error: "not_found" } });
    await tenant.reset("people");
    expect((await refresh(tenant, bob.refresh_token)).status).toBe(400);
    await tenant.token({ as: "bob" });
  });

  test("a client of the same name does not get the grants of a removed one", async () => {
    const tenant = await startTenant();
    const { refresh_token } = await logIn(tenant, "alice", offline);
    expect((await call(tenant, "DELETE /dev/clients/spa")).status).toBe(204);
    expect((await refresh(tenant, refresh_token)).status).toBe(401);
    expect((await call(tenant, "DELETE /dev/clients/spa")).status).toBe(404);
    await tenant.reset("people");
    expect((await refresh(tenant, refresh_token)).status).toBe(400);
    await logIn(tenant, "alice");
  });

  test("the last persona stays, since a tenant needs one", async () => {
    const tenant = await startTenant({ personas: { eve: {} } });
    expect((await call(tenant, "DELETE /dev/personas/eve")).status).toBe(400);
    await call(tenant, "PUT /dev/personas/fay", {});
    expect((await call(tenant, "DELETE /dev/personas/eve")).status).toBe(204);
  });

  test.each(["/dev/personas/bob", "/dev/clients/spa"])(
    "%s is not for other hosts, sites and pages of this machine",
    async (path) => {
      const tenant = await startTenant();
      const url = new URL(path, tenant.issuer);
      const foreign = [
        { host: "evil.example" },
        { origin: "https://evil.example" },
        { origin: "http://localhost:5173" },
      ];
      for (const headers of foreign) expect((await rawRequest(url, headers, "DELETE")).status).toBe(403);
      expect((await rawRequest(url, { origin: tenant.url }, "DELETE")).status).toBe(204);
    },
  );
});
