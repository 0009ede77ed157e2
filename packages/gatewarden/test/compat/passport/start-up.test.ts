// What passport-jwt starts with and the drop-in refuses, with a message that says what to do.
import jwksRsa from "jwks-rsa";
import original from "passport-jwt";
import { describe, expect, test } from "vitest";
import { ExtractJwt, passportJwtSecret, Strategy } from "../../../src/compat/passport/passport.js";
import { audience, issuer, readRefusedOptions, readThrown, rsa, secret, toGuide, toPem } from "../_kit.js";
import { badKeys, jwksOptions, soundJwksOptions, soundOptions, verifyOptions } from "../_refused-options.js";

const bearer = { jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken() };
const verify = () => undefined;
const create = (options: object) => new Strategy({ ...bearer, secretOrKey: secret, ...options } as never, verify);
const createOriginal = (options: object) =>
  new original.Strategy({ ...bearer, secretOrKey: secret, ...options } as never, verify);
const byProvider = (secretOrKeyProvider: unknown, options: object) =>
  new Strategy({ ...bearer, secretOrKeyProvider, ...options } as never, verify);

/** Those that passport-jwt takes itself; the others are for jsonwebtoken. */
const outer = ["ignoreExpiration", "audience", "issuer", "algorithms"];
const refused = Object.entries(verifyOptions);

describe("The drop-in does not start", () => {
  test.each(refused)("with this %s, with which the original does", (option, changes) => {
    const options = outer.includes(option) ? changes : { jsonWebTokenOptions: changes };
    expect(readThrown(() => createOriginal(options))).toBeUndefined();
    const thrown = readThrown(() => create(options));
    expect(thrown).toMatchObject({ name: "ConfigError", option, example: expect.stringMatching(/\w/) });
  });

  test.each(Object.entries(jwksOptions))("with this %s of jwks-rsa", (option, options) => {
    expect(readThrown(() => jwksRsa.passportJwtSecret(options as never))).toBeUndefined();
    expect(readThrown(() => passportJwtSecret(options as never))).toMatchObject({ name: "ConfigError", option });
  });

  test.each(Object.entries(badKeys))("with %s", (_what, key) => {
    expect(readThrown(() => create({ secretOrKey: key }))).toMatchObject({
      name: "ConfigError",
      option: "secretOrKey",
    });
  });

  test("with HMAC for a public key (CVE-2015-9235)", () => {
    const options = { secretOrKey: toPem(rsa), algorithms: ["HS256"] };
    expect(readThrown(() => create(options))).toMatchObject({ option: "algorithms" });
  });

  test("with a token in the query (RFC 9700 §4.3.2)", () => {
    const thrown = readThrown(() => ExtractJwt.fromUrlQueryParameter("token"));
    expect(thrown).toMatchObject({
      option: "ExtractJwt.fromUrlQueryParameter",
      example: expect.stringContaining("Bearer"),
    });
  });

  test.each([
    ["issuer", { audience }],
    ["audience", { issuer }],
  ])("with a JWKS endpoint and without %s", (option, terms) => {
    const provider = passportJwtSecret({ jwksUri: "https://issuer.test/jwks" });
    expect(readThrown(() => byProvider(provider, terms))).toMatchObject({ name: "ConfigError", option });
  });

  test.each([
    ["secretOrKey", { secretOrKey: undefined }],
    ["secretOrKey", { secretOrKeyProvider: verify }],
    ["jwtFromRequest", { jwtFromRequest: undefined }],
  ])("without a usable %s, as the original", (option, options) => {
    expect(readThrown(() => createOriginal(options))).toBeInstanceOf(TypeError);
    expect(readThrown(() => create(options))).toMatchObject({ name: "ConfigError", option });
  });

  test("without a callback, as the original", () => {
    const options = { ...bearer, secretOrKey: secret };
    expect(readThrown(() => new original.Strategy(options, undefined as never))).toBeInstanceOf(TypeError);
    expect(readThrown(() => new Strategy(options, undefined as never))).toMatchObject({ option: "verify" });
  });

  test("with an option of jsonwebtoken that passport-jwt would not read", () => {
    expect(readThrown(() => create({ maxAge: "2h" }))).toMatchObject({ name: "ConfigError", option: "maxAge" });
  });
});

describe("The drop-in starts", () => {
  test.each(soundOptions.map((options) => [JSON.stringify(options), options]))("with %s", (_what, options) => {
    expect(readThrown(() => create({ jsonWebTokenOptions: options }))).toBeUndefined();
  });

  test.each(soundJwksOptions.map((options) => [JSON.stringify(options), options]))("with %s", (_what, options) => {
    const provider = () => passportJwtSecret(options as never);
    expect(readThrown(() => byProvider(provider(), { issuer, audience }))).toBeUndefined();
  });
});

test("the guide lists every option that is refused", () => {
  const names = [...refused, ...Object.entries(jwksOptions)].map(([name]) => name);
  const listed = [...new Set(names), "ExtractJwt.fromUrlQueryParameter"].sort();
  expect(readRefusedOptions(toGuide("passport-jwt"))).toEqual(listed);
});
