// The terms that a policy sets: the claims of RFC 9068, clocks (nbf and its like) and audiences.
import { describe, expect, test } from "vitest";
import { start } from "../support/clock.js";
import { type Claims, guardWith, token, verdict } from "../support/keys.js";

const strict = guardWith({ tokenType: "at+jwt" });
const full: Claims = { client_id: "app", jti: "id-1" };
const typed = (changes: Claims) =>
  token({ ...full, ...changes }, { header: { alg: "ES256", kid: "ec", typ: "at+jwt" } });

describe("A guard that demands at+jwt (RFC 9068 §2.2)", () => {
  test("accepts a token with all claims", async () => {
    expect(await verdict(strict, typed({}))).toBe("accepted");
  });

  test.each(["iss", "exp", "aud", "sub", "client_id", "iat", "jti"])("refuses a token without %s", async (name) => {
    expect(await verdict(strict, typed({ [name]: undefined }))).toBe("claim_missing");
  });
});

describe("A token that is not valid yet: nbf (RFC 7519 §4.1.5)", () => {
  test.each([
    ["is refused a moment before nbf", start + 5.001, "not_yet_valid"],
    ["is refused an hour before nbf", start + 3600, "not_yet_valid"],
    ["is accepted from nbf on, within the tolerance", start + 5, "accepted"],
    ["is accepted after nbf", start - 3600, "accepted"],
  ])("%s", async (_name, nbf, expected) => {
    expect(await verdict(guardWith({ clockTolerance: 5 }), token({ nbf }))).toBe(expected);
  });
});

describe("With a tolerance of", () => {
  test.each<[number, Claims, string]>([
    [0, { exp: start }, "expired"],
    [0, { exp: start + 0.001 }, "accepted"],
    [0, { nbf: start }, "accepted"],
    [0, { nbf: start + 0.001 }, "not_yet_valid"],
    [0, { iat: start }, "accepted"],
    [0, { iat: start + 0.001 }, "issued_in_future"],
    [5, { exp: start - 5 }, "expired"],
    [5, { exp: start - 4.999 }, "accepted"],
    [5, { nbf: start + 5 }, "accepted"],
    [5, { nbf: start + 5.001 }, "not_yet_valid"],
    [300, { exp: start - 300 }, "expired"],
    [300, { exp: start - 299 }, "accepted"],
    [300, { iat: start + 300 }, "accepted"],
    [300, { iat: start + 301 }, "issued_in_future"],
  ])("%d seconds, a token with %j is %s", async (clockTolerance, changes, expected) => {
    expect(await verdict(guardWith({ clockTolerance }), token(changes))).toBe(expected);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    "the usual size, a clock that says %d accepts nothing",
    async (now) => {
      expect(await verdict(guardWith({ now: () => now }), token())).toBe("expired");
    },
  );
});

describe("A guard for several audiences: aud (RFC 9068 §4, RFC 7519 §4.1.3)", () => {
  const guard = guardWith({ audience: ["https://api.test", "urn:api:2"] });

  test.each([
    ["https://api.test", "accepted"],
    ["urn:api:2", "accepted"],
    [["x", "urn:api:2"], "accepted"],
    ["https://api.test urn:api:2", "audience_mismatch"],
    ["https://api.test,urn:api:2", "audience_mismatch"],
    [["x"], "audience_mismatch"],
  ])("answers a token for %j with %s", async (aud, expected) => {
    expect(await verdict(guard, token({ aud }))).toBe(expected);
  });
});
