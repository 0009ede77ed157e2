// The short cut for good tokens, held against the rules: it may never say yes where a rule says no.
import { describe, expect, test } from "vitest";
import { isHeaderSound, isSound } from "../../src/fast/sound-token.js";
import { claimRules, type TokenFacts, toLifetime } from "../../src/token/claims.js";
import { headerRules } from "../../src/token/header.js";

const now = 1_800_000_000;
const policy = {
  issuer: "https://issuer.test/",
  audiences: ["https://api.test", "other"],
  algorithms: new Set(["RS256", "ES256"]),
  tokenType: "any",
  clockTolerance: 5,
} as const;

/** Values that a claim may have, good and bad ones. */
const values: Readonly<Record<string, readonly unknown[]>> = {
  iss: ["https://issuer.test/", "https://issuer.test", undefined, 1, ["https://issuer.test/"]],
  aud: ["https://api.test", ["x", "other"], ["x"], [], [1, "other"], "api", undefined, { 0: "other" }, null],
  exp: [now + 60, now - 4, now - 5, now - 6, Number.POSITIVE_INFINITY, "1", undefined, null, Number.NaN],
  nbf: [undefined, now, now + 5, now + 6, "1", null, Number.NEGATIVE_INFINITY],
  iat: [undefined, now, now + 5, now + 6, "1", null],
  sub: [undefined, "me", 1, null],
  client_id: [undefined, "client", ["client"], "https://api.test"],
  azp: [undefined, "client", 7, "other"],
  jti: [undefined, "id", {}],
  scope: ["openid", undefined, null, ""],
  permissions: [undefined, [], null],
  scp: [undefined, "a", null],
  roles: [undefined, ["a"], []],
  appid: [undefined, "app", "client", "stranger", "https://api.test"],
  nonce: [undefined, "n", null],
  at_hash: [undefined, "h", null],
  auth_time: [undefined, now],
  act: [undefined, { sub: "agent" }, { sub: 1 }, "agent", null, {}],
  events: [undefined, {}, null],
  token_use: [undefined, "access", "access_token", "id", null],
  typ: [undefined, "Bearer", "DPoP", "ID", "Refresh", 1],
};
const headers = [
  ...[
    "at+jwt",
    "JWT",
    "jwt",
    "AT+JWT",
    "application/at+jwt",
    "application/jwt",
    "dpop+jwt",
    "logout+jwt",
    undefined,
  ].map((typ) => ({
    alg: "RS256",
    typ,
  })),
  { alg: "HS256", typ: "JWT" },
  { alg: "none", typ: undefined },
];

/** With clients beside the audience, and instead of it. */
const clients = [
  {},
  { clientIds: ["client"] },
  { clientIds: ["client", "other"] },
  { clientIds: ["client"], audiences: [] },
  { audiences: [] },
];

/** A small generator of numbers that is the same every time. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function pick<Value>(list: readonly Value[], random: (below: number) => number, goodIn: number): Value {
  return list[random(goodIn) === 0 ? random(list.length) : 0] as Value;
}

const good = { iss: policy.issuer, aud: policy.audiences[0], exp: now + 60, scope: "a" };

describe("A token that is sound beyond doubt", () => {
  test.each([
    ["mostly good", 20],
    ["half good", 6],
    ["any", 1],
  ])("is refused by no rule: %s claims", (_name, goodIn) => {
    const random = createRandom(goodIn);
    let sound = 0;
    for (let index = 0; index < 30_000; index++) {
      const claims: Record<string, unknown> = {};
      for (const [name, list] of Object.entries(values)) {
        const value = pick(list, random, goodIn);
        if (value !== undefined) claims[name] = value;
      }
      const header = { kid: undefined, ...pick(headers, random, goodIn) };
      const tokenType = random(10) === 0 ? "at+jwt" : "any";
      const facts: TokenFacts = { header, claims, policy: { ...policy, ...pick(clients, random, 2), tokenType }, now };
      if (isHeaderSound(facts)) expect(headerRules.map((rule) => rule(facts)?.reason).filter(Boolean)).toEqual([]);
      if (!isSound(facts)) continue;
      sound++;
      const refusals = claimRules.map((rule) => rule(facts)?.reason).filter(Boolean);
      expect({ refusals, claims }).toEqual({ refusals: [], claims });
      const { from, until } = toLifetime(claims, policy);
      expect(now >= from && now < until).toBe(true);
    }
    if (goodIn > 1) expect(sound).toBeGreaterThan(100);
  });

  test.each(["iss", "exp", "aud", "scope", "sub", "jti"])(
    "is never sound while all objects have %s (CWE-1321)",
    (name) => {
      const facts: TokenFacts = { header: { alg: "RS256", kid: undefined, typ: "JWT" }, claims: good, policy, now };
      expect(isSound(facts)).toBe(true);
      Object.defineProperty(Object.prototype, name, { value: "x", configurable: true });
      try {
        expect(isSound(facts)).toBe(false);
      } finally {
        Reflect.deleteProperty(Object.prototype, name);
      }
      expect(isSound(facts)).toBe(true);
    },
  );
});
