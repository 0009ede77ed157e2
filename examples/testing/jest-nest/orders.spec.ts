// Recipe: Nest, Jest and ts-jest. The guard is replaced; the module that checks is the real one.
import "reflect-metadata";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { INestApplication } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { createGuard } from "gatewarden";
import { guardToken } from "gatewarden/nest";
import { createTestIssuer } from "gatewarden/testing";
import request from "supertest";
import { AppModule } from "./app.module.js";

const issuer = createTestIssuer();
let app: INestApplication;

beforeAll(async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(guardToken)
    .useValue(createGuard(issuer.guardOptions))
    .compile();
  app = module.createNestApplication();
  await app.init();
});

afterAll(() => app.close());

test("shows orders to callers with the permission", async () => {
  const headers = issuer.headers({ permissions: ["read:orders"] });
  await request(app.getHttpServer())
    .get("/api/orders")
    .set(headers)
    .expect(200, { orders: ["A-1", "A-2"] });
});

test("is forbidden without the permission", async () => {
  const response = await request(app.getHttpServer()).get("/api/orders").set(issuer.headers()).expect(403);
  expect(response.body).toMatchObject({ statusCode: 403, reason: "permission_missing" });
});

test("refuses a token that has expired", async () => {
  const { headers } = issuer.broken.expired();
  const response = await request(app.getHttpServer()).get("/api/me").set(headers).expect(401);
  expect(response.body).toMatchObject({ statusCode: 401, reason: "expired" });
});
