// Recipe: Jest and supertest with Express.
import { expect, test } from "@jest/globals";
import { createTestIssuer } from "gatewarden/testing";
import request from "supertest";
import { buildApp } from "../src/express-app.js";
import { createApiGuard } from "../src/guard.js";

const issuer = createTestIssuer();
const app = buildApp(createApiGuard(issuer.guardOptions));

test("shows orders to whom may read them", async () => {
  const headers = issuer.headers({ permissions: ["read:orders"] });
  await request(app)
    .get("/api/orders")
    .set(headers)
    .expect(200, { orders: ["A-1", "A-2"] });
});

test("is forbidden without the permission", async () => {
  const response = await request(app).get("/api/orders").set(issuer.headers()).expect(403);
  expect(response.body.reason).toBe("permission_missing");
});

test("refuses a token that has expired", async () => {
  const { headers } = issuer.broken.expired();
  const response = await request(app).get("/api/me").set(headers).expect(401);
  expect(response.body.reason).toBe("expired");
});
