// A guard over an application's own key: who signed is known by the key alone.
import { describe, expect, test } from "vitest";
import { createKeyGuard } from "../../src/guard/key-guard.js";
import { ConfigError, createGuard } from "../../src/index.js";
import { named, plain, rsa, secret, stranger, unsigned } from "../compat/_kit.js";
import { verdict } from "../support/keys.js";

const own = createKeyGuard({ keys: { secret } });
const forAudience = createKeyGuard({ keys: { secret }, audience: ["https://api.test"] });

describe("A token of an application's own key", () => {
  test.each([
    ["without iss and aud", plain()],
    ["with any iss", plain({ iss: "https://any.test/" })],
    ["with an empty iss", plain({ iss: "" })],
  ])("is accepted %s", async (_what, token) => {
    expect(await verdict(own, token)).toBe("accepted");
    // Once more, from the cache.
    expect(await verdict(own, token)).toBe("accepted");
    expect(await verdict(own, token)).toBe("accepted");
  });

  test.each([
    [
      "for an audience, where none is configured (RFC 7519 §4.1.3)",
      plain({ aud: "https://api.test" }),
      "audience_mismatch",
    ],
    ["with an iss that is not text", plain({ iss: 7 }), "claim_invalid"],
    ["without exp", plain({ exp: undefined }), "claim_missing"],
    ["of another key", plain({}, { key: `${secret}!` }), "signature_invalid"],
    ["of another family", plain({}, { alg: "RS256", key: rsa }), "algorithm_not_allowed"],
    ["without signature", unsigned("none", "AAAA"), "algorithm_none"],
  ])("is refused %s", async (_what, token, reason) => {
    expect(await verdict(own, token)).toBe(reason);
  });

  test("must be for the audience, where one is configured (RFC 8725 §3.9)", async () => {
    expect(await verdict(forAudience, named())).toBe("accepted");
    expect(await verdict(forAudience, named({ iss: undefined }))).toBe("accepted");
    expect(await verdict(forAudience, named({ aud: "https://other.test" }))).toBe("audience_mismatch");
    expect(await verdict(forAudience, plain())).toBe("claim_missing");
  });

  test("of a public key is not one of its neighbour's", async () => {
    const keys = { publicKey: rsa.publicKey };
    const guard = createKeyGuard({ keys });
    expect(await verdict(guard, plain({}, { alg: "RS256", key: rsa }))).toBe("accepted");
    expect(await verdict(guard, plain({}, { alg: "RS256", key: stranger }))).toBe("signature_invalid");
  });
});

describe("Without an issuer", () => {
  test("keys that are fetched are refused at start-up (RFC 8725 §3.8)", () => {
    for (const keys of [{ jwksUri: "https://issuer.test/jwks" }, {}, { jwksUri: "https://issuer.test/jwks", secret }])
      expect(() => createKeyGuard({ keys } as never)).toThrow(ConfigError);
  });

  test("`createGuard` starts as little as before", () => {
    expect(() => createGuard({ keys: { secret }, env: {} })).toThrow(ConfigError);
    expect(() => createGuard({ keys: { secret }, issuer: "", audience: "a", env: {} })).toThrow(ConfigError);
    expect(() => createGuard({ keys: { secret }, issuer: "urn:a", audience: false, env: {} })).toThrow(ConfigError);
  });
});
