// EXPLAIN=development: a refusal says what to do about it. Switched on by the environment, and never in production.
import { expect, test } from "vitest";
import { buildApp } from "../src/app.js";
import { startExample } from "./support/example.js";

test("a refusal says cause, fix, expected and actual, in the body and in the log, and without the token", async () => {
  const example = await startExample({ EXPLAIN: "development" });
  await fetch(`${example.url}/healthz`);
  const headers = await example.bearer({ as: "bob" });
  const response = await fetch(`${example.url}/api/admin`, { headers });
  const explanation = {
    cause: expect.stringContaining("`permissions`"),
    fix: expect.stringContaining("npx gatewarden token --permission read:admin"),
    expected: ["read:admin"],
    actual: ["read:reports"],
  };
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ statusCode: 403, code: "permission_missing", ...explanation });
  expect(example.lines).toContainEqual(expect.objectContaining({ reason: "permission_missing", ...explanation }));
  for (const part of headers.authorization.split(/[ .]/).slice(1)) expect(example.text()).not.toContain(part);
  await example.close();
});

test("does not start with it in production, and says which variable to change", async () => {
  const env = { ISSUER_BASE_URL: "https://issuer.example/", AUDIENCE: "https://api.example", EXPLAIN: "development" };
  await expect(buildApp({ env: { ...env, NODE_ENV: "production" } })).rejects.toThrow(/^NODE_ENV is "production"/);
});
