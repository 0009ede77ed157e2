// RFC 9470: the login behind the token must be strong and recent enough; otherwise the challenge says what it must be.
import { describe, expect, test } from "vitest";
import { ConfigError, createGuard, type StepUpTerms, stepUp, toOpenApiSecurity } from "../../src/index.js";
import { parseChallenge } from "../support/challenge.js";
import { createClock, start } from "../support/clock.js";
import { bearer, type Claims, guardWith, options, refusalOf, token, verdict } from "../support/keys.js";

const strong = "urn:mace:incommon:iap:silver";
const verdictFor = (terms: StepUpTerms, claims: Claims) => verdict(guardWith(), token(claims), stepUp(terms));

describe("A step-up by acr_values", () => {
  test("is met by a token whose acr is one of them", async () => {
    expect(await verdictFor({ acrValues: ["other", strong] }, { acr: strong })).toBe("accepted");
  });

  test.each([
    ["absent", undefined],
    ["another one", "urn:mace:incommon:iap:bronze"],
    ["a longer one", `${strong}2`],
    ["a part of it", "silver"],
    ["in other letters", strong.toUpperCase()],
    ["two in one", `${strong} x`],
    ["a list that holds it", [strong]],
    ["null", null],
    ["true", true],
  ])("is not met when acr is %s (RFC 9470 §6)", async (_name, acr) => {
    expect(await verdictFor({ acrValues: [strong] }, { acr })).toBe("authentication_too_weak");
  });

  test("is not met by an acr that the token merely inherits", async () => {
    expect(await verdictFor({ acrValues: ["a"] }, { ["__proto__"]: { acr: "a" } })).toBe("authentication_too_weak");
  });
});

describe("A step-up by max_age (RFC 9470 §3)", () => {
  test.each([
    ["just now", 0],
    ["as long ago as is allowed", 60],
    ["a little longer ago, within the clock tolerance", 65],
    ["in the future, within the clock tolerance", -5],
  ])("is met by a login %s", async (_name, age) => {
    expect(await verdictFor({ maxAge: 60 }, { auth_time: start - age })).toBe("accepted");
  });

  test.each([
    ["longer ago", start - 66],
    ["in the future", start + 6],
    ["that the token does not date", undefined],
    ["dated with text", String(start)],
    ["dated null", null],
    ["dated in milliseconds", start * 1000],
  ])("is not met by a login %s", async (_name, time) => {
    expect(await verdictFor({ maxAge: 60 }, { auth_time: time })).toBe("authentication_too_old");
  });

  test("is not met by a login dated 1e999, which JSON reads as infinite", async () => {
    const payload = JSON.stringify({ iss: "https://issuer.test/", aud: "https://api.test", exp: start + 300 });
    const forged = token({}, { payload: payload.replace("}", ',"auth_time":1e999}') });
    expect(await verdict(guardWith(), forged, stepUp({ maxAge: 60 }))).toBe("authentication_too_old");
  });

  test("asks for a login just now when it is 0", async () => {
    expect(await verdictFor({ maxAge: 0 }, { auth_time: start })).toBe("accepted");
    expect(await verdictFor({ maxAge: 0 }, { auth_time: start - 6 })).toBe("authentication_too_old");
  });

  test("grows unmet while the same token is used on", async () => {
    const clock = createClock();
    const guard = createGuard(options({ now: clock.now }));
    const [same, requirement] = [token({ auth_time: start }), stepUp({ maxAge: 60 })];
    expect(await verdict(guard, same, requirement)).toBe("accepted");
    clock.advance(66);
    expect(await verdict(guard, same, requirement)).toBe("authentication_too_old");
  });
});

describe("The refusal of a step-up", () => {
  const refuse = async (terms: StepUpTerms, claims: Claims) => {
    const guard = guardWith();
    const error = await refusalOf(guard.check(bearer(token(claims)), stepUp(terms)));
    const { status, headers, body } = guard.refusal(error);
    return { status, body, parameters: parseChallenge(String(headers["www-authenticate"])).parameters };
  };

  test("is 401 insufficient_user_authentication (RFC 9470 §3)", async () => {
    const { status, body, parameters } = await refuse({ maxAge: 5 }, { auth_time: start - 100 });
    expect({ status, error: body.error }).toEqual({ status: 401, error: "insufficient_user_authentication" });
    expect(parameters).toMatchObject({ error: "insufficient_user_authentication", max_age: "5" });
    expect(parameters).not.toHaveProperty("acr_values");
  });

  test("names acr_values in order of preference, with blanks between", async () => {
    const { parameters } = await refuse({ acrValues: ["gold", "silver"] }, { acr: "bronze" });
    expect(parameters["acr_values"]).toBe("gold silver");
    expect(parameters).not.toHaveProperty("max_age");
  });

  test("names all terms, also those that are met, so that one new login is enough", async () => {
    const terms = { acrValues: ["gold"], maxAge: 0 };
    const { parameters } = await refuse(terms, { acr: "gold", auth_time: start - 100 });
    expect(parameters).toMatchObject({ acr_values: "gold", max_age: "0" });
  });

  test("says nothing of what the token says", async () => {
    expect(JSON.stringify(await refuse({ acrValues: ["gold"] }, { acr: "SECRET" }))).not.toContain("SECRET");
  });
});

describe("A step-up is refused at start-up when it", () => {
  test.each<[string, unknown]>([
    ["asks for nothing", {}],
    ["has an empty list", { acrValues: [] }],
    ["has an acr with a blank", { acrValues: ["gold silver"] }],
    ["has an acr with a quote", { acrValues: ['gold"'] }],
    ["has text instead of a list", { acrValues: "gold" }],
    ["has a negative age", { maxAge: -1 }],
    ["has half a second", { maxAge: 0.5 }],
    ["has an endless age", { maxAge: Number.POSITIVE_INFINITY }],
    ["has no number as age", { maxAge: "60" }],
    ["has a misspelt member", { maxAge: 60, acr_values: ["gold"] }],
  ])("%s", (_name, terms) => {
    expect(() => stepUp(terms as StepUpTerms)).toThrow(ConfigError);
  });
});

test("A step-up survives JSON, as every requirement does", async () => {
  const requirement = JSON.parse(JSON.stringify(stepUp({ acrValues: ["gold"], maxAge: 60 })));
  expect(await verdict(guardWith(), token({ acr: "gold", auth_time: start }), requirement)).toBe("accepted");
});

test("A step-up has no scope in the OpenAPI document", () => {
  expect(toOpenApiSecurity(stepUp({ maxAge: 60 }), "oauth2")).toEqual([{ oauth2: [] }]);
});
