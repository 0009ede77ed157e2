// The API over a real connection. `gatewarden/testing` signs real tokens in this process.
import { createTestIssuer } from "gatewarden/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningApi } from "../src/api.js";
import { createApiGuard } from "../src/guard.js";
import { startApi } from "../src/server.js";

const issuer = createTestIssuer();
let api: RunningApi;

beforeAll(async () => {
  api = await startApi({ guard: createApiGuard(issuer.guardOptions), host: "127.0.0.1", port: 0 });
});
afterAll(() => api.close());

const get = (path: string, headers: Readonly<Record<string, string>> = {}) => fetch(`${api.url}${path}`, { headers });

test("the public endpoint needs no token", async () => {
  const response = await get("/api/public");
  expect(response.status).toBe(200);
});

test("the private endpoint knows who calls", async () => {
  const response = await get("/api/private", issuer.headers({ sub: "auth0|bob" }));
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ user: "auth0|bob" });
});

test("the private endpoint asks for a token", async () => {
  const response = await get("/api/private");
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toMatch(/^Bearer /);
});

test.each(["expired", "audience_mismatch", "signature_invalid"] as const)("a token is refused: %s", async (reason) => {
  const response = await get("/api/private", issuer.broken[reason]().headers);
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ reason });
});

test("the admin endpoint needs the permission", async () => {
  const allowed = await get("/api/admin", issuer.headers({ permissions: ["read:admin"] }));
  expect(allowed.status).toBe(200);
  const refused = await get("/api/admin", issuer.headers({ permissions: [] }));
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ reason: "permission_missing" });
});
