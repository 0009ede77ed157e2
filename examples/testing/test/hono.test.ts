// Recipe: vitest and Hono's `app.request`.
import { createTestIssuer } from "gatewarden/testing";
import { expect, test } from "vitest";
import { createApiGuard } from "../src/guard.js";
import { buildApp } from "../src/hono-app.js";

const issuer = createTestIssuer();
const app = buildApp(createApiGuard(issuer.guardOptions));

test("shows orders to whom may read them", async () => {
  const headers = issuer.headers({ permissions: ["read:orders"] });
  const response = await app.request("/api/orders", { headers });
  expect(await response.json()).toEqual({ orders: ["A-1", "A-2"] });
});

test("is forbidden without the permission", async () => {
  const response = await app.request("/api/orders", { headers: issuer.headers() });
  expect([response.status, await response.json()]).toMatchObject([403, { reason: "permission_missing" }]);
});

test("refuses a token that has expired", async () => {
  const response = await app.request("/api/me", issuer.broken.expired());
  expect([response.status, await response.json()]).toMatchObject([401, { reason: "expired" }]);
});
