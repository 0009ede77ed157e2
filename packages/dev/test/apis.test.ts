import { expect, test } from "vitest";
import type { SigningAlgorithm } from "../src/index.js";
import { logIn, verify } from "./support/client.js";
import { startTenant } from "./support/tenants.js";

const permissions = ["read:admin", "read:reports"];

test.each(["my-api", "My API #1 / ünïcode", "urn:example:api", "https://api.example/with#fragment"])(
  "any text can be an audience: %s",
  async (audience) => {
    const tenant = await startTenant({ apis: [{ audience, permissions }] });
    const tokens = await logIn(tenant, "bob", { scope: "openid read:reports" });
    const { payload } = await verify(tenant, tokens.access_token, audience);
    expect(payload.aud).toEqual([audience, `${tenant.issuer}userinfo`]);
    expect(payload["scope"]).toBe("openid read:reports");
  },
);

test("with RBAC, scopes and permissions are cut down to what the persona has", async () => {
  const tenant = await startTenant({ apis: [{ audience: "api", permissions }] });
  const tokens = await logIn(tenant, "bob", { scope: "openid read:admin read:reports" });
  const { payload } = await verify(tenant, tokens.access_token);
  expect(payload["permissions"]).toEqual(["read:reports"]);
  expect(payload["scope"]).toBe("openid read:reports");
});

test("without RBAC, every scope of the API is granted and there is no permissions claim", async () => {
  const tenant = await startTenant({ apis: [{ audience: "api", permissions, rbac: false }] });
  const tokens = await logIn(tenant, "carol", { scope: "openid read:admin unknown:scope" });
  const { payload } = await verify(tenant, tokens.access_token);
  expect(payload).not.toHaveProperty("permissions");
  expect(payload["scope"]).toBe("openid read:admin");
});

test("each API gets its own permissions, lifetime and e-mail rule", async () => {
  const tenant = await startTenant({
    apis: [
      { audience: "first", permissions: ["read:admin"], tokenLifetime: 60, emailInAccessToken: true },
      { audience: "second", permissions: ["read:reports"] },
    ],
  });
  const first = await tenant.token({ as: "alice", audience: "first" });
  expect(first.expires_in).toBe(60);
  expect((await verify(tenant, first.access_token, "first")).payload).toMatchObject({
    permissions: ["read:admin"],
    email: "alice@acme.example",
  });
  const second = await tenant.token({ as: "alice", audience: "second" });
  const { payload } = await verify(tenant, second.access_token, "second");
  expect(payload["permissions"]).toEqual(["read:reports"]);
  expect(payload).not.toHaveProperty("email");
});

test("an API without permissions can be logged in to without scopes", async () => {
  const tenant = await startTenant({ apis: [{ audience: "bare" }] });
  const tokens = await logIn(tenant, "alice", { scope: undefined });
  expect((await verify(tenant, tokens.access_token, "bare")).payload["permissions"]).toEqual([]);
});

test.each(["RS256", "ES256", "EdDSA"] satisfies SigningAlgorithm[])(
  "tokens can be signed with %s",
  async (signingAlgorithm) => {
    const tenant = await startTenant({ apis: [{ audience: "api", signingAlgorithm }] });
    const { access_token } = await tenant.token();
    expect((await verify(tenant, access_token)).header.alg).toBe(signingAlgorithm);
  },
);
