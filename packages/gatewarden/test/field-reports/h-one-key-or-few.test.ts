// Kind H: ambiguity that is none, and ambiguity that a bounded number of tries settles.
//
// - One key listed twice: https://github.com/panva/jose/issues/392; as a plain key and with its
//   certificate: https://github.com/dadrus/heimdall/issues/5; the same key under two names, and
//   tokens without one: https://github.com/quarkusio/quarkus/issues/41931
// - RFC 7638 §3: a key's thumbprint is made of its required members alone
// - Tokens without `kid` beside several keys: RFC 7515 §6 and Appendix D leave how to choose to the
//   application; OpenID Connect Core §10.1 demands a `kid` where a set has several keys. Kept:
//   https://github.com/blckngm/jwtk/pull/2 ("two or three"),
//   https://github.com/MicahParks/keyfunc/issues/127,
//   https://github.com/hyprstream/hyprstream/issues/1184 (the second of two keys)
// - Different keys under one `kid`: RFC 7517 §4.5 says that they SHOULD have distinct ones, save
//   for different types. Providers publish both: other types
//   (https://github.com/inrupt/solid-client-authn-js/issues/1799), other algorithms
//   (https://github.com/keycloak/keycloak/pull/15114,
//   https://github.com/mozilla/mozilla-django-oidc/pull/350), and seldom two alike
//   (https://github.com/latchset/jwcrypto/pull/268). The first two are told apart by the algorithm;
//   the last stays refused.
import { createLocalJWKSet, errors, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createGuard } from "../../src/index.js";
import { importJwk } from "../../src/keys/key.js";
import { parseKeySet, selectVerifier } from "../../src/keys/key-set.js";
import { tryEach } from "../../src/keys/tries.js";
import type { Verify } from "../../src/token/signature.js";
import { createClock, start } from "../support/clock.js";
import { createKey, forge, type TestKey } from "../support/forge.js";
import { json } from "../support/issuer-server.js";
import {
  audience,
  bearer,
  claims,
  ec,
  ed,
  guardWith,
  issuer,
  options,
  refusalOf,
  rsa,
  stranger,
  verdict,
} from "../support/keys.js";
import { type Remote, second, startRemote } from "../support/remote.js";

type Members = Record<string, unknown>;

const [one, two, three, four, five] = ["one", "two", "three", "four", "five"].map((kid) => createKey("ES256", kid));
const all = [one, two, three, four, five] as [TestKey, TestKey, TestKey, TestKey, TestKey];
const sign = (key: TestKey | undefined, header: Members = {}, alg = "ES256") =>
  forge({ header: { alg, ...header }, payload: claims(), key: key ?? stranger, alg });
const withKeys = (...keys: Members[]) => guardWith({ keys: { jwks: { keys } } });
const jwksOf = (keys: readonly TestKey[]) => keys.map(({ jwk }) => jwk);
const renamed = ({ jwk }: TestKey, changes: Members) => {
  const { kid: _kid, ...members } = jwk;
  return { ...members, ...changes };
};
/** The number that a coordinate or modulus spells, with a zero byte in front. */
const padded = (text: unknown) =>
  Buffer.concat([Buffer.of(0), Buffer.from(String(text), "base64url")]).toString("base64url");

describe("One key that is listed twice is one key", () => {
  test.each([
    ["to the letter", ec.jwk, ec.jwk, { kid: "ec" }],
    ["once with its certificate", ec.jwk, { ...ec.jwk, x5c: ["AAAA"], x5t: "x" }, { kid: "ec" }],
    ["once with its use", ec.jwk, renamed(ec, { kid: "ec", use: null }), { kid: "ec" }],
    ["once with its algorithm", ec.jwk, { ...ec.jwk, alg: "ES256" }, { kid: "ec" }],
    ["in another order", ec.jwk, Object.fromEntries(Object.entries(ec.jwk).reverse()), { kid: "ec" }],
    ["under two names, for a token that gives one", ec.jwk, renamed(ec, { kid: "old" }), { kid: "old" }],
    ["under two names, for a token without kid", ec.jwk, renamed(ec, { kid: "old" }), {}],
    ["once without a name, for a token without kid", ec.jwk, renamed(ec, {}), {}],
    ["spelt with a zero in front", ec.jwk, { ...ec.jwk, x: padded(ec.jwk.x) }, { kid: "ec" }],
  ])("%s", async (_name, first, again, header) => {
    expect(await verdict(withKeys(first, again), sign(ec, header))).toBe("accepted");
  });

  test.each([
    ["RSA", rsa, "PS256", { ...rsa.jwk, n: padded(rsa.jwk.n) }],
    ["RSA, once with its algorithm", rsa, "RS256", { ...rsa.jwk, alg: "RS256" }],
    ["Ed25519", ed, "EdDSA", { ...ed.jwk, alg: "EdDSA" }],
  ])("of every type: %s", async (_name, key, alg, again) => {
    const guard = withKeys(key.jwk, again);
    expect(await verdict(guard, sign(key, { kid: key.kid }, alg))).toBe("accepted");
    expect(await verdict(guard, sign(key, {}, alg))).toBe("accepted");
  });

  test("ten times is no more than once: no key is tried twice", async () => {
    const guard = withKeys(...Array.from({ length: 10 }, (_, index) => renamed(ec, { kid: `n${index}` })));
    expect(await verdict(guard, sign(ec))).toBe("accepted");
    expect(guard.status().issuers[0]?.keys.counts.extraTries).toBe(0);
  });

  test("with another exponent is another key", async () => {
    const keys = [rsa.jwk, { ...rsa.jwk, e: "Aw" }];
    expect(await verdict(withKeys(...keys), sign(rsa, { kid: "rsa" }, "RS256"))).toBe("key_ambiguous");
  });
});

