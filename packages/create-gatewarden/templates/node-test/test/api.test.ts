// The API over a real connection. `gatewarden/testing` signs real tokens in this process.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createTestIssuer } from "gatewarden/testing";
import type { RunningApi } from "../src/api.js";
import { createApiGuard } from "../src/guard.js";
import { startApi } from "../src/server.js";

const issuer = createTestIssuer();
let api: RunningApi;

before(async () => {
  api = await startApi({ guard: createApiGuard(issuer.guardOptions), host: "127.0.0.1", port: 0 });
});
after(() => api.close());

async function get(path: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${api.url}${path}`, { headers });
  const body = (await response.json()) as Readonly<Record<string, unknown>>;
  return { status: response.status, challenge: response.headers.get("www-authenticate") ?? "", body };
}

test("the public endpoint needs no token", async () => {
  const { status } = await get("/api/public");
  assert.equal(status, 200);
});

test("the private endpoint knows who calls", async () => {
  const { status, body } = await get("/api/private", issuer.headers({ sub: "auth0|bob" }));
  assert.equal(status, 200);
  assert.equal(body["user"], "auth0|bob");
});

test("the private endpoint asks for a token", async () => {
  const { status, challenge } = await get("/api/private");
  assert.equal(status, 401);
  assert.match(challenge, /^Bearer /);
});

for (const reason of ["expired", "audience_mismatch", "signature_invalid"] as const) {
  test(`a token is refused: ${reason}`, async () => {
    const { status, body } = await get("/api/private", issuer.broken[reason]().headers);
    assert.equal(status, 401);
    assert.equal(body["reason"], reason);
  });
}

test("the admin endpoint needs the permission", async () => {
  const allowed = await get("/api/admin", issuer.headers({ permissions: ["read:admin"] }));
  assert.equal(allowed.status, 200);
  const refused = await get("/api/admin", issuer.headers({ permissions: [] }));
  assert.equal(refused.status, 403);
  assert.equal(refused.body["reason"], "permission_missing");
});
