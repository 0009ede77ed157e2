// `maxTokenAge`: a token is refused when `iat` is too long ago, whatever its `exp` (RFC 7519 §4.1.6).
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { ConfigError, createGuard, type GuardOptions } from "../../src/index.js";
import { createClock, start } from "../support/clock.js";
import { audience, type Claims, guardWith, issuer, jwks, options, token, verdict } from "../support/keys.js";

const keys = createLocalJWKSet(jwks as JSONWebKeySet);
const hour = 3600;
const limited = guardWith({ maxTokenAge: hour });
const lasting = { exp: start + 24 * hour };

function joseVerdict(made: string): Promise<"accepted" | "refused"> {
  const terms = { issuer, audience, clockTolerance: 5, maxTokenAge: hour, currentDate: new Date(start * 1000) };
  return jwtVerify(made, keys, terms).then(
    () => "accepted",
    () => "refused",
  );
}

describe("A token of a guard with maxTokenAge", () => {
  test.each<[string, Claims, string]>([
    ["issued now", { iat: start }, "accepted"],
    ["of exactly that age", { iat: start - hour }, "accepted"],
    ["older within the tolerance", { iat: start - hour - 5 }, "accepted"],
    ["a second older than that", { iat: start - hour - 6 }, "token_too_old"],
    ["a fraction older than that", { iat: start - hour - 5.001 }, "token_too_old"],
    ["from 1970", { iat: 0 }, "token_too_old"],
    ["dated before 1970", { iat: -1 }, "token_too_old"],
    ["without iat", { iat: undefined }, "claim_missing"],
    ["whose iat is null", { iat: null }, "claim_missing"],
    ["whose iat is text", { iat: String(start) }, "claim_invalid"],
    ["whose iat is in the future", { iat: start + 6 }, "issued_in_future"],
    ["that is new and has expired", { iat: start - 60, exp: start - 5 }, "expired"],
  ])("%s", async (_name, claims, expected) => {
    const made = token({ ...lasting, ...claims });
    expect(await verdict(limited, made)).toBe(expected);
    expect(await joseVerdict(made)).toBe(expected === "accepted" ? "accepted" : "refused");
  });

  test("is as good as ever without the option", async () => {
    expect(await verdict(guardWith(), token({ ...lasting, iat: start - 20 * hour }))).toBe("accepted");
    expect(await verdict(guardWith(), token({ ...lasting, iat: undefined }))).toBe("accepted");
  });
});

describe("jose's jwtVerify and the guard agree", () => {
  const ages = Array.from({ length: 41 }, (_, index) => hour - 20 + index);

  test.each(ages)("about a token of %i seconds", async (age) => {
    const made = token({ ...lasting, iat: start - age });
    expect((await verdict(limited, made)) === "accepted").toBe((await joseVerdict(made)) === "accepted");
  });
});

describe("A known token", () => {
  const at = async (age: number, extra: GuardOptions = {}) => {
    const clock = createClock();
    const guard = guardWith({ maxTokenAge: hour, now: clock.now, ...extra });
    const made = token({ ...lasting, iat: start });
    for (let turn = 0; turn < 3; turn++) expect(await verdict(guard, made)).toBe("accepted");
    expect(guard.cacheCounts()?.hits).toBeGreaterThan(0);
    clock.advance(age);
    return [await verdict(guard, made), await verdict(guard, made)];
  };

  test("is accepted up to the age", async () => {
    expect(await at(hour + 4)).toEqual(["accepted", "accepted"]);
    expect(await at(hour + 5)).toEqual(["accepted", "accepted"]);
  });

  test("is refused beyond it", async () => {
    expect(await at(hour + 5.001)).toEqual(["token_too_old", "token_too_old"]);
    expect(await at(10 * hour)).toEqual(["token_too_old", "token_too_old"]);
  });

  test("still expires by exp, where that is earlier", async () => {
    expect(await at(24 * hour + 5, { maxTokenAge: 48 * hour })).toEqual(["expired", "expired"]);
    expect(await at(24 * hour + 4, { maxTokenAge: 48 * hour })).toEqual(["accepted", "accepted"]);
  });
});

