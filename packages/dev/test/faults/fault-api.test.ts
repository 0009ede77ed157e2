// `/dev/faults`, as a test in any language uses it: nothing but HTTP and JSON.
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { faultCatalogue, type Tenant } from "../../src/index.js";
import { rawRequest } from "../support/raw-request.js";
import { startTenant } from "../support/tenants.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await startTenant();
});
afterEach(() => tenant.faults.clear());

async function call(method: string, path = "", body?: unknown): Promise<{ status: number; body: unknown }> {
  const init = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
  const response = await fetch(`${tenant.url}/dev/faults${path}`, { method, ...init });
  return { status: response.status, body: await response.json() };
}

test("GET lists every fault with what it takes and what an API answers, and says which are on", async () => {
  await tenant.faults.set({ name: "expired", seconds: 60 });
  const { status, body } = await call("GET");
  const { on, faults } = body as { on: unknown; faults: readonly Record<string, unknown>[] };
  expect(status).toBe(200);
  expect(on).toEqual([{ name: "expired", seconds: 60 }]);
  expect(faults.map(({ name }) => name)).toEqual(Object.keys(faultCatalogue));
  expect(faults[0]).toEqual({
    name: "expired",
    kind: "token",
    description: "The token expired.",
    reason: "expired",
    parameters: { seconds: expect.any(String), times: expect.any(String) },
    on: true,
  });
  expect(faults.filter((fault) => fault["on"])).toHaveLength(1);
});

test("POST adds one fault, by name or with parameters, or several", async () => {
  expect(await call("POST", "", '"expired"')).toEqual({
    status: 200,
    body: { on: [{ name: "expired", seconds: 3600 }] },
  });
  await call("POST", "", { name: "jwks-slow", seconds: 0.5, times: 3 });
  expect((await call("POST", "", ["wrong-audience", { name: "discovery-500", times: 1 }])).body).toEqual({
    on: [
      { name: "expired", seconds: 3600 },
      { name: "wrong-audience", audience: "https://another-api.example" },
      { name: "discovery-500", times: 1 },
      { name: "jwks-slow", seconds: 0.5, times: 3 },
    ],
  });
});

test("PUT switches on exactly these", async () => {
  await tenant.faults.set("expired", "jwks-500");
  expect((await call("PUT", "", ["opaque"])).body).toEqual({ on: [{ name: "opaque" }] });
  expect((await call("PUT", "", [])).body).toEqual({ on: [] });
});

test("DELETE switches one off, or all, whether or not they are on", async () => {
  await tenant.faults.set("expired", "jwks-500", "rotated-keys");
  expect((await call("DELETE", "/expired")).body).toMatchObject({
    on: [{ name: "rotated-keys" }, { name: "jwks-500" }],
  });
  expect((await call("DELETE", "/expired")).status).toBe(200);
  expect(await call("DELETE")).toEqual({ status: 200, body: { on: [] } });
  expect(await call("DELETE")).toEqual({ status: 200, body: { on: [] } });
});

test("GET /dev says which faults are on, so that nobody wonders", async () => {
  await tenant.faults.set({ name: "hs256", times: 4 });
  const response = await fetch(`${tenant.url}/dev`);
  expect(await response.json()).toMatchObject({
    faults: [{ name: "hs256", times: 4 }],
    endpoints: { devFaults: `${tenant.issuer}dev/faults` },
  });
});

