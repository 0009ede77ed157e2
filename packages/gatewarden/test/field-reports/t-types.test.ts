// Kind T: `typ` names a media type, and `guard.verify` takes strings only.
import { jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { start } from "../support/clock.js";
import { audience, type Claims, ec, guardWith, issuer, refusalOf, token, verdict } from "../support/keys.js";

const guard = guardWith();
const strict = guardWith({ tokenType: "at+jwt" });
const profile = { client_id: "spa", jti: "1" };
const typed = (typ: unknown, claims: Claims = {}) => token(claims, { header: { alg: "ES256", kid: "ec", typ } });

// RFC 7515 §4.1.9: a value without a slash is a media type without its `application/`. Media types
// ignore case (RFC 2045 §5.1).
describe("A type with its prefix is the type without it", () => {
  test.each(["application/jwt", "application/JWT", "APPLICATION/jwt", "Application/Jwt"])("%s is JWT", async (typ) => {
    expect(await verdict(guard, typed(typ))).toBe("accepted");
    const verified = jwtVerify(typed(typ), ec.publicKey, {
      issuer,
      audience,
      typ: "JWT",
      currentDate: new Date(start * 1000),
    });
    await expect(verified).resolves.toBeDefined();
  });

  test.each(["at+jwt", "AT+JWT", "application/at+jwt", "APPLICATION/AT+JWT"])(
    "%s is at+jwt, also where it is demanded",
    async (typ) => {
      expect(await verdict(guard, typed(typ))).toBe("accepted");
      expect(await verdict(strict, typed(typ, profile))).toBe("accepted");
    },
  );

  test.each(["application/logout+jwt", "APPLICATION/LOGOUT+JWT", "application/secevent+jwt"])(
    "%s is a logout token or security event",
    async (typ) => {
      expect(await verdict(guard, typed(typ))).toBe("logout_token");
    },
  );
});

describe("Another type stays out", () => {
  test.each([
    ...["application/jwt; charset=utf-8", "application/jwt ", " application/jwt", "application//jwt", "application/"],
    ...["application/application/jwt", "text/jwt", "jwt/application", "application/jwt+json", "application/jwt\u0000"],
    ...["application/dpop+jwt", "application/json", "/jwt", "x-application/jwt", "applıcation/jwt", "ſecevent+jwt"],
    ...["application/id_token+jwt", "application/at+jwt/", "application%2fjwt"],
  ])("%s", async (typ) => {
    expect(await verdict(guard, typed(typ))).toBe("type_not_allowed");
  });

  test.each(["application/jwt", "JWT", "jwt"])("%s, where at+jwt is demanded", async (typ) => {
    expect(await verdict(strict, typed(typ, profile))).toBe("type_not_allowed");
  });

  test("an ID token of the type application/jwt is an ID token", async () => {
    expect(await verdict(guard, typed("application/jwt", { nonce: "n", scope: "a" }))).toBe("id_token");
  });
});

// RFC 6750 §2.1 and CWE-843: what is no string is never made one.
describe("verify takes strings only", () => {
  const good = token();
  const others: readonly (readonly [string, unknown])[] = [
    ["a Buffer", Buffer.from(good)],
    ["a Uint8Array", new TextEncoder().encode(good)],
    ["an ArrayBuffer", new TextEncoder().encode(good).buffer],
    ["a String object", new String(good)],
    ["a list of one", [good]],
    ["an object that becomes the token", { toString: () => good, length: good.length }],
    ["an object with a primitive", { [Symbol.toPrimitive]: () => good }],
    ["a URL", new URL(`https://api.test/${good}`)],
    ["a number", 1],
    ["true", true],
    ["a symbol", Symbol("token")],
    ["a function", () => good],
    ["a promise of it", Promise.resolve(good)],
    ["an object without a prototype", Object.create(null)],
    [
      "an object whose members throw",
      new Proxy(
        {},
        {
          get() {
            throw new Error("read");
          },
        },
      ),
    ],
  ];

  test.each(others)("%s is malformed, also once the token is known", async (_name, given) => {
    const own = guardWith();
    for (let time = 0; time < 3; time++) expect(await verdict(own, good)).toBe("accepted");
    const refusal = await refusalOf(own.verify(given as string));
    expect([refusal.reason, refusal.status]).toEqual(["credentials_malformed", 400]);
  });

  test.each([
    ["undefined", undefined],
    ["null", null],
    ["empty text", ""],
  ])("%s is refused", async (_name, given) => {
    const refusal = await refusalOf(guard.verify(given as never));
    expect([refusal.reason, refusal.status]).toEqual(["token_opaque", 401]);
  });

  test("and the string gets in", async () => {
    expect(await verdict(guard, `${good}`)).toBe("accepted");
    expect(await verdict(guard, String(new String(good)))).toBe("accepted");
  });
});
