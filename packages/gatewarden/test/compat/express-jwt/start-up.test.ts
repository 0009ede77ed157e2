// What express-jwt starts with and the drop-in refuses, with a message that says what to do.
import { generateKeyPairSync } from "node:crypto";
import * as original from "express-jwt";
import jwksRsa from "jwks-rsa";
import { describe, expect, test } from "vitest";
import { expressJwtSecret, expressjwt, type Params } from "../../../src/compat/express-jwt/express-jwt.js";
import { ConfigError } from "../../../src/index.js";
import { audience, issuer, readRefusedOptions, readThrown, rsa, secret, toGuide, toPem } from "../_kit.js";
import { badKeys, jwksOptions, soundJwksOptions, soundOptions, verifyOptions } from "../_refused-options.js";

type OriginalParams = Parameters<typeof original.expressjwt>[0];

const hs: Params = { secret, algorithms: ["HS256"] };
const jwks = () => expressJwtSecret({ jwksUri: "https://issuer.test/jwks" });
const foreign = () => jwksRsa.expressJwtSecret({ jwksUri: "https://issuer.test/jwks" });

/** Options of express-jwt itself. */
const own: Readonly<Record<string, object>> = {
  secret: { secret: "secret" },
  requestProperty: { requestProperty: "__proto__.auth" },
  userProperty: { userProperty: "user" },
};

const refused = Object.entries({ ...verifyOptions, ...own });

describe("The drop-in does not start", () => {
  test.each(refused)("with this %s, with which the original does", (option, changes) => {
    expect(readThrown(() => original.expressjwt({ ...hs, ...changes } as OriginalParams))).toBeUndefined();
    const thrown = readThrown(() => expressjwt({ ...hs, ...changes } as Params));
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(thrown).toMatchObject({ option, example: expect.stringMatching(/\w/) });
  });

  test.each(Object.entries(jwksOptions))("with this %s of jwks-rsa", (option, options) => {
    expect(readThrown(() => jwksRsa.expressJwtSecret(options as never))).toBeUndefined();
    expect(readThrown(() => expressJwtSecret(options as never))).toMatchObject({ name: "ConfigError", option });
  });

  test.each(Object.entries(badKeys))("with %s, which is not in the message", (_what, key) => {
    const thrown = readThrown(() => expressjwt({ ...hs, secret: key }));
    expect(thrown).toMatchObject({ name: "ConfigError", option: "secret" });
    expect((thrown as Error).message).not.toContain("AAAA");
  });

  test.each(["subject", "jwtid"])("with a list for %s, of which the original would accept no value", (option) => {
    const thrown = readThrown(() => expressjwt({ ...hs, [option]: ["u1", "u2"] } as unknown as Params));
    expect(thrown).toMatchObject({ name: "ConfigError", option });
  });

  test.each(["getToken", "isRevoked", "onExpired"])("with %s that is not a function", (option) => {
    const thrown = readThrown(() => expressjwt({ ...hs, [option]: true } as unknown as Params));
    expect(thrown).toMatchObject({ name: "ConfigError", option });
    expect(readThrown(() => expressjwt({ ...hs, [option]: undefined } as Params))).toBeUndefined();
  });

  test("with a member of a free path that is not read (CWE-636)", () => {
    const unless = (path: object) => readThrown(() => expressjwt(hs).unless({ path: path as never }));
    expect(unless({ url: "/public", verb: "GET" })).toMatchObject({ name: "ConfigError", option: "unless.path.verb" });
    expect(unless([/^.public/, { url: "/public", methods: ["GET"] }])).toBeUndefined();
  });

  test("with a private key", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    for (const key of [pem, privateKey]) {
      const thrown = readThrown(() => expressjwt({ secret: key, algorithms: ["ES256"] }));
      expect(thrown).toMatchObject({ option: "secret", problem: expect.stringContaining("private key") });
    }
  });

  test.each([
    ["HMAC with a public key (CVE-2015-9235)", toPem(rsa), "HS256"],
    ["RS256 with a secret", secret, "RS256"],
    ["HS512 with a secret that is too short for it (RFC 7518 §3.2)", secret, "HS512"],
  ] as const)("with %s", (_what, key, alg) => {
    expect(readThrown(() => expressjwt({ secret: key, algorithms: [alg] }))).toMatchObject({ option: "algorithms" });
  });

  test.each([
    ["issuer", { audience }],
    ["audience", { issuer }],
  ])("with a JWKS endpoint and without %s", (option, terms) => {
    expect(
      readThrown(() => original.expressjwt({ secret: foreign() as never, algorithms: ["RS256"], ...terms })),
    ).toBeUndefined();
    expect(readThrown(() => expressjwt({ secret: jwks(), algorithms: ["RS256"], ...terms }))).toMatchObject({ option });
  });

  test("with a JWKS endpoint and HMAC", () => {
    const thrown = readThrown(() => expressjwt({ secret: jwks(), algorithms: ["HS256"], issuer, audience }));
    expect(thrown).toMatchObject({ option: "algorithms" });
  });

  test("with a JWKS endpoint over plain http", () => {
    const keys = expressJwtSecret({ jwksUri: "http://issuer.test/jwks" });
    const thrown = readThrown(() => expressjwt({ secret: keys, algorithms: ["RS256"], issuer, audience }));
    expect(thrown).toMatchObject({ name: "ConfigError" });
  });

  test.each([
    ["secret", { algorithms: ["RS256"] }],
    ["algorithms", { secret }],
  ])("without %s, as the original", (option, options) => {
    expect(readThrown(() => original.expressjwt(options as OriginalParams))).toBeInstanceOf(RangeError);
    expect(readThrown(() => expressjwt(options as unknown as Params))).toMatchObject({ name: "ConfigError", option });
  });

  test("with a condition of `unless` that it does not know", () => {
    const thrown = readThrown(() => expressjwt(hs).unless({ paths: ["/public"] } as object));
    expect(thrown).toMatchObject({ name: "ConfigError", option: "unless.paths" });
  });
});

describe("The drop-in starts", () => {
  test.each(soundOptions.map((options) => [JSON.stringify(options), options]))("with %s", (_what, options) => {
    expect(readThrown(() => expressjwt({ ...hs, ...options }))).toBeUndefined();
  });

  test.each(soundJwksOptions.map((options) => [JSON.stringify(options), options]))("with %s", (_what, options) => {
    const keys = () => expressJwtSecret(options as never);
    expect(readThrown(() => expressjwt({ secret: keys(), algorithms: ["RS256"], issuer, audience }))).toBeUndefined();
  });
});

test("the guide lists every option that is refused", () => {
  const names = [...refused, ...Object.entries(jwksOptions)].map(([name]) => name);
  expect(readRefusedOptions(toGuide("express-jwt"))).toEqual([...new Set(names)].sort());
});