describe("what cannot be is answered 400 with field, value and example, and changes nothing", () => {
  test.each([
    ["", /^The body must be JSON such as \["expired"/],
    ["7", /^the fault is 7, but expected object/],
    ['"expird"', /^the fault is "expird", but expected one of "expired", "not-yet-valid"/],
    ["{}", /^name is missing, but expected one of "expired"/],
    ['["expired", {"name": "jwks-505"}]', /^\[1\]\.name is "jwks-505", but expected one of/],
    ['{"name": "expired", "seconds": "1"}', /^seconds is "1", but expected number\. Example: 60$/],
    ['{"name": "expired", "seconds": 0}', /^seconds is 0, but must be above 0\. Example: 60$/],
    ['{"name": "jwks-slow", "seconds": 601}', /^seconds is 601, but must be at most 600, ten minutes\. Example: 60$/],
    ['{"name": "clock-skew", "seconds": 0.5}', /^seconds is 0\.5, but expected int\. Example: 60$/],
    ['[{"name": "jwks-500", "times": 0}]', /^\[0\]\.times is 0, but must be above 0\. Example: 1$/],
    ['{"name": "wrong-audience", "audience": ""}', /^audience is "", but must not be empty\. Example: "https:/],
    ['{"name": "hs256", "secret": "short"}', /^secret is "short", but must have at least 32 characters.*Example/],
    ['{"name": "missing-permissions", "permissions": "a"}', /^permissions is "a", but expected array\. Example/],
    ['{"name": "rotated-keys", "times": 1}', /^the fault has no setting "times"; it takes name, keepOld\.$/],
    ['["alg-none", "hs256"]', /^The faults "alg-none" and "hs256" cannot both be on: both decide the signature\./],
    [
      '["provider-500", "jwks-html"]',
      /both decide the jwks answer\. Switch one of them off first, as in: npx gatewarden/,
    ],
    ['["opaque", "expired"]', /cannot both be on/],
  ])("%s", async (body, complaint) => {
    await tenant.faults.set("wrong-issuer");
    const answer = await call("POST", "", body);
    expect(answer).toEqual({
      status: 400,
      body: { error: "invalid_request", error_description: expect.stringMatching(complaint) },
    });
    expect(tenant.faults.active.map(({ name }) => name)).toEqual(["wrong-issuer"]);
  });

  test("a fault that contradicts one that is on", async () => {
    await tenant.faults.set("alg-none");
    expect(await call("POST", "", '"hs256"')).toMatchObject({ status: 400 });
    expect((await call("PUT", "", '"hs256"')).status).toBe(200);
  });

  test("DELETE of a fault that does not exist", async () => {
    expect(await call("DELETE", "/expird")).toMatchObject({ status: 400 });
  });

  test.each([
    ["PATCH", ""],
    ["POST", "/expired"],
    ["GET", "/expired"],
  ])("%s /dev/faults%s is 404", async (method, path) => {
    expect((await call(method, path)).status).toBe(404);
  });
});

describe("the fault of one token", () => {
  const ask = async (body: unknown): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${tenant.url}/dev/token`, { method: "POST", body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };

  test.each(["expired", { name: "expired", seconds: 5 }])("may be a name or have parameters: %j", async (fault) => {
    expect(await ask({ as: "bob", fault })).toMatchObject({ status: 200, body: { token_type: "Bearer" } });
  });

  test.each([
    [{ fault: "jwks-500" }, /^fault is "jwks-500", but expected one of "expired"/],
    [{ fault: { name: "expired", seconds: -1 } }, /^fault\.seconds is -1, but must be above 0\. Example: 60$/],
    [{ fault: { name: "expired", times: 1 } }, /^fault has no setting "times"; it takes name, seconds\.$/],
    [{ fault: null }, /^fault is null, but expected object/],
    [{ fault: "expired", audience: null }, /^An opaque token \(`audience` null\) says nothing that could be wrong/],
  ])("is refused by field: %j", async (body, complaint) => {
    expect(await ask(body)).toEqual({
      status: 400,
      body: { error: "invalid_request", error_description: expect.stringMatching(complaint) },
    });
  });
});

describe("who may", () => {
  test.each(["GET", "POST", "PUT", "DELETE"])("not pages of other sites: %s", async (method) => {
    const { status } = await rawRequest(`${tenant.url}/dev/faults`, { origin: "https://evil.example" }, method);
    expect(status).toBe(403);
  });

  test("not requests under a foreign name (DNS rebinding)", async () => {
    expect((await rawRequest(`${tenant.url}/dev/faults`, { host: "evil.example" }, "DELETE")).status).toBe(403);
  });

  test("pages of this machine: their preflight lets PUT and DELETE pass", async () => {
    const headers = { origin: "http://localhost:5173", "access-control-request-method": "PUT" };
    const response = await rawRequest(`${tenant.url}/dev/faults`, headers, "OPTIONS");
    expect(response.status).toBe(204);
    expect(response.headers["access-control-allow-methods"]).toBe("GET, POST, PUT, DELETE");
  });
});
