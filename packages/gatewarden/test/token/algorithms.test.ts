// Every algorithm that is accepted, with tokens that another library made, and how the list is narrowed.
import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import type { Algorithm } from "../../src/index.js";
import { createKey, encode, forge, signHmac } from "../support/forge.js";
import { claims, ec, ed, guardWith, rsa, token, verdict } from "../support/keys.js";

const es384 = createKey("ES384");
const es512 = createKey("ES512");
const keyFor = (alg: string) => ({ ES256: ec, ES384: es384, ES512: es512, EdDSA: ed, Ed25519: ed })[alg] ?? rsa;
const every = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
const jwks = { keys: [rsa.jwk, ec.jwk, es384.jwk, es512.jwk, ed.jwk] };
const secret = "correct horse battery staple, 64 bytes of it for HS512 to be content";
const hmac = (alg: string, key: string | Uint8Array = secret) => {
  const input = `${encode({ alg, kid: "any" })}.${encode(claims())}`;
  return `${input}.${signHmac(alg, key, input).toString("base64url")}`;
};

describe("A guard without a list of algorithms", () => {
  test.each(every)("accepts %s", async (alg) => {
    const { privateKey, kid } = keyFor(alg);
    const made = await new SignJWT({ ...claims() }).setProtectedHeader({ alg, kid, typ: "at+jwt" }).sign(privateKey);
    expect(await verdict(guardWith({ keys: { jwks } }), made)).toBe("accepted");
  });
});

describe("A guard with a list of algorithms", () => {
  test.each(every.filter((alg) => alg !== "PS256"))(
    "that holds PS256 only refuses %s by a trusted key",
    async (alg) => {
      const key = keyFor(alg);
      const made = forge({ header: { alg, kid: key.kid }, payload: claims(), key });
      const guard = guardWith({ keys: { jwks }, algorithms: ["PS256"] });
      expect(await verdict(guard, made)).toBe("algorithm_not_allowed");
    },
  );

  test.each(every as Algorithm[])("accepts %s when the list holds it", async (alg) => {
    const key = keyFor(alg);
    const made = forge({ header: { alg, kid: key.kid }, payload: claims(), key });
    expect(await verdict(guardWith({ keys: { jwks }, algorithms: [alg] }), made)).toBe("accepted");
  });
});

describe("A guard with a secret", () => {
  const guard = guardWith({ keys: { secret } });

  test.each(["HS256", "HS384", "HS512"])("accepts %s", async (alg) => {
    const key = new TextEncoder().encode(secret);
    const made = await new SignJWT({ ...claims() }).setProtectedHeader({ alg }).sign(key);
    expect(await verdict(guard, made)).toBe("accepted");
    expect(await verdict(guardWith({ keys: { secret: key } }), made)).toBe("accepted");
  });

  test.each(every)("refuses %s from every signer", async (alg) => {
    const key = keyFor(alg);
    const made = forge({ header: { alg, kid: key.kid }, payload: claims(), key });
    expect(await verdict(guard, made)).toBe("algorithm_not_allowed");
  });

  test.each([
    ["the empty secret", ""],
    ["another secret", `${secret}!`],
    ["a part of the secret", secret.slice(0, 32)],
    ["the text undefined", "undefined"],
  ])("refuses a token made with %s", async (_name, other) => {
    expect(await verdict(guard, hmac("HS256", other))).toBe("signature_invalid");
  });

  test("refuses hashes that the secret is too short for", async () => {
    const short = guardWith({ keys: { secret: secret.slice(0, 32) } });
    expect(await verdict(short, hmac("HS256", secret.slice(0, 32)))).toBe("accepted");
    expect(await verdict(short, hmac("HS384", secret.slice(0, 32)))).toBe("algorithm_not_allowed");
  });

  test("accepts no HMAC token without a secret, even among other issuers that have one", async () => {
    const issuers = [
      { issuer: "https://hmac.test/", keys: { secret } },
      { issuer: "https://issuer.test/", keys: { jwks } },
    ];
    const both = guardWith({ issuer: issuers, keys: {} });
    expect(await verdict(both, hmac("HS256"))).toBe("algorithm_not_allowed");
    expect(await verdict(both, token())).toBe("accepted");
    expect(await verdict(both, token({ iss: "https://hmac.test/" }))).toBe("algorithm_not_allowed");
  });
});
