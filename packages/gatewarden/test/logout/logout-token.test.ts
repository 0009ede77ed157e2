// Every rule of OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6, each with hostile cases and
// the nearest valid ones; and the same tokens given to jose.
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { asymmetricAlgorithms } from "../../src/token/algorithms.js";
import { start } from "../support/clock.js";
import { issuer, jwks } from "../support/keys.js";
import { logoutCases } from "./_logout-cases.js";
import { clientId, createLogoutBench, verdictOf } from "./_logout-token.js";

const clients = [clientId, "app-2"];
const keys = createLocalJWKSet(jwks as JSONWebKeySet);

async function joseAccepts(token: string): Promise<boolean> {
  const options = {
    issuer,
    audience: clients,
    clockTolerance: 5,
    algorithms: [...asymmetricAlgorithms],
    requiredClaims: ["iss", "aud", "iat", "exp", "jti", "events"],
    currentDate: new Date(start * 1000),
  };
  return jwtVerify(token, keys, options).then(
    () => true,
    () => false,
  );
}

describe("A logout token with", () => {
  test.each(logoutCases)("$name: $expected", async ({ token, expected }) => {
    const { post, list } = createLogoutBench({ clientId: clients });
    expect(verdictOf(await post(token))).toBe(expected);
    expect(list.size).toBe(expected === "done" ? 1 : 0);
  });
});

describe("jose, asked about the same logout token, agrees or lacks a rule that has a name:", () => {
  test.each(logoutCases)("$name", async ({ token, expected, stricter }) => {
    const isAccepted = await joseAccepts(token);
    if (expected === "done") expect(isAccepted).toBe(true);
    else if (isAccepted) expect(stricter, "the rule that jose does not have").toBeDefined();
  });

  const rules = [...new Set(logoutCases.map(({ stricter }) => stricter))].filter((rule) => rule !== undefined);
  test.each(rules)("the rule %s sets the endpoint apart", async (rule) => {
    const tokens = logoutCases.filter(({ stricter }) => stricter === rule).map(({ token }) => token);
    expect(await Promise.all(tokens.map(joseAccepts))).toContain(true);
  });
});

describe("A logout token whose issuer has a secret", () => {
  const secret = "a-secret-that-the-api-shares-with-its-issuer!";

  test("is refused when it is signed with the secret (RFC 8725 §3.1)", async () => {
    const { SignJWT } = await import("jose");
    const { logoutClaims } = await import("./_logout-token.js");
    const { post } = createLogoutBench({}, { keys: { secret } });
    const token = await new SignJWT(logoutClaims() as never)
      .setProtectedHeader({ alg: "HS256", typ: "logout+jwt" })
      .sign(new TextEncoder().encode(secret));
    expect(verdictOf(await post(token))).toBe("algorithm_not_allowed (alg)");
  });
});
