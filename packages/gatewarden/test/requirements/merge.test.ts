// Which refusal wins when several parts are not met: one trip to the issuer where that helps, and no login in vain.
import { describe, expect, test } from "vitest";
import {
  all,
  any,
  ConfigError,
  details,
  not,
  permission,
  type Requirement,
  role,
  scope,
  stepUp,
} from "../../src/index.js";
import { parseChallenge } from "../support/challenge.js";
import { start } from "../support/clock.js";
import { bearer, type Claims, guardWith, refusalOf, token, verdict } from "../support/keys.js";

const recent = stepUp({ maxAge: 60 });
const strong = stepUp({ acrValues: ["gold", "silver"] });
const guard = guardWith();

async function refuse(requirement: Requirement, claims: Claims = {}) {
  const error = await refusalOf(guard.check(bearer(token(claims)), requirement));
  const { status, headers } = guard.refusal(error);
  const {
    realm: _,
    error_description: __,
    ...parameters
  } = parseChallenge(String(headers["www-authenticate"])).parameters;
  return { status, reason: error.reason, parameters };
}

describe("Of all parts", () => {
  test("a missing permission alone is 403, without a word of the login that is good enough", async () => {
    expect(await refuse(all(permission("a"), recent), { auth_time: start })).toEqual({
      status: 403,
      reason: "permission_missing",
      parameters: { error: "insufficient_scope", scope: "a" },
    });
  });

  test.each([
    ["before", all(permission("a"), scope("b"), recent)],
    ["after", all(recent, permission("a"), scope("b"))],
  ])(
    "a step-up wins over scopes that stand %s it, and names them: one new token is enough (RFC 9470 §3)",
    async (_name, requirement) => {
      expect(await refuse(requirement)).toEqual({
        status: 401,
        reason: "authentication_too_old",
        parameters: { error: "insufficient_user_authentication", scope: "a b", max_age: "60" },
      });
    },
  );

  test.each([
    ["role", role("admin"), "role_missing"],
    ["authorization detail", details("a"), "details_missing"],
  ])("a missing %s wins over a step-up: the login would be in vain", async (_name, hopeless, reason) => {
    expect(await refuse(all(recent, hopeless))).toEqual({
      status: 403,
      reason,
      parameters: { error: "insufficient_scope" },
    });
  });

  test("two step-ups ask for one login that satisfies both", async () => {
    const requirement = all(strong, stepUp({ acrValues: ["silver", "bronze"], maxAge: 600 }), recent);
    expect((await refuse(requirement)).parameters).toMatchObject({ acr_values: "silver", max_age: "60" });
  });

  test("step-ups that share no acr still name one list", async () => {
    expect((await refuse(all(strong, stepUp({ acrValues: ["iron"] })))).parameters["acr_values"]).toBe("gold silver");
  });

  test("the first one gives the reason among several that only an administrator can mend", async () => {
    expect((await refuse(all(role("b"), details("a")))).reason).toBe("role_missing");
  });
});

describe("Of alternatives", () => {
  test("one that is met is enough", async () => {
    expect(await verdict(guard, token({ permissions: ["a"] }), any(recent, permission("a")))).toBe("accepted");
    expect(await verdict(guard, token({ auth_time: start }), any(permission("a"), recent))).toBe("accepted");
  });

  test("the first that a new token could satisfy is pointed to: a step-up", async () => {
    expect(await refuse(any(role("admin"), recent, permission("a")))).toMatchObject({
      status: 401,
      parameters: { max_age: "60" },
    });
  });

  test("the first that a new token could satisfy is pointed to: a scope", async () => {
    expect(await refuse(any(role("admin"), permission("a"), recent))).toEqual({
      status: 403,
      reason: "requirement_not_met",
      parameters: { error: "insufficient_scope", scope: "a" },
    });
  });

  test("one with a login in vain is passed over", async () => {
    const requirement = any(all(role("admin"), recent), permission("a"));
    expect(await refuse(requirement)).toMatchObject({ status: 403, parameters: { scope: "a" } });
  });
});

describe("A step-up cannot be negated", () => {
  test.each<[string, () => Requirement]>([
    ["itself", () => not(recent)],
    ["within all", () => not(all(scope("a"), recent))],
    ["within any", () => not(any(scope("a"), recent))],
    ["twice", () => not(not(recent))],
  ])("%s: a token that does not say when the login was would pass", (_name, make) => {
    expect(make).toThrow(ConfigError);
  });
});
