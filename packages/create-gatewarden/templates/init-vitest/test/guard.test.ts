// What the guard accepts and refuses. `gatewarden/testing` signs real tokens in this process.
import { AuthError, permission } from "gatewarden";
import { createTestIssuer } from "gatewarden/testing";
import { expect, test } from "vitest";
import { createApiGuard } from "../src/guard.js";

const issuer = createTestIssuer();
const guard = createApiGuard(issuer.guardOptions);
const request = (headers: Readonly<Record<string, string>> = {}) => ({ method: "GET", url: "/", headers });
const refusal = (check: Promise<unknown>) =>
  check.then(
    () => undefined,
    (error: unknown) => error,
  );

test("a valid token is accepted", async () => {
  const auth = await guard.check(request(issuer.headers({ sub: "auth0|bob" })));
  expect(auth.subject).toBe("auth0|bob");
});

test("a request without a token is refused: 401", async () => {
  const error = await refusal(guard.check(request()));
  expect(error).toBeInstanceOf(AuthError);
  expect(error).toMatchObject({ status: 401, reason: "credentials_missing" });
});

test("an expired token is refused: 401", async () => {
  const error = await refusal(guard.check(request(issuer.broken.expired().headers)));
  expect(error).toMatchObject({ status: 401, reason: "expired" });
});

test("a permission is needed: 403", async () => {
  const allowed = await guard.check(request(issuer.headers({ permissions: ["read:admin"] })), permission("read:admin"));
  expect(allowed).toBeDefined();
  const error = await refusal(guard.check(request(issuer.headers({ permissions: [] })), permission("read:admin")));
  expect(error).toMatchObject({ status: 403, reason: "permission_missing" });
});
