// A Nest 11 application in CommonJS, tested with Jest and ts-jest.
import "reflect-metadata";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Controller, Get, type INestApplication, Module } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { createGuard, permission } from "gatewarden";
import { Auth, GatewardenModule, guardToken, Need } from "gatewarden/nest";
import { createTestIssuer } from "gatewarden/testing";

@Controller()
class OrdersController {
  @Get("me")
  me(@Auth() auth: Auth) {
    return { user: auth.subject };
  }

  @Need(permission("read:orders"))
  @Get("orders")
  orders() {
    return { orders: ["A-1"] };
  }
}

@Module({ imports: [GatewardenModule.forRoot({ guard: createGuard(() => ({})) })], controllers: [OrdersController] })
class AppModule {}

const issuer = createTestIssuer();
let app: INestApplication;

beforeAll(async () => {
  const testing = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(guardToken)
    .useValue(createGuard(issuer.guardOptions))
    .compile();
  app = testing.createNestApplication();
  await app.listen(0, "127.0.0.1");
});

afterAll(() => app.close());

async function get(path: string, headers: Record<string, string> = {}) {
  return fetch(`${await app.getUrl()}${path}`, { headers });
}

test("answers a valid token, and refuses a request without one", async () => {
  expect(await (await get("/me", issuer.headers({ sub: "user|1" }))).json()).toEqual({ user: "user|1" });
  const refused = await get("/me");
  expect([refused.status, await refused.json()]).toEqual([
    401,
    expect.objectContaining({ statusCode: 401, reason: "credentials_missing" }),
  ]);
});

test("answers a token with the permission, and refuses one without", async () => {
  expect((await get("/orders", issuer.headers({ permissions: ["read:orders"] }))).status).toBe(200);
  const refused = await get("/orders", issuer.headers());
  expect([refused.status, await refused.json()]).toEqual([
    403,
    expect.objectContaining({ statusCode: 403, reason: "permission_missing" }),
  ]);
});
