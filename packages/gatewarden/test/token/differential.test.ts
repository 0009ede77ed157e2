// The same tokens given to jose's `jwtVerify` with the same issuer, audience, algorithms, keys and clock.
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { asymmetricAlgorithms } from "../../src/token/algorithms.js";
import { start } from "../support/clock.js";
import { audience, guardWith, issuer, jwks, verdict } from "../support/keys.js";
import { claimsCases } from "./_claims-cases.js";
import { formCases } from "./_form-cases.js";
import { headerCases } from "./_header-cases.js";
import { signatureCases } from "./_signature-cases.js";
import { named } from "./_token-case.js";

const guard = guardWith();
const keys = createLocalJWKSet(jwks as JSONWebKeySet);

async function joseAccepts(token: string): Promise<boolean> {
  const options = {
    issuer,
    audience,
    clockTolerance: 5,
    algorithms: [...asymmetricAlgorithms],
    requiredClaims: ["iss", "aud", "exp"],
    currentDate: new Date(start * 1000),
  };
  return jwtVerify(token, keys, options).then(
    () => true,
    () => false,
  );
}

const all = [...headerCases, ...formCases, ...claimsCases, ...signatureCases];
const acceptedCases = all.filter(({ expected }) => expected === "accepted");
const refusedCases = all.filter(({ expected }) => expected !== "accepted");

describe("Whatever the guard accepts, jose accepts", () => {
  test.each(named(acceptedCases))("%s", async (_name, { token }) => {
    expect([await verdict(guard, token), await joseAccepts(token)]).toEqual(["accepted", true]);
  });
});

describe("What the guard refuses and jose accepts is refused by a rule with a name", () => {
  test.each(named(refusedCases))("%s", async (_name, { token, stricter }) => {
    expect(await verdict(guard, token)).not.toBe("accepted");
    if (await joseAccepts(token)) expect(stricter, "the rule that jose does not have").toBeDefined();
  });
});

describe("Each rule that is named sets the guard apart from jose", () => {
  const rules = [...new Set(refusedCases.map(({ stricter }) => stricter))].filter((rule) => rule !== undefined);

  test.each(rules)("%s", async (rule) => {
    const answers = await Promise.all(
      refusedCases.filter(({ stricter }) => stricter === rule).map(({ token }) => joseAccepts(token)),
    );
    expect(answers).toContain(true);
  });
});
