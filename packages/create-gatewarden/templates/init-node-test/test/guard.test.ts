// What the guard accepts and refuses. `gatewarden/testing` signs real tokens in this process.
import assert from "node:assert/strict";
import { test } from "node:test";
import { permission } from "gatewarden";
import { createTestIssuer } from "gatewarden/testing";
import { createApiGuard } from "../src/guard.js";

const issuer = createTestIssuer();
const guard = createApiGuard(issuer.guardOptions);
const request = (headers: Readonly<Record<string, string>> = {}) => ({ method: "GET", url: "/", headers });

test("a valid token is accepted", async () => {
  const auth = await guard.check(request(issuer.headers({ sub: "auth0|bob" })));
  assert.equal(auth.subject, "auth0|bob");
});

test("a request without a token is refused: 401", async () => {
  await assert.rejects(guard.check(request()), { status: 401, reason: "credentials_missing" });
});

test("an expired token is refused: 401", async () => {
  const expired = request(issuer.broken.expired().headers);
  await assert.rejects(guard.check(expired), { status: 401, reason: "expired" });
});

test("a permission is needed: 403", async () => {
  await guard.check(request(issuer.headers({ permissions: ["read:admin"] })), permission("read:admin"));
  const other = request(issuer.headers({ permissions: [] }));
  await assert.rejects(guard.check(other, permission("read:admin")), { status: 403, reason: "permission_missing" });
});
