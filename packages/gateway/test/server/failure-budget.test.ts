// The budget of refused tokens per address.
import { AuthError } from "gatewarden";
import { describe, expect, test } from "vitest";
import { GatewayRefusal } from "../../src/refusals.js";
import { createFailureBudget, type FailureBudget } from "../../src/server/failure-budget.js";
import { startTestGateway } from "../support/gateway.js";

const bad = new AuthError("signature_invalid");

function createBudget({ addresses = 100 } = {}) {
  const clock = { at: 1000 };
  const budget = createFailureBudget({ count: 3, per: 60, addresses }, () => clock.at);
  return { clock, budget };
}

function retryAfter(budget: FailureBudget, address: string, authorization = "Bearer other"): number | undefined {
  try {
    budget.refuseExhausted(address, authorization);
    return undefined;
  } catch (error) {
    if (error instanceof GatewayRefusal && error.reason === "too_many_failures") return error.retryAfter;
    throw error;
  }
}

function fail(budget: FailureBudget, address: string, times = 3): void {
  for (let count = 0; count < times; count++) budget.countRefusal(address, bad);
}

describe("An address", () => {
  test("may send as many bad tokens as the budget says, and then none for a while", () => {
    const { budget, clock } = createBudget();
    fail(budget, "192.0.2.1", 2);
    expect(retryAfter(budget, "192.0.2.1")).toBeUndefined();
    fail(budget, "192.0.2.1", 1);
    expect(retryAfter(budget, "192.0.2.1")).toBe(20);
    clock.at += 20;
    expect(retryAfter(budget, "192.0.2.1")).toBeUndefined();
  });

  test("does not affect another one", () => {
    const { budget } = createBudget();
    fail(budget, "192.0.2.1");
    expect(retryAfter(budget, "192.0.2.2")).toBeUndefined();
  });

  test.each([
    ["2001:db8::1", "2001:db8::ffff:1", true],
    ["2001:db8:0:0:1::", "2001:0db8::9", true],
    ["2001:db8:0:1::1", "2001:db8:0:2::1", false],
    ["::ffff:192.0.2.1", "192.0.2.1", true],
    ["::1", "1::", false],
  ])("%s shares its budget with %s: %s (IPv6 by /64)", (one, other, isShared) => {
    const { budget } = createBudget();
    fail(budget, one);
    expect(retryAfter(budget, other) !== undefined).toBe(isShared);
  });

  test("may go on with tokens that were good while it had failures", () => {
    const { budget } = createBudget();
    fail(budget, "192.0.2.1", 1);
    budget.recordAccepted("192.0.2.1", "Bearer good");
    fail(budget, "192.0.2.1", 3);
    expect(retryAfter(budget, "192.0.2.1", "Bearer good")).toBeUndefined();
    expect(retryAfter(budget, "192.0.2.1", "Bearer other")).toBeGreaterThan(0);
  });

  test.each([
    "credentials_missing",
    "scheme_unsupported",
    "permission_missing",
    "keys_unavailable",
    "authentication_too_old",
    "dpop_nonce_required",
  ] as const)("is not charged for %s", (reason) => {
    const { budget } = createBudget();
    for (let count = 0; count < 9; count++) budget.countRefusal("192.0.2.1", new AuthError(reason));
    expect(retryAfter(budget, "192.0.2.1")).toBeUndefined();
  });

  test("is forgotten when too many others came after it: memory is bounded", () => {
    const { budget } = createBudget({ addresses: 16 });
    fail(budget, "192.0.2.1");
    for (let last = 2; last < 20; last++) fail(budget, `192.0.2.${last}`, 1);
    expect(retryAfter(budget, "192.0.2.1")).toBeUndefined();
  });
});

describe("The gateway", () => {
  const rules =
    "limits: { failures: { count: 3, per: 3600 } }\nrules: [{ path: /public, public: true }, { path: /**, authenticated: true }]\n";

  test("answers 429 with Retry-After once the budget is used up, also for a refusal that it remembers", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    const token = issuer.token({ expiresIn: -600 });
    const statuses: number[] = [];
    for (let count = 0; count < 4; count++) statuses.push((await ask({ target: "/a", token })).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
    const answer = await ask({ target: "/a", token });
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect(JSON.parse(answer.body)).toMatchObject({ reason: "too_many_failures" });
  });

  test("still answers requests without a token, and other addresses", async () => {
    const { ask, issuer } = await startTestGateway(rules);
    for (let count = 0; count < 4; count++) await ask({ target: "/a", token: "bad" });
    expect((await ask({ target: "/public" })).status).toBe(200);
    expect((await ask({ target: "/a" })).status).toBe(401);
    const elsewhere = {
      ...proxyHeaders,
      "x-original-address": "198.51.100.7",
      authorization: `Bearer ${issuer.token()}`,
    };
    expect((await ask({ only: elsewhere })).status).toBe(200);
  });

  test("counts tokens in a cookie, too", async () => {
    const { ask } = await startTestGateway(
      `guard: { tokenFrom: { cookie: __Host-session, origins: ["https://app.example"] } }\n${rules}`,
    );
    const statuses: number[] = [];
    for (let count = 0; count < 4; count++)
      statuses.push((await ask({ target: "/a", headers: { cookie: "__Host-session=bad" } })).status);
    expect(statuses).toEqual([401, 401, 401, 429]);
  });

  test("tells nginx with 403 and the true status", async () => {
    const { ask } = await startTestGateway(rules, { overrides: { proxy: "nginx" } });
    for (let count = 0; count < 3; count++) await ask({ target: "/a", token: "bad" });
    const { status, headers } = await ask({ target: "/a", token: "bad" });
    expect(status).toBe(403);
    expect(headers["x-gatewarden-status"]).toBe("429");
    expect(Number(headers["x-gatewarden-retry-after"])).toBeGreaterThan(0);
  });
});

const proxyHeaders = {
  "x-original-method": "GET",
  "x-original-uri": "/a",
  "x-original-host": "api.example.com",
  "x-original-proto": "https",
};