describe("The limit of one issuer", () => {
  const old = token({ ...lasting, iat: start - 2 * hour });
  const terms = { issuer, keys: { jwks } };
  const lookUp = (limit: GuardOptions) => ({
    resolve: (iss: string) => (iss === issuer ? { ...terms, ...(limit as object) } : undefined),
    allowPrivateNetwork: true,
  });
  const guardOf = (changes: GuardOptions) => createGuard(options({ keys: {}, ...changes }));

  test.each<[string, GuardOptions, string]>([
    ["is the guard's", { issuer: [terms], maxTokenAge: hour }, "token_too_old"],
    ["may be its own", { issuer: [{ ...terms, maxTokenAge: hour }] }, "token_too_old"],
    ["may be wider", { issuer: [{ ...terms, maxTokenAge: 3 * hour }], maxTokenAge: hour }, "accepted"],
    ["may be looked up", { issuer: lookUp({ maxTokenAge: hour }) }, "token_too_old"],
    ["may be looked up, and be wider", { issuer: lookUp({ maxTokenAge: 3 * hour }) }, "accepted"],
    ["is the guard's where terms are looked up", { issuer: lookUp({}), maxTokenAge: hour }, "token_too_old"],
    ["does not bind another", { issuer: [terms, { issuer: "https://b.test/", maxTokenAge: 60 }] }, "accepted"],
  ])("%s", async (_name, changes, expected) => {
    expect(await verdict(guardOf(changes), old)).toBe(expected);
  });

  test.each([null, "3600", 0, Number.NaN, Number.POSITIVE_INFINITY])("is no %s", (value) => {
    const maxTokenAge = value as number;
    expect(() => guardWith({ maxTokenAge })).toThrow(ConfigError);
    expect(() => guardOf({ issuer: [{ ...terms, maxTokenAge }], maxTokenAge: hour })).toThrow(ConfigError);
  });
});

describe("An opaque token", () => {
  const described = (iat: number | undefined | null) => ({
    maxTokenAge: hour,
    introspection: async () => ({ active: true, token_type: "Bearer", aud: audience, sub: "a", iat, ...lasting }),
  });

  test.each<[string, number | undefined | null, string]>([
    ["that is young", start - hour, "accepted"],
    ["that is old", start - hour - 6, "token_too_old"],
    ["that the server does not date, and has just called active", undefined, "accepted"],
    ["that the server dates with null", null, "accepted"],
  ])("%s", async (_name, iat, expected) => {
    expect(await verdict(guardWith(described(iat)), "opaque")).toBe(expected);
  });

  test("grows old while its description is kept", async () => {
    const clock = createClock();
    const introspection = { ...described(start - hour), maxAge: 3600 };
    const guard = guardWith({
      maxTokenAge: hour,
      now: clock.now,
      introspection: { introspect: introspection.introspection, maxAge: 3600 },
    });
    expect(await verdict(guard, "opaque")).toBe("accepted");
    clock.advance(6);
    expect(await verdict(guard, "opaque")).toBe("token_too_old");
  });
});

describe("explain", () => {
  test("says how old the token is, and what is accepted, beside its other faults", async () => {
    const findings = await limited.explain(token({ ...lasting, iat: start - 3 * hour, aud: "other" }));
    expect(findings.map(({ code }) => code).slice(0, 2)).toEqual(["audience_mismatch", "token_too_old"]);
    const finding = findings.find(({ code }) => code === "token_too_old");
    expect(finding?.message).toContain("It was issued 3 hours ago");
    expect(finding?.message).toContain("This API accepts 1 hour.");
  });

  test("finds a missing or malformed iat once", async () => {
    const codes = async (iat: unknown) => (await limited.explain(token({ ...lasting, iat }))).map(({ code }) => code);
    expect((await codes(undefined)).filter((code) => code === "claim_missing")).toHaveLength(1);
    expect(await codes("text")).not.toContain("accepted");
  });
});
