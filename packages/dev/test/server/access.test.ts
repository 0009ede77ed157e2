// Who may talk to the tenant: names of this machine, and pages of this machine.
import { beforeAll, describe, expect, test } from "vitest";
import type { Tenant } from "../../src/index.js";
import { rawRequest } from "../support/raw-request.js";
import { startTenant } from "../support/tenants.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await startTenant();
});

describe("host names", () => {
  test.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "localhost@evil.example", "[::2]"])(
    "refuses a request under the name %j (DNS rebinding)",
    async (host) => {
      const { status } = await rawRequest(`${tenant.url}/dev`, { host });
      expect([400, 403]).toContain(status);
    },
  );

  test.each(["localhost", "127.0.0.1", "127.1.2.3", "[::1]", "tenant.localhost"])("answers under %s", async (name) => {
    const { status } = await rawRequest(`${tenant.url}/dev`, { host: `${name}:${tenant.port}` });
    expect(status).toBe(200);
  });

  test("answers under an allowed name, with the same issuer and addresses under that name", async () => {
    const open = await startTenant({ allowedHosts: ["host.docker.internal"] });
    const host = `host.docker.internal:${open.port}`;
    const { body } = await rawRequest(`${open.url}/.well-known/openid-configuration`, { host });
    expect(JSON.parse(body)).toMatchObject({ issuer: open.issuer, jwks_uri: `http://${host}/.well-known/jwks.json` });
  });
});

describe("pages of other sites", () => {
  test.each(["https://evil.example", "null", "http://127.0.0.1.evil.example"])(
    "may not use /dev: %s",
    async (origin) => {
      expect((await rawRequest(`${tenant.url}/dev/token`, { origin }, "POST")).status).toBe(403);
    },
  );

  test("may not use /dev without an Origin header either", async () => {
    expect((await rawRequest(`${tenant.url}/dev`, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  });
});

describe("pages of this machine", () => {
  const origin = "http://localhost:5173";

  test.each(["/dev/token", "/oauth/token", "/userinfo", "/oauth/revoke", "/.well-known/jwks.json"])(
    "pass the preflight of %s",
    async (path) => {
      const headers = {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
      };
      const response = await rawRequest(tenant.url + path, headers, "OPTIONS");
      expect(response.status).toBe(204);
      expect(response.headers["access-control-allow-origin"]).toBe(origin);
      expect(response.headers["access-control-allow-headers"]).toContain("content-type");
    },
  );

  test.each([
    "/dev",
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/jwks.json",
  ])("may read %s", async (path) => {
    const response = await rawRequest(tenant.url + path, { origin });
    expect(response.status).toBe(200);
    expect(response.headers["access-control-allow-origin"]).toBe(origin);
  });

  test("may redeem tokens; pages elsewhere may not", async () => {
    const redeem = (from: string): Promise<Response> =>
      fetch(`${tenant.url}/oauth/token`, {
        method: "POST",
        headers: { origin: from },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: "machine",
          client_secret: "machine-secret",
          audience: tenant.audience,
        }),
      });
    const near = await redeem(origin);
    expect([near.status, near.headers.get("access-control-allow-origin")]).toEqual([200, origin]);
    const far = await redeem("https://evil.example");
    expect([far.status, far.headers.get("access-control-allow-origin")]).toEqual([400, null]);
  });
});
