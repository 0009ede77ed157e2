// Every rule for a security event token (RFC 8417, SSF 1.0 §4), with hostile cases and the nearest
// valid ones; and the same tokens given to jose.
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { asymmetricAlgorithms } from "../../src/token/algorithms.js";
import { start } from "../support/clock.js";
import { ec, issuer, jwks, verdict } from "../support/keys.js";
import { createSignalBench, receiverAudience, setToken, verdictOf } from "./_signal.js";
import { signalCases } from "./_signal-cases.js";

const keys = createLocalJWKSet(jwks as JSONWebKeySet);

async function joseAccepts(token: string): Promise<boolean> {
  const options = {
    issuer,
    audience: receiverAudience,
    clockTolerance: 5,
    algorithms: [...asymmetricAlgorithms],
    requiredClaims: ["iss", "aud", "iat", "jti", "events"],
    currentDate: new Date(start * 1000),
  };
  return jwtVerify(token, keys, options).then(
    () => true,
    () => false,
  );
}

describe("A security event token with", () => {
  test.each(signalCases)("$name: $expected", async ({ token, expected }) => {
    const { push, reports } = createSignalBench();
    expect(verdictOf(await push(token))).toBe(expected);
    expect(reports).toMatchObject([{ outcome: expected === "done" ? "done" : "refused" }]);
  });
});

describe("jose, asked about the same security event token, agrees or lacks a rule that has a name:", () => {
  test.each(signalCases)("$name", async ({ token, expected, stricter }) => {
    const isAccepted = await joseAccepts(token);
    if (expected === "done") expect(isAccepted).toBe(true);
    else if (isAccepted) expect(stricter, "the rule that jose does not have").toBeDefined();
  });

  const rules = [...new Set(signalCases.map(({ stricter }) => stricter))].filter((rule) => rule !== undefined);
  test.each(rules)("the rule %s sets the receiver apart", async (rule) => {
    const tokens = signalCases.filter(({ stricter }) => stricter === rule).map(({ token }) => token);
    expect(await Promise.all(tokens.map(joseAccepts))).toContain(true);
  });
});

describe("A security event token", () => {
  test("is no access token", async () => {
    const { guard } = createSignalBench();
    expect(await verdict(guard, setToken({ aud: "https://api.test", sub: "a", exp: start + 60 }))).toBe("logout_token");
  });

  test("of an issuer that is not a transmitter is refused: access_denied", async () => {
    const other = "https://other.test/";
    const issuers = [issuer, other].map((name) => ({ issuer: name, keys: { jwks } }));
    const { push, list } = createSignalBench({ transmitters: [other] }, { issuer: issuers, keys: {} });
    expect(verdictOf(await push(setToken()))).toBe("access_denied: issuer_untrusted (transmitter)");
    expect(list.size).toBe(0);
    expect(verdictOf(await push(setToken({ iss: other, jti: "2" })))).toBe("done");
  });
});

describe("With `profile: set`, as transmitters before SSF 1.0 write them (RFC 8417 §2.2, §2.3),", () => {
  const { push } = createSignalBench({ profile: "set" });
  test.each([
    ["no typ", { typ: undefined }, {}, "done"],
    ["typ JWT", { typ: "JWT" }, {}, "done"],
    ["typ at+jwt", { typ: "at+jwt" }, {}, "invalid_request: type_not_allowed (typ)"],
    ["a sub", {}, { sub: "user|1" }, "done"],
    ["a sub and no sub_id (RFC 8417 §2.2)", {}, { sub: "user|1", sub_id: undefined }, "done"],
    ["no subject, which RFC 8417 does not require", {}, { sub_id: undefined }, "done"],
    ["an exp", {}, { exp: start + 60 }, "done"],
    ["an exp in the past", {}, { exp: start - 6 }, "invalid_request: expired (exp)"],
  ])("%s", async (name, header, changes, expected) => {
    const token = setToken(
      { jti: name, ...changes },
      { header: { alg: "ES256", kid: ec.kid, typ: "secevent+jwt", ...header } },
    );
    expect(verdictOf(await push(token))).toBe(expected);
  });
});
