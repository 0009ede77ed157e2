// Recipe: Playwright. A page in a real browser calls the API; the test puts the token where the login would have put it.
import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { createTestIssuer } from "gatewarden/testing";
import { buildApp } from "../src/express-app.js";
import { createApiGuard } from "../src/guard.js";

const issuer = createTestIssuer();
let server: Server;
let origin: string;

test.beforeAll(async () => {
  server = buildApp(createApiGuard(issuer.guardOptions)).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

test.afterAll(() => server.close());

for (const [who, token, shown] of [
  ["whom may read them", issuer.token({ permissions: ["read:orders"] }), "A-1, A-2"],
  ["nobody without the permission", issuer.token(), "You may not see orders"],
  ["nobody whose token has expired", issuer.broken.expired().token, "Please log in again"],
]) {
  test(`shows orders to ${who}`, async ({ page }) => {
    await page.addInitScript((value) => sessionStorage.setItem("access_token", value), String(token));
    await page.goto(origin);
    await page.getByRole("button", { name: "Load orders" }).click();
    await expect(page.getByRole("status")).toHaveText(String(shown));
  });
}
