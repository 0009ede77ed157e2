// Recipe: Nest's testing module and supertest. The provider of the guard is replaced; the module that checks is the real one.
import type { INestApplication } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { createTestIssuer } from "gatewarden/testing";
import request from "supertest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApiGuard } from "../src/guard.js";
import { AppModule, apiGuard } from "../src/nest-app.js";

const issuer = createTestIssuer();
let app: INestApplication;

beforeAll(async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(apiGuard)
    .useValue(createApiGuard(issuer.guardOptions))
    .compile();
  app = module.createNestApplication();
  await app.init();
});

afterAll(() => app.close());

test("shows orders to whom may read them", async () => {
  const headers = issuer.headers({ permissions: ["read:orders"] });
  await request(app.getHttpServer())
    .get("/api/orders")
    .set(headers)
    .expect(200, { orders: ["A-1", "A-2"] });
});

test("is forbidden without the permission", async () => {
  const response = await request(app.getHttpServer()).get("/api/orders").set(issuer.headers()).expect(403);
  expect(response.body.reason).toBe("permission_missing");
});

test("refuses a token that has expired", async () => {
  const { headers } = issuer.broken.expired();
  const response = await request(app.getHttpServer()).get("/api/me").set(headers).expect(401);
  expect(response.body.reason).toBe("expired");
});
