// Kind D, the part of key sets: members that are null or empty say as little as absent ones, where
// absence is allowed. One key that cannot be used never discards the others (RFC 7517 §5), and the
// message says what stands there.
//
// - RFC 7517 §4.2 to §4.5: `use`, `key_ops`, `alg` and `kid` are optional; §5: keys that are not
//   understood are ignored
// - Serialisers that write what they do not have: the member `kid` of a token was written although
//   empty, as supabase/auth did (https://github.com/supabase/auth/pull/1690); `kid` null on sets of
//   one key: https://github.com/auth0/node-jwks-rsa/issues/101
// - One bad key that took the whole set with it elsewhere:
//   https://github.com/open-policy-agent/opa/issues/3038,
//   https://github.com/FusionAuth/fusionauth-jwt/issues/80 (`AKP`),
//   https://github.com/huskarl-rs/huskarl/pull/139
// - Messages that did not say what was wrong: https://github.com/zitadel/oidc/issues/541
import { beforeAll, describe, expect, test, vi } from "vitest";
import { importJwk } from "../../src/keys/key.js";
import { createKey, forge } from "../support/forge.js";
import { claims, ec, guardWith, rsa, verdict } from "../support/keys.js";

const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
beforeAll(() => void warnings.mockClear());

const other = createKey("ES256", "other");
const { kid: _kid, ...nameless } = ec.jwk;
const sign = (header: object = { kid: "ec" }) =>
  forge({ header: { alg: "ES256", ...header }, payload: claims(), key: ec });
const rs = (alg = "RS256") => forge({ header: { alg, kid: "rsa" }, payload: claims(), key: rsa });
const withKeys = (...keys: Record<string, unknown>[]) => guardWith({ keys: { jwks: { keys } } });

describe("A member that is null or empty is absent", () => {
  test.each([
    ["alg: null", { alg: null }],
    ["use: null", { use: null }],
    ["key_ops: null", { key_ops: null }],
    ["alg, use and key_ops: null", { alg: null, use: null, key_ops: null }],
    ["alg: empty", { alg: "" }],
    ["use: empty", { use: "" }],
    ["x5c, x5t, x5u and ext: null", { x5c: null, x5t: null, "x5t#S256": null, x5u: null, ext: null }],
    // What .NET's and Java's serialisers write of classes that have a member for all there is.
    ["private members: null", { d: null, p: null, q: null, dp: null, dq: null, qi: null, oth: null, k: null }],
    ["members of other types: null", { n: null, e: null }],
  ])("%s", async (_name, members) => {
    expect(await verdict(withKeys({ ...ec.jwk, ...members }), sign())).toBe("accepted");
  });

  test("an RSA key without a word on its algorithm verifies each of its own", async () => {
    const guard = withKeys({ ...rsa.jwk, alg: null, crv: null, x: null, y: null });
    expect(await Promise.all(["RS256", "PS512"].map((alg) => verdict(guard, rs(alg))))).toEqual([
      "accepted",
      "accepted",
    ]);
  });

  test.each([
    ["null", null],
    ["empty", ""],
  ])("kid: %s, for a token without kid", async (_name, kid) => {
    expect(await verdict(withKeys({ ...nameless, kid }), sign({}))).toBe("accepted");
  });

  test("kid: empty in the key and in the token", async () => {
    expect(await verdict(withKeys({ ...nameless, kid: "" }), sign({ kid: "" }))).toBe("accepted");
  });

  test("kid: null is no name that a token could give", async () => {
    const guard = withKeys({ ...nameless, kid: null });
    expect(await verdict(guard, sign({ kid: "null" }))).toBe("key_unknown");
  });
});

describe("A member that says something is heeded", () => {
  test.each([
    ["use: enc", { use: "enc" }, 'has "use" other than "sig": "enc"'],
    ["use: SIG", { use: "SIG" }, 'has "use" other than "sig": "SIG"'],
    ["use: a list", { use: ["sig"] }, 'has a "use" that is not text: ["sig"]'],
    // Web Crypto writes an empty list for public keys of ECDH: nothing may be done with them (RFC
    // 7517 §4.3).
    ["key_ops: empty", { key_ops: [] }, 'lacks "verify" in "key_ops": []'],
    ["key_ops: sign", { key_ops: ["sign"] }, 'lacks "verify" in "key_ops": ["sign"]'],
    ["key_ops: null in a list", { key_ops: [null] }, '"key_ops": [null]'],
    ["key_ops: text", { key_ops: "verify" }, 'lacks "verify" in "key_ops": "verify"'],
    ["alg: RSA-OAEP", { alg: "RSA-OAEP" }, 'is for an algorithm that signs no tokens: "RSA-OAEP"'],
    ["alg: a blank", { alg: " " }, 'is for an algorithm that signs no tokens: " "'],
    ["kid: a number", { kid: 1 }, 'has a "kid" that is not text: 1'],
    ["kty: null", { kty: null }, 'lacks its type, "kty"'],
    ["kty: empty", { kty: "" }, 'lacks its type, "kty"'],
    ["kty: AKP", { kty: "AKP" }, 'has a type that signs no tokens: "AKP"'],
    ["x: null", { x: null }, 'lacks "x"'],
    ["x: a number", { x: 1 }, 'has a "x" that is not text: 1'],
    ["d: empty", { d: "" }, 'holds the private member "d"'],
    ["d: a number", { d: 0 }, 'holds the private member "d"'],
    ["d: false", { d: false }, 'holds the private member "d"'],
    ["oth: empty", { oth: [] }, 'holds the private member "oth"'],
    ["d: null beside k", { d: null, k: "AAAA" }, 'holds the private member "k"'],
  ])("%s: the key is left out, and the others stay", async (_name, members, why) => {
    warnings.mockClear();
    const guard = withKeys({ ...ec.jwk, ...members }, other.jwk);
    const fine = forge({ header: { alg: "ES256", kid: "other" }, payload: claims(), key: other });
    expect([await verdict(guard, sign()), await verdict(guard, fine)]).toEqual(["key_unknown", "accepted"]);
    expect(warnings.mock.calls.flat().join()).toContain(why);
  });

  test("alone in its set: the message names it", () => {
    expect(() => withKeys({ ...ec.jwk, use: "enc" })).toThrow('key "ec" has "use" other than "sig": "enc"');
  });

  test("however long: the message quotes its beginning", () => {
    expect(() => withKeys({ ...ec.jwk, alg: "x".repeat(10_000) })).toThrow(/signs no tokens: "x{65}[^x]/);
  });

  test("in a proof: its refusal repeats nothing (CWE-532)", () => {
    const attempt = () => importJwk({ ...ec.jwk, use: "SECRET" });
    expect(attempt).toThrow(/^has "use" other than "sig"$/);
  });

  test.each([null, 1, "key", [], [null], {}])("an entry that is no key: %j", async (entry) => {
    const guard = guardWith({ keys: { jwks: { keys: [entry as never, ec.jwk] } } });
    expect(await verdict(guard, sign())).toBe("accepted");
  });
});
