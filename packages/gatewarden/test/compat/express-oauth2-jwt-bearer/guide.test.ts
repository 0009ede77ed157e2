// The examples of docs/migrating/express-oauth2-jwt-bearer.md are run: before, after and further
// answer the same requests alike.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTenant, type Tenant } from "@gatewarden/dev";
import type { Express } from "express";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Listening, listen } from "../../support/listen.js";

const guide = readFileSync(
  new URL("../../../../../docs/migrating/express-oauth2-jwt-bearer.md", import.meta.url),
  "utf8",
);
const [before = "", after = "", further = ""] = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);

// Within the package, so that imports resolve as they do for an application.
const folder = mkdtempSync(fileURLToPath(new URL("../../../.guide-check-", import.meta.url)));
let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
  vi.stubEnv("ISSUER_BASE_URL", tenant.issuer);
  vi.stubEnv("AUDIENCE", tenant.audience);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await tenant.close();
  rmSync(folder, { recursive: true });
});

test("After differs from before by its import alone", () => {
  expect(after).toBe(before.replace('"express-oauth2-jwt-bearer"', '"gatewarden/compat/express-oauth2-jwt-bearer"'));
  expect(after).not.toBe(before);
});

describe.each([
  ["before", before, 401],
  ["after", after, 401],
  ["further", further, 403],
] as const)("The example %s", (name, code, otherPlan) => {
  let server: Listening;
  beforeAll(async () => {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, code);
    const { app }: { readonly app: Express } = await import(file);
    server = await listen(app);
  });
  afterAll(() => server.close());

  const ask = async (path: string, wanted?: Readonly<Record<string, unknown>>) => {
    const issued = wanted && (await tenant.token({ as: "bob", ...wanted }));
    const headers = issued ? { authorization: `Bearer ${issued.access_token}` } : {};
    return fetch(server.origin + path, { headers });
  };

  test.each([
    ["/api/public", undefined, 200],
    ["/api/private", undefined, 401],
    ["/api/private", {}, 200],
    ["/api/reports", {}, 403],
    ["/api/reports", { scope: "read:reports", permissions: ["read:reports"] }, 200],
    ["/api/plan", { claims: { plan: "pro" } }, 200],
    ["/api/plan", { claims: { plan: "free" } }, otherPlan],
  ])("answers %s with %j by %i", async (path, wanted, status) => {
    const answer = await ask(path, wanted);
    expect(answer.status).toBe(status);
    expect(answer.headers.has("www-authenticate")).toBe(status !== 200);
  });

  test("tells the handler who calls", async () => {
    expect(await (await ask("/api/private", {})).json()).toEqual({ user: "auth0|bob" });
  });
});