describe("Different keys under one kid", () => {
  test.each([
    ["of different types are told apart", [ec.jwk, { ...rsa.jwk, kid: "ec" }], rsa, "RS256", "accepted"],
    [
      "with different algorithms are told apart",
      [
        { ...rsa.jwk, alg: "RS256" },
        { ...createKey("PS256", "rsa").jwk, alg: "PS256" },
      ],
      rsa,
      "RS256",
      "accepted",
    ],
    ["that both fit are refused", [one?.jwk, { ...two?.jwk, kid: "one" }], one, "ES256", "key_ambiguous"],
    [
      "of which one is listed twice are refused",
      [one?.jwk, one?.jwk, { ...two?.jwk, kid: "one" }],
      one,
      "ES256",
      "key_ambiguous",
    ],
  ])("%s", async (_name, keys, key, alg, expected) => {
    const kid = (keys[0] as Members)["kid"];
    expect(await verdict(withKeys(...(keys as Members[])), sign(key, { kid }, alg))).toBe(expected);
  });
});

describe("A token without kid", () => {
  test.each(all.slice(0, 4).map(({ kid }, index) => [kid, index] as const))(
    "is verified with the one of four fitting keys that signed it: %s",
    async (_kid, index) => {
      const guard = withKeys(...jwksOf(all.slice(0, 4)), rsa.jwk, ed.jwk);
      expect(await verdict(guard, sign(all[index]))).toBe("accepted");
      expect(guard.status().issuers[0]?.keys.counts.extraTries).toBe(index);
    },
  );

  test("is refused beside five", async () => {
    expect(await verdict(withKeys(...jwksOf(all)), sign(one))).toBe("key_ambiguous");
  });

  test("is tried with five entries that are four keys", async () => {
    const keys = [...jwksOf(all.slice(0, 4)), renamed(all[0], { kid: "again" })];
    expect(await verdict(withKeys(...keys), sign(four))).toBe("accepted");
  });

  test("of none of the four is refused, and four are all that it cost", async () => {
    const guard = withKeys(...jwksOf(all.slice(0, 4)));
    expect(await verdict(guard, sign(stranger))).toBe("signature_invalid");
    expect(guard.status().issuers[0]?.keys.counts.extraTries).toBe(3);
  });

  test("is tried only with keys for its algorithm", async () => {
    const guard = withKeys({ ...rsa.jwk, alg: "RS512" }, createKey("PS256", "ps").jwk);
    expect(await verdict(guard, sign(rsa, {}, "RS256"))).toBe("signature_invalid");
    expect(guard.status().issuers[0]?.keys.counts.extraTries).toBe(0);
  });

  test("whose RSA keys are pinned is tried with those that may", async () => {
    const other = createKey("RS256", "other");
    const guard = guardWith({ keys: { jwks: { keys: [other.jwk, rsa.jwk] }, rsaAlgorithm: "RS256" } });
    expect(await verdict(guard, sign(rsa, {}, "RS256"))).toBe("accepted");
    expect(await verdict(guard, sign(rsa, {}, "PS256"))).toBe("key_unknown");
  });

  test("that names one is never tried with the others", async () => {
    const guard = withKeys(...jwksOf(all.slice(0, 4)));
    expect(await verdict(guard, sign(two, { kid: "one" }))).toBe("signature_invalid");
    expect(await verdict(guard, sign(two, { kid: "unknown" }))).toBe("key_unknown");
    expect(guard.status().issuers[0]?.keys.counts.extraTries).toBe(0);
  });

  test("changed after it was signed fits none", async () => {
    const [header, , signature] = sign(two).split(".");
    const payload = Buffer.from(JSON.stringify(claims({ sub: "admin" }))).toString("base64url");
    const guard = withKeys(...jwksOf(all.slice(0, 4)));
    expect(await verdict(guard, `${header}.${payload}.${signature}`)).toBe("signature_invalid");
  });

  test("that is known is answered at once, and tried no more", async () => {
    const guard = createGuard(options({ keys: { jwks: { keys: jwksOf(all.slice(0, 4)) } } }));
    const request = bearer(sign(four));
    await guard.check(request);
    await guard.check(request);
    const tries = guard.status().issuers[0]?.keys.counts.extraTries;
    for (let n = 0; n < 5; n++) expect(guard.attempt(request)).toHaveProperty("subject", "user|1");
    // In between, other keys are asked for.
    await verdict(guard, sign(one, { kid: "one" }));
    expect(guard.attempt(request)).toHaveProperty("subject", "user|1");
    expect(guard.status().issuers[0]?.keys.counts.extraTries).toBe(tries);
  });

  test("is verified at once where a single key fits: with that key's own function", async () => {
    const key = await importJwk(ec.jwk);
    const counts = { refreshes: 0, failures: 0, unknownKeyFetches: 0, staleServes: 0, extraTries: 0 };
    const set = await parseKeySet({ keys: [ec.jwk, ec.jwk, rsa.jwk] }, undefined, counts);
    const own = [...set.keys].map(({ verifiers }) => verifiers.get("ES256"));
    expect(own).toContain(selectVerifier(set, { alg: "ES256", kid: undefined }));
    expect(key.identity).toBe(set.keys[0]?.identity);
  });
});

