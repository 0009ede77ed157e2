// Kind D, the part of tokens and introspection: null, and an empty list of audiences, mean "absent"
// where absence is allowed. Where it is not, the refusal says that the member is missing.
import { jwtVerify } from "jose";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type AccessTokenClaims,
  createGuard,
  type IntrospectionResponse,
  not,
  permission,
  role,
} from "../../src/index.js";
import { start } from "../support/clock.js";
import { createKey, encode, signRaw } from "../support/forge.js";
import {
  audience,
  type Claims,
  claims,
  ec,
  guardWith,
  issuer,
  options,
  refusalOf,
  token,
  verdict,
} from "../support/keys.js";

const guard = guardWith();
const strict = guardWith({ tokenType: "at+jwt" });
const withHeader = (header: Claims) => token({}, { header: { alg: "ES256", ...header }, alg: "ES256" });
/** With the key at hand: in a set, jose looks for a key whose `kid` is null. */
const verifiesWithJose = (text: string) =>
  jwtVerify(text, ec.publicKey, { issuer, audience, currentDate: new Date(start * 1000) });

// RFC 7515 §4.1.4 and §4.1.9: both are optional. Serialisers that write every field write null.
describe("A header member that is null is absent", () => {
  test.each([
    ["kid", { kid: null }],
    ["typ", { kid: "ec", typ: null }],
    ["both", { kid: null, typ: null }],
  ])("%s", async (_name, header) => {
    const one = guardWith({ keys: { jwks: { keys: [ec.jwk] } } });
    expect(await verdict(one, withHeader(header))).toBe("accepted");
    await expect(verifiesWithJose(withHeader(header))).resolves.toBeDefined();
  });

  test("and a token without kid among several keys that fit is ambiguous, as without the member", async () => {
    const two = guardWith({ keys: { jwks: { keys: [ec.jwk, createKey("ES256", "other").jwk] } } });
    expect(await verdict(two, withHeader({ kid: null }))).toBe(await verdict(two, withHeader({})));
  });

  test.each<[string, Claims, string]>([
    ["alg, which is required", { alg: null, kid: "ec" }, "token_malformed"],
    ["crit, which asks for something", { kid: "ec", crit: null }, "critical_header_unsupported"],
    ["b64, which asks for something", { kid: "ec", b64: null }, "critical_header_unsupported"],
    ["an empty kid", { kid: "" }, "key_unknown"],
    ["a kid that is false", { kid: false }, "token_malformed"],
    ["a kid that is a list", { kid: ["ec"] }, "token_malformed"],
    ["a typ that is false", { kid: "ec", typ: false }, "token_malformed"],
    ["an empty typ", { kid: "ec", typ: "" }, "type_not_allowed"],
  ])("but not %s", async (_name, header, reason) => {
    expect(await verdict(guard, withHeader(header))).toBe(reason);
  });

  test("and at+jwt is still demanded", async () => {
    expect(await verdict(strict, withHeader({ kid: "ec", typ: null }))).toBe("type_not_allowed");
  });
});

// RFC 7519 §4.1: all registered claims are optional; those that this API demands are not.
describe("A claim that is null is absent", () => {
  const optional = ["sub", "client_id", "azp", "jti", "nbf", "iat", "nonce", "events", "token_use", "typ", "scope"];

  test.each(optional)("%s", async (name) => {
    expect(await verdict(guard, token({ [name]: null }))).toBe("accepted");
  });

  test.each(["iss", "exp", "aud"])("%s is missing then", async (name) => {
    const refusal = await refusalOf(guard.verify(token({ [name]: null })));
    expect(refusal.reason).toBe(name === "iss" ? "issuer_untrusted" : "claim_missing");
  });

  test.each(["sub", "client_id", "iat", "jti"])("%s is missing then, where at+jwt is demanded", async (name) => {
    const full = { client_id: "spa", jti: "1", [name]: null };
    const refusal = await refusalOf(strict.verify(token(full, { header: { alg: "ES256", kid: "ec", typ: "at+jwt" } })));
    expect([refusal.reason, refusal.details]).toEqual(["claim_missing", { name, problem: "is null" }]);
  });

  test("a token whose lifetime has a null is good until exp, and no longer", async () => {
    const text = token({ nbf: null, iat: null });
    expect(await verdict(guard, text)).toBe("accepted");
    expect(await verdict(guardWith({ now: () => start + 400 }), text)).toBe("expired");
  });

  test.each<[string, Claims, string]>([
    ["nbf as text", { nbf: "null" }, "claim_invalid"],
    ["iat that is false", { iat: false }, "claim_invalid"],
    ["sub that is 0", { sub: 0 }, "claim_invalid"],
    ["events that are empty", { events: {} }, "logout_token"],
    ["events that are false", { events: false }, "logout_token"],
    ["a cnf that is null: what binds fails closed", { cnf: null }, "binding_unproven"],
    ["a null inside aud", { aud: [audience, null] }, "claim_invalid"],
  ])("but not %s", async (_name, changes, reason) => {
    expect(await verdict(guard, token(changes))).toBe(reason);
  });

  test("null inside __proto__ changes nothing (CWE-1321)", async () => {
    const payload = `{"iss":"${issuer}","aud":"${audience}","exp":${start + 300},"nbf":${start + 60},"__proto__":{"nbf":null}}`;
    expect(await verdict(guard, signRaw(encode({ alg: "ES256", kid: "ec" }), encode(payload), ec, "ES256"))).toBe(
      "not_yet_valid",
    );
  });

  test("an empty list of audiences is missing, and the refusal says so", async () => {
    const refusal = await refusalOf(guard.verify(token({ aud: [] })));
    expect([refusal.reason, refusal.details]).toEqual(["claim_missing", { name: "aud", problem: "is an empty list" }]);
  });

  test("a grant that is null grants nothing, and does not show that something is absent", async () => {
    expect(await verdict(guard, token({ permissions: null }), permission("a"))).toBe("permission_missing");
    expect(await verdict(guard, token({ roles: null }), not(role("suspended")))).toBe("role_missing");
  });
});

