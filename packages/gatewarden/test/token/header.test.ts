// The rules for a token's type. Those for its algorithm are in `algorithms.test.ts`, and more odd
// headers in `_header-cases.ts`.
import { describe, expect, test } from "vitest";
import { type Claims, guardWith, token, verdict } from "../support/keys.js";

const full: Claims = { client_id: "app", jti: "id-1" };
const typed = (typ: unknown) => token(full, { header: { alg: "ES256", kid: "ec", typ } });

describe("A guard that demands at+jwt: typ (RFC 8725 §3.11, RFC 9068 §4)", () => {
  const strict = guardWith({ tokenType: "at+jwt" });

  test.each(["at+jwt", "AT+JWT", "application/at+jwt"])("accepts the type %s", async (typ) => {
    expect(await verdict(strict, typed(typ))).toBe("accepted");
  });

  test.each(["JWT", undefined, "dpop+jwt", "at+jwt,JWT", "jwt+at"])("refuses the type %s", async (typ) => {
    expect(await verdict(strict, typed(typ))).toBe("type_not_allowed");
  });
});

describe("A guard that takes access tokens of any type: typ (RFC 8725 §3.11)", () => {
  const guard = guardWith();

  test.each(["at+jwt", "JWT", undefined])("accepts the type %s", async (typ) => {
    expect(await verdict(guard, typed(typ))).toBe("accepted");
  });

  test.each([
    ["dpop+jwt", "type_not_allowed"],
    ["secevent+jwt", "logout_token"],
    ["logout+jwt", "logout_token"],
    ["JOSE", "type_not_allowed"],
  ])("refuses the type %s, of another kind of token: %s", async (typ, reason) => {
    expect(await verdict(guard, typed(typ))).toBe(reason);
  });
});