describe("Keys that are tried later than at once", () => {
  /** Answers in a later turn, about the bytes that it got. */
  const slow = (expected: string): Verify => {
    return (data, signature) => {
      const own = [...data, ...signature].join();
      return new Promise((resolve) => setImmediate(() => resolve(own === expected)));
    };
  };
  const counts = () => ({ refreshes: 0, failures: 0, unknownKeyFetches: 0, staleServes: 0, extraTries: 0 });

  test.each([0, 1, 2, 3])(
    "are tried with the token's own bytes, although others came meanwhile: %i",
    async (fitting) => {
      const verifiers = [0, 1, 2, 3].map((index) => slow(index === fitting ? "1,2,3,4" : "none"));
      const [data, signature] = [Uint8Array.of(1, 2), Uint8Array.of(3, 4)];
      const answer = tryEach(verifiers, counts())(data, signature);
      // Room for bytes is used again for the next token.
      data.fill(9);
      signature.fill(9);
      expect(await answer).toBe(true);
    },
  );

  test("never verify another token in its place (CWE-362)", async () => {
    const [data, signature] = [Uint8Array.of(6, 6), Uint8Array.of(6, 6)];
    const answer = tryEach([slow("none"), slow("1,2,3,4")], counts())(data, signature);
    data.set([1, 2]);
    signature.set([3, 4]);
    expect(await answer).toBe(false);
  });

  test("verify forged and good tokens apart where the thread pool does it", async () => {
    const guard = withKeys(...jwksOf(all.slice(0, 4)));
    const tokens = Array.from({ length: 600 }, (_, index) => {
      const key = index % 3 === 0 ? stranger : all[index % 4];
      return [
        forge({ header: { alg: "ES256" }, payload: claims({ jti: `${index}` }), key: key as TestKey }),
        key,
      ] as const;
    });
    const verdicts = await Promise.all(tokens.map(([token]) => verdict(guard, token)));
    expect(verdicts).toEqual(tokens.map(([, key]) => (key === stranger ? "signature_invalid" : "accepted")));
  });
});

