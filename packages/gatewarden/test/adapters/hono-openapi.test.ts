import { Hono } from "hono";
import { describeRoute, generateSpecs } from "hono-openapi";
import { expect, test } from "vitest";
import { type NeedOptions, protect } from "../../src/adapters/hono-openapi.js";
import { all, any, check, createGuard, permission, type Requirement, scope } from "../../src/index.js";

const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" });

test.each<[string, [] | [Requirement | NeedOptions], object[]]>([
  ["a token", [], [{ oauth2: [] }]],
  ["a permission", [permission("read:admin")], [{ oauth2: ["read:admin"] }]],
  ["alternatives", [any(permission("a"), scope("b"))], [{ oauth2: ["a"] }, { oauth2: ["b"] }]],
  ["optional", [{ optional: true }], [{}, { oauth2: [] }]],
])("the document says that a route needs %s", async (_name, need, security) => {
  const app = new Hono();
  const describe = describeRoute({ summary: "Admins", responses: { 200: { description: "in" } } });
  app.get("/admin", describe, protect(guard, ...need), (context) => context.text("in"));
  const { paths } = await generateSpecs(app);
  expect(paths["/admin"]?.get).toMatchObject({ summary: "Admins", security });
});

test("the document names the checks in code, and nothing where there are none", async () => {
  const app = new Hono();
  const paid = check("paid", () => true);
  app.get("/paid", protect(guard, all(permission("a"), paid)), (context) => context.text("in"));
  app.get("/plain", protect(guard, permission("a")), (context) => context.text("in"));
  const { paths } = await generateSpecs(app);
  expect(paths["/paid"]?.get).toMatchObject({ security: [{ oauth2: ["a"] }], "x-gatewarden-checks": ["paid"] });
  expect(paths["/plain"]?.get).not.toHaveProperty("x-gatewarden-checks");
});

test("the route is protected", async () => {
  const app = new Hono();
  app.get("/admin", protect(guard), (context) => context.text(context.var.auth.subject ?? "in"));
  expect((await app.request("/admin")).status).toBe(401);
});
