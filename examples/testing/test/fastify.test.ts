// Recipe: vitest and Fastify's `app.inject`. No port, no network, no mock.
import type { FastifyInstance } from "fastify";
import { createTestIssuer } from "gatewarden/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildApp } from "../src/fastify-app.js";
import { createApiGuard } from "../src/guard.js";

const issuer = createTestIssuer();
let app: FastifyInstance;

beforeAll(async () => {
  app = await buildApp(createApiGuard(issuer.guardOptions));
});

afterAll(() => app.close());

describe("GET /api/orders", () => {
  test("shows orders to whom may read them", async () => {
    const headers = issuer.headers({ permissions: ["read:orders"] });
    const response = await app.inject({ url: "/api/orders", headers });
    expect(response.json()).toEqual({ orders: ["A-1", "A-2"] });
  });

  test("is forbidden without the permission", async () => {
    const response = await app.inject({ url: "/api/orders", headers: issuer.headers() });
    expect([response.statusCode, response.json().code]).toEqual([403, "permission_missing"]);
  });

  test.each(["credentials_missing", "expired", "audience_mismatch", "signature_invalid"] as const)(
    "refuses a request for the reason %s",
    async (reason) => {
      const { headers } = issuer.broken[reason]({ permissions: ["read:orders"] });
      const response = await app.inject({ url: "/api/orders", headers });
      expect([response.statusCode, response.json().code]).toEqual([401, reason]);
    },
  );
});

describe("GET /api/me", () => {
  test("says who is calling", async () => {
    const response = await app.inject({ url: "/api/me", headers: issuer.headers({ sub: "auth0|bob" }) });
    expect(response.json()).toEqual({ user: "auth0|bob" });
  });

  test("takes a token for as long as it lives, and no longer", async () => {
    const headers = issuer.headers({ expiresIn: 60 });
    issuer.clock.advance(59);
    expect((await app.inject({ url: "/api/me", headers })).statusCode).toBe(200);
    issuer.clock.advance(60);
    expect((await app.inject({ url: "/api/me", headers })).statusCode).toBe(401);
  });

  test("takes a token that is bound to the client's key, with its proof, once", async () => {
    const client = issuer.dpopClient();
    const headers = client.headers({ method: "GET", url: "http://localhost:80/api/me" });
    expect((await app.inject({ url: "/api/me", headers })).statusCode).toBe(200);
    expect((await app.inject({ url: "/api/me", headers })).json()).toMatchObject({ code: "dpop_replayed" });
  });
});
