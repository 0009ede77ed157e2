// Recipe: an application that makes its own guard from the environment. Its `env` and `fetch` are what a test hands in: keys are then
// discovered, cached and rotated as in production.
import { createTestIssuer } from "gatewarden/testing";
import { expect, test } from "vitest";
import { buildApp } from "../src/fastify-app.js";
import { createApiGuard } from "../src/guard.js";

test("goes on when the issuer rotates its keys", async () => {
  const issuer = createTestIssuer();
  const app = await buildApp(createApiGuard({ env: issuer.env, fetch: issuer.fetch }));
  expect((await app.inject({ url: "/api/me", headers: issuer.headers() })).statusCode).toBe(200);
  issuer.rotateKeys();
  expect((await app.inject({ url: "/api/me", headers: issuer.headers() })).statusCode).toBe(200);
  await app.close();
});

test("answers 503 while the issuer cannot be reached and no key is known", async () => {
  const issuer = createTestIssuer();
  issuer.disconnect();
  const app = await buildApp(createApiGuard({ env: issuer.env, fetch: issuer.fetch }));
  const response = await app.inject({ url: "/api/me", headers: issuer.headers() });
  expect([response.statusCode, response.json().code]).toEqual([503, "keys_unavailable"]);
  await app.close();
});