// https://github.com/ory/hydra answers introspection with `"aud": []`. RFC 7662 §2.2 makes all
// members but `active` optional.
describe("A member of an introspection answer", () => {
  const described = (changes: Claims): IntrospectionResponse => ({
    active: true,
    ...claims({ token_type: "Bearer", client_id: "spa", ...changes }),
  });
  const ask = (changes: Claims, audienceClaim: "optional" | "required" = "required") =>
    guardWith({ introspection: { introspect: async () => described(changes), audienceClaim } });

  test.each(["iss", "sub", "nbf", "iat", "jti", "client_id", "azp", "scope", "token_use"])(
    "%s that is null is absent",
    async (name) => {
      expect(await verdict(ask({ [name]: null }), "opaque")).toBe("accepted");
    },
  );

  test.each([
    ["null", null],
    ["an empty list", []],
  ])("aud that is %s is absent, where the server may leave it out", async (_name, aud) => {
    expect(await verdict(ask({ aud }, "optional"), "opaque")).toBe("accepted");
    const refusal = await refusalOf(ask({ aud }).verify("opaque"));
    expect([refusal.reason, refusal.details.name]).toEqual(["claim_missing", "aud"]);
  });

  test.each<[string, Claims, string]>([
    ["exp is missing", { exp: null }, "claim_missing"],
    ["no audience and no type: it could be a refresh token", { aud: [], token_type: null }, "type_not_allowed"],
    ["a refresh token", { aud: [], token_type: "refresh_token" }, "type_not_allowed"],
    ["another audience", { aud: ["https://other.test"] }, "audience_mismatch"],
    ["an audience that is empty text", { aud: "" }, "audience_mismatch"],
    ["a list with an empty text", { aud: [""] }, "audience_mismatch"],
    ["a list with null", { aud: [null] }, "claim_invalid"],
    ["another issuer", { iss: "https://other.test/" }, "issuer_untrusted"],
    ["a DPoP token whose key is null", { token_type: "DPoP", cnf: null }, "binding_unproven"],
    ["one that is not valid yet", { nbf: start + 60 }, "not_yet_valid"],
  ])("is refused where absence is not allowed, or another value stands there: %s", async (_name, changes, reason) => {
    expect(await verdict(ask(changes, "optional"), "opaque")).toBe(reason);
  });

  test("token_type that is null is absent: then the audience must name this API", async () => {
    expect(await verdict(ask({ token_type: null }), "opaque")).toBe("accepted");
  });
});

test("Messages say what is there", async () => {
  const finding = (await guard.explain(token({ aud: [] }))).find(({ severity }) => severity === "error");
  expect(finding?.message).toContain("aud is an empty list");
});

describe("The claims that a handler receives", () => {
  test("are as they were signed: null stays null there, and the type says so; the subject is undefined", async () => {
    const auth = await createGuard(options()).verify(token({ sub: null, client_id: "machine" }));
    expectTypeOf<AccessTokenClaims["sub"]>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<AccessTokenClaims["aud"]>().toEqualTypeOf<string | readonly string[] | null | undefined>();
    expectTypeOf(auth.subject).toEqualTypeOf<string | undefined>();
    expect([auth.claims, auth.subject, auth.isMachine]).toEqual([
      expect.objectContaining({ sub: null }),
      undefined,
      false,
    ]);
  });

  test("have no audience where clients stand in for it", async () => {
    const own = createGuard(options({ audience: false, clientId: "one" }));
    const auth = await own.verify(token({ aud: undefined, client_id: "one" }));
    expect(auth.claims).not.toHaveProperty("aud");
  });
});
