// The budget of refused tokens per address.
import { AuthError } from "gatewarden";
import { describe, expect, test } from "vitest";
import { GatewayRefusal } from "../../src/refusals.js";
import { createFailureBudget, type FailureBudget } from "../../src/server/failure-budget.js";
import { startTestGateway } from "../support/gateway.js";

const places = { header: undefined, cookie: undefined };
const bad = new AuthError("signature_invalid");

function createBudget({ addresses = 100 } = {}) {
  const clock = { at: 1000 };
  const budget = createFailureBudget({ count: 3, per: 60, addresses }, () => clock.at);
  return { clock, budget };
}

function retryAfter(budget: FailureBudget, address: string, authorization = "Bearer other"): number | undefined {
  try {
    budget.refuseExhausted(address, { authorization }, places);
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
    budget.recordAccepted("192.0.2.1", { authorization: "Bearer good" }, places);
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

  describe("whose tokens are in a cookie", () => {
    const inCookie = `guard: { tokenFrom: { cookie: __Host-session, origins: ["https://app.example"] } }\n${rules}`;
    const startExhausted = async () => {
      const { ask, issuer } = await startTestGateway(inCookie);
      const statusOf = async (cookie: string) => (await ask({ target: "/a", headers: { cookie } })).status;
      const [alice, bob] = [issuer.token({ sub: "alice" }), issuer.token({ sub: "bob" })];
      await statusOf("__Host-session=bad");
      expect(await statusOf(`_ga=1; __Host-session=${alice}`)).toBe(200);
      for (let count = 0; count < 4; count++) await statusOf(`__Host-session=bad${count}`);
      return { statusOf, alice, bob };
    };

    test.each<[string, (token: string) => string]>([
      ["the same cookies", (token) => `_ga=1; __Host-session=${token}`],
      ["a cookie beside it that changed", (token) => `_ga=2; __Host-session=${token}`],
      ["a cookie beside it that went", (token) => `__Host-session=${token}`],
      ["a cookie more, and another order", (token) => `__Host-session=${token}; _ga=1; x=y`],
      ["other blanks (RFC 6265bis §5.6)", (token) => `_ga=1 ;\t__Host-session = ${token} ;`],
      ["a cookie whose name ends alike", (token) => `x__Host-session=1; __Host-session=${token}`],
      ["something without a value", (token) => `__Host-session; __Host-session=${token}`],
    ])("knows a good token again with %s", async (_, toCookie) => {
      const { statusOf, alice } = await startExhausted();
      expect(await statusOf(toCookie(alice))).toBe(200);
    });

    test.each<[string, (tokens: { alice: string; bob: string }) => string]>([
      ["another token", ({ bob }) => `_ga=1; __Host-session=${bob}`],
      ["the same token twice", ({ alice }) => `__Host-session=${alice}; __Host-session=${alice}`],
      ["a good token before another", ({ alice, bob }) => `__Host-session=${alice}; __Host-session=${bob}`],
      ["a good token under another name", ({ alice }) => `_ga=${alice}; __Host-session=bad`],
      ["a good token and more", ({ alice }) => `__Host-session=${alice}x`],
    ])("does not take %s for it", async (_, toCookie) => {
      const { statusOf, ...tokens } = await startExhausted();
      expect(await statusOf(toCookie(tokens))).toBe(429);
    });

    test("asks for a token where there are only other cookies", async () => {
      const { statusOf } = await startExhausted();
      expect(await statusOf("_ga=1")).toBe(401);
      expect(await statusOf("_ga=1; __Host-session=")).toBe(401);
    });
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
