// Recipe: node:test and fetch, over a real connection.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { FastifyInstance } from "fastify";
import { createTestIssuer } from "gatewarden/testing";
import { buildApp } from "../src/fastify-app.js";
import { createApiGuard } from "../src/guard.js";

const issuer = createTestIssuer();
let app: FastifyInstance;
let origin: string;

before(async () => {
  app = await buildApp(createApiGuard(issuer.guardOptions));
  origin = await app.listen({ port: 0 });
});

after(() => app.close());

test("shows orders to whom may read them", async () => {
  const headers = issuer.headers({ permissions: ["read:orders"] });
  const response = await fetch(`${origin}/api/orders`, { headers });
  assert.deepEqual(await response.json(), { orders: ["A-1", "A-2"] });
});

test("is forbidden without the permission", async () => {
  const response = await fetch(`${origin}/api/orders`, { headers: issuer.headers() });
  assert.equal(response.status, 403);
  assert.match(response.headers.get("www-authenticate") ?? "", /scope="read:orders"/);
});

test("refuses a token for another API", async () => {
  const { headers } = issuer.broken.audience_mismatch();
  const response = await fetch(`${origin}/api/me`, { headers });
  assert.equal(response.status, 401);
});