describe("A rotation at an issuer whose tokens name no key", () => {
  let remote: Remote;
  beforeEach(async () => {
    remote = await startRemote();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await remote.server.close();
  });
  const nameless = (key: TestKey) =>
    forge({
      header: { alg: "ES256" },
      payload: { iss: remote.server.issuer, aud: audience, sub: "u", exp: remote.clock.now() + 100_000 },
      key,
    });

  test("keeps old and new tokens good while both keys are published, and ends with the old key", async () => {
    const { guard, server, clock, key } = remote;
    const [old, fresh] = [nameless(key), nameless(second)];
    expect([await verdict(guard, old), await verdict(guard, fresh)]).toEqual(["accepted", "signature_invalid"]);
    server.publish([second.jwk, key.jwk]);
    clock.advance(601);
    expect([await verdict(guard, old), await verdict(guard, fresh)]).toEqual(["accepted", "accepted"]);
    server.publish([second.jwk]);
    clock.advance(601);
    // Also for a token that is known by now.
    expect([await verdict(guard, old), await verdict(guard, fresh)]).toEqual(["signature_invalid", "accepted"]);
  });

  test("is counted over all sets of keys, and asks the issuer no oftener", async () => {
    const { guard, server, clock, key } = remote;
    server.publish([second.jwk, key.jwk]);
    for (let n = 0; n < 3; n++) {
      await verdict(guard, nameless(key));
      clock.advance(601);
    }
    expect(guard.status().issuers[0]?.keys.counts).toMatchObject({ extraTries: 3, unknownKeyFetches: 0 });
  });

  // It says nothing of its key: asking the issuer for each would let anyone spend what is kept for
  // key ids that are new (CWE-400). docs/operations.md says what to do.
  test("is learnt of with the next refresh: tokens of a new key, or made up, ask for none", async () => {
    const { guard, server, clock, key } = remote;
    expect(await verdict(guard, nameless(key))).toBe("accepted");
    server.publish([second.jwk, key.jwk]);
    const before = server.count("/jwks");
    for (let n = 0; n < 50; n++)
      expect(await verdict(guard, nameless(n % 2 ? second : stranger))).toBe("signature_invalid");
    expect(server.count("/jwks")).toBe(before);
    // A key id that is new still finds the whole budget.
    expect(await verdict(guard, remote.token(second))).toBe("accepted");
    expect(await verdict(guard, nameless(second))).toBe("accepted");
    clock.advance(601);
    expect(await verdict(guard, nameless(second))).toBe("accepted");
  });

  test("with a key that is listed twice stays silent", async () => {
    remote.server.on("/jwks", json({ keys: [remote.key.jwk, remote.key.jwk] }));
    expect(await verdict(remote.guard, remote.token())).toBe("accepted");
  });
});

describe("jose decides alike", () => {
  const clock = createClock();
  /** What jose's documentation does with several matching keys, within the same bounds. */
  async function joseAccepts(token: string, keys: readonly Members[], isNameless: boolean): Promise<boolean> {
    const terms = { issuer, audience, currentDate: new Date(start * 1000) };
    const accepts = (key: never) =>
      jwtVerify(token, key, terms).then(
        () => true,
        (error: unknown) => error,
      );
    const first = await accepts(createLocalJWKSet({ keys: keys as never }) as never);
    if (!(first instanceof errors.JWKSMultipleMatchingKeys)) return first === true;
    const texts = new Map<string, unknown>();
    for await (const key of first) texts.set(JSON.stringify(await crypto.subtle.exportKey("jwk", key as never)), key);
    if (texts.size > (isNameless ? 4 : 1)) return false;
    for (const key of texts.values()) if ((await accepts(key as never)) === true) return true;
    return false;
  }

  const sets: readonly (readonly [string, readonly Members[]])[] = [
    ["one key twice", [ec.jwk, ec.jwk]],
    ["four keys", jwksOf(all.slice(0, 4))],
    ["five keys", jwksOf(all)],
    ["one kid for two keys", [all[0].jwk, { ...all[1].jwk, kid: "one" }]],
    ["three types", [ec.jwk, rsa.jwk, ed.jwk]],
  ];
  const tokens: readonly (readonly [string, string, boolean])[] = [
    ...[ec, ...all].map((key) => [`${key.kid}, without kid`, sign(key), true] as const),
    ...[ec, ...all].map((key) => [`${key.kid}, with kid`, sign(key, { kid: key.kid }), false] as const),
    ["a stranger's, without kid", sign(stranger), true],
  ];

  test.each(sets)("about %s", async (_name, keys) => {
    const guard = guardWith({ keys: { jwks: { keys } }, now: clock.now });
    for (const [name, token, isNameless] of tokens) {
      const ours = (await verdict(guard, token)) === "accepted";
      expect([name, ours]).toEqual([name, await joseAccepts(token, keys, isNameless)]);
    }
  });
});

describe("A refusal for want of a choice", () => {
  test("names the kid alone", async () => {
    const refusal = await refusalOf(withKeys(...jwksOf(all)).verify(sign(one)));
    expect(refusal.details).toEqual({ name: "kid", actual: undefined });
  });
});
