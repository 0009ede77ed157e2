// The choice of the one key that a token's header names (RFC 7515 §4.1.4, RFC 7517 §4.5).
import { describe, expect, test } from "vitest";
import { createKey, forge, type TestKey } from "../support/forge.js";
import { claims, ec, ed, guardWith, rsa, verdict } from "../support/keys.js";

const otherEc = createKey("ES256", "other");
const sign = (key: TestKey, header: Record<string, unknown>, alg = "ES256") =>
  forge({ header: { alg, ...header }, payload: claims(), key, alg });
const withKeys = (...keys: Record<string, unknown>[]) => guardWith({ keys: { jwks: { keys } } });
const { kid: _kid, ...nameless } = ec.jwk;

describe("A token's key, chosen by kid (RFC 7517 §4.5)", () => {
  test.each([
    ["the only one that fits, without kid", withKeys(rsa.jwk, ec.jwk, ed.jwk), sign(ec, {}), "accepted"],
    ["the only one there is, itself without kid", withKeys(nameless), sign(ec, {}), "accepted"],
    ["one of two that fit, without kid", withKeys(ec.jwk, otherEc.jwk), sign(ec, {}), "accepted"],
    ["none that fits, without kid", withKeys(rsa.jwk), sign(ec, {}), "key_unknown"],
    ["the one with the kid", withKeys(ec.jwk, otherEc.jwk), sign(otherEc, { kid: "other" }), "accepted"],
    ["unknown by kid", withKeys(ec.jwk), sign(ec, { kid: "x" }), "key_unknown"],
    ["without kid while the token names one", withKeys(nameless), sign(ec, { kid: "ec" }), "key_unknown"],
    [
      "one of two with one kid and one algorithm",
      withKeys(ec.jwk, { ...otherEc.jwk, kid: "ec" }),
      sign(ec, { kid: "ec" }),
      "key_ambiguous",
    ],
    [
      "one of two with one kid and different types",
      withKeys(ec.jwk, { ...rsa.jwk, kid: "ec" }),
      sign(rsa, { kid: "ec" }, "RS256"),
      "accepted",
    ],
    [
      "for RS256 only, and the token says PS256",
      withKeys({ ...rsa.jwk, alg: "RS256" }),
      sign(rsa, { kid: "rsa" }, "PS256"),
      "key_unsuitable",
    ],
    [
      "for RS256 only, and the token says RS512",
      withKeys({ ...rsa.jwk, alg: "RS256" }),
      sign(rsa, { kid: "rsa" }, "RS512"),
      "key_unsuitable",
    ],
    [
      "named __proto__, and is there",
      withKeys({ ...ec.jwk, kid: "__proto__" }),
      sign(ec, { kid: "__proto__" }),
      "accepted",
    ],
  ])("is %s", async (_name, guard, token, expected) => {
    expect(await verdict(guard, token)).toBe(expected);
  });

  test.each(["ES256", "EdDSA"])(
    "is the pinned one whatever kid is named, and only for what it fits: %s",
    async (alg) => {
      const guard = guardWith({ keys: { publicKey: { ...ec.jwk } } });
      const key = alg === "ES256" ? ec : ed;
      expect(await verdict(guard, sign(key, { kid: "whatever" }, alg))).toBe(
        alg === "ES256" ? "accepted" : "key_unsuitable",
      );
    },
  );
});
