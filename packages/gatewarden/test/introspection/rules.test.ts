// The rules for what an introspection endpoint says of a token. The endpoint is a function here.
import { createGuard } from "gatewarden";
import { describe, expect, test } from "vitest";
import { createClock, start } from "../support/clock.js";
import { audience, issuer, token, verdict } from "../support/keys.js";
import { active, answering, type Claims, guardWith } from "./_answering.js";

describe("A token's active (RFC 7662 §2.2)", () => {
  test("true is an accepted token", async () => {
    expect(
      await verdict(
        guardWith(async () => active()),
        "opaque",
      ),
    ).toBe("accepted");
  });

  test("false is a refused one, whatever else is said of it", async () => {
    expect(
      await verdict(
        guardWith(async () => active({ active: false })),
        "opaque",
      ),
    ).toBe("token_inactive");
    expect(
      await verdict(
        guardWith(async () => ({ active: false })),
        "opaque",
      ),
    ).toBe("token_inactive");
  });

  test.each([undefined, null, 0, 1, "", "true", "false", [true], { value: true }])(
    "%j is no answer: neither good nor bad",
    async (value) => {
      const guard = guardWith(async () => ({ ...active(), active: value }) as never);
      expect(await verdict(guard, "opaque")).toBe("introspection_unavailable");
    },
  );

  test("a response that is not an object, or that merely inherits active, is no answer", async () => {
    for (const response of [undefined, null, true, "active", [active()], Object.create(active())]) {
      expect(
        await verdict(
          guardWith(async () => response as never),
          "opaque",
        ),
      ).toBe("introspection_unavailable");
    }
  });
});

describe("the same rules as for a JWT", () => {
  test.each(["access", "access_token"])(
    "a token whose use is %s is accepted, by its claims as by introspection",
    async (token_use) => {
      const guard = guardWith(answering({ token_use }));
      expect([await verdict(guard, "opaque"), await verdict(guard, token({ token_use }))]).toEqual([
        "accepted",
        "accepted",
      ]);
    },
  );

  test.each<[string, Claims, string]>([
    ["for another audience", { aud: "https://other.test" }, "audience_mismatch"],
    ["for no audience", { aud: undefined }, "claim_missing"],
    ["that expired", { exp: start - 6 }, "expired"],
    ["that never expires", { exp: undefined }, "claim_missing"],
    ["whose exp is text", { exp: "tomorrow" }, "claim_invalid"],
    ["that is not valid yet", { nbf: start + 60 }, "not_yet_valid"],
    ["issued in the future", { iat: start + 60 }, "issued_in_future"],
    ["of another issuer", { iss: "https://other.test/" }, "issuer_untrusted"],
    ["of an issuer that is a list", { iss: [issuer] }, "claim_invalid"],
    ["bound to a key (RFC 9449 §7.2)", { cnf: { jkt: "x" } }, "binding_unproven"],
    ["bound to a certificate (RFC 8705 §3)", { cnf: { "x5t#S256": "x" } }, "binding_unproven"],
    ["for DPoP without a key (RFC 9449 §6.2)", { token_type: "DPoP" }, "binding_unproven"],
    ["that is a refresh token by its type (RFC 7662 §2.1)", { token_type: "refresh_token" }, "type_not_allowed"],
    ["that is a refresh token by its use", { token_use: "refresh_token" }, "type_not_allowed"],
    ["whose type is not a string", { token_type: ["Bearer"] }, "type_not_allowed"],
  ])("a token %s is refused", async (_name, changes, reason) => {
    const described = Object.fromEntries(Object.entries(active(changes)).filter(([, value]) => value !== undefined));
    expect(
      await verdict(
        guardWith(async () => described as never),
        "opaque",
      ),
    ).toBe(reason);
  });

  test("aud may be missing only where the developer says so, and then the token says that it is an access token", async () => {
    const without = (changes: Claims) => {
      const { aud: _aud, ...others } = active(changes);
      return guardWith({ introspect: async () => others as never, audienceClaim: "optional" });
    };
    expect(await verdict(without({}), "opaque")).toBe("accepted");
    expect(await verdict(without({ token_type: undefined }), "opaque")).toBe("type_not_allowed");
    const wrong = guardWith({ introspect: answering({ aud: "https://other.test" }), audienceClaim: "optional" });
    expect(await verdict(wrong, "opaque")).toBe("audience_mismatch");
  });

  test("one issuer's endpoint does not vouch for another issuer that the guard trusts too", async () => {
    const two = [{ issuer }, { issuer: "https://b.test/" }];
    const guard = guardWith({ introspect: answering({ iss: "https://b.test/" }), issuer }, { issuer: two, keys: {} });
    expect(await verdict(guard, "opaque")).toBe("issuer_untrusted");
  });

  test("the terms are those of the issuer that was named", async () => {
    const two = [{ issuer }, { issuer: "https://b.test/", audience: "only-b" }];
    const guard = guardWith(
      { introspect: answering({ aud: "only-b" }), issuer: "https://b.test/" },
      { issuer: two, keys: {} },
    );
    expect(await verdict(guard, "opaque")).toBe("accepted");
  });

  test("issuers that are looked up work too", async () => {
    const resolve = (iss: string) => (iss === "https://b.test/" ? { issuer: iss } : undefined);
    const introspection = { introspect: answering(), issuer: "https://b.test/" };
    const guard = createGuard({ issuer: resolve, audience, introspection, now: createClock().now, env: {} });
    expect((await guard.verify("opaque")).issuer).toBe("https://b.test/");
  });

  test("explain says the same as the guard", async () => {
    const findings = await guardWith(answering({ aud: "x", exp: start - 60 })).explain("opaque");
    expect(findings.map(({ code }) => code)).toEqual(["audience_mismatch", "expired"]);
    expect((await guardWith(answering()).explain("opaque"))[0]?.code).toBe("accepted");
    expect((await guardWith(async () => ({ active: false })).explain("opaque"))[0]?.code).toBe("token_inactive");
  });
});
