// `token()` and `POST /dev/token`: a token without a login.
import { beforeAll, describe, expect, test } from "vitest";
import type { Tenant } from "../src/index.js";
import { verify } from "./support/client.js";
import { startTenant } from "./support/tenants.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await startTenant();
});

function post(body: unknown): Promise<Response> {
  return fetch(new URL("/dev/token", tenant.issuer), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

test("an empty request gives a token of the first persona for the first API", async () => {
  const { access_token, token_type, expires_in, scope } = await tenant.token();
  expect({ token_type, expires_in, scope }).toEqual({
    token_type: "Bearer",
    expires_in: 86_400,
    scope: "openid profile email",
  });
  expect((await verify(tenant, access_token)).payload.sub).toBe("auth0|alice");
});

test.each([[["read:admin"]], [[]], [["something:else"]]])(
  "permissions replace those of the persona: %j",
  async (permissions) => {
    const { access_token } = await tenant.token({ as: "bob", permissions });
    expect((await verify(tenant, access_token)).payload["permissions"]).toEqual(permissions);
  },
);

test("permissions replace those of a machine", async () => {
  const { access_token } = await tenant.token({ client: "machine", permissions: ["read:admin"] });
  const { payload } = await verify(tenant, access_token);
  expect(payload).toMatchObject({ sub: "machine", permissions: ["read:admin"], scope: "read:admin" });
});

test("with RBAC off, permissions become scopes", async () => {
  const free = await startTenant({ apis: [{ audience: "api", permissions: ["read:admin"], rbac: false }] });
  const { access_token } = await free.token({ as: "carol", permissions: ["read:admin"] });
  expect((await verify(free, access_token)).payload["scope"]).toBe("openid profile email read:admin");
});

test("scope, lifetime and claims can be chosen", async () => {
  const claims = { "https://example.com/plan": "gold", auth_time: 17 };
  const token = await tenant.token({ as: "bob", scope: "read:reports read:admin", expiresIn: 30, claims });
  const { payload } = await verify(tenant, token.access_token);
  expect(token).toMatchObject({ expires_in: 30, scope: "read:reports" });
  expect(payload).toMatchObject({ ...claims, scope: "read:reports", aud: tenant.audience });
  expect(payload.exp).toBe((payload.iat ?? 0) + 30);
});

test("a persona can log in through a chosen client", async () => {
  const { access_token } = await tenant.token({ as: "carol", client: "web" });
  expect((await verify(tenant, access_token)).payload).toMatchObject({ sub: "auth0|carol", client_id: "web" });
});

describe("over HTTP", () => {
  test("gives the same token response", async () => {
    const response = await post({ as: "alice", permissions: ["read:admin"], expiresIn: 60 });
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const body = (await response.json()) as { access_token: string };
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 60 });
    expect((await verify(tenant, body.access_token)).payload["permissions"]).toEqual(["read:admin"]);
  });

  test("an empty body is an empty request", async () => {
    expect((await post("")).status).toBe(200);
  });

  test.each([
    [{ as: "mallory" }, 'There is no persona "mallory"; this tenant has: alice, bob, carol.'],
    [
      { client: "nobody" },
      'There is no client "nobody"; this tenant has: spa, web, machine, resource-server, signals.',
    ],
    [{ audience: "nothing" }, 'There is no API "nothing"; this tenant has: https://api.gatewarden.local.'],
    [{ audience: "nothing" }, 'To add it: npx gatewarden tenant api <audience>. To keep it, list it under "apis" in'],
    [{ expiresIn: -1 }, "expiresIn is -1, but must be a number of seconds above 0."],
    [{ permissions: "read:admin" }, 'permissions is "read:admin", but expected array. Example: ["read:admin"]'],
    [{ claims: { iss: "x" } }, "must not set iss, sub"],
    [{ persona: "alice" }, 'no setting "persona"'],
    ["{", 'The body must be JSON such as {"as": "alice"}.'],
  ])("refuses %j and says why", async (body, message) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: "invalid_request",
      error_description: expect.stringContaining(message),
    });
  });

  test("refuses a body without end", async () => {
    const response = await post(JSON.stringify({ as: "x".repeat(70_000) }));
    expect(await response.json()).toMatchObject({ error_description: expect.stringContaining("64 KiB") });
  });

  test("GET /dev describes the tenant", async () => {
    const response = await fetch(new URL("/dev", tenant.issuer));
    const description = await response.json();
    expect(description).toMatchObject({
      issuer: tenant.issuer,
      audiences: [tenant.audience],
      personas: [{ id: "alice" }, { id: "bob" }, { id: "carol", organization: null }],
      endpoints: { devToken: `${tenant.issuer}dev/token`, jwks: `${tenant.issuer}.well-known/jwks.json` },
    });
    expect(JSON.stringify(description)).not.toContain("machine-secret");
  });

  test("anything else below /dev is not there", async () => {
    expect((await fetch(new URL("/dev/nothing", tenant.issuer))).status).toBe(404);
  });
});
