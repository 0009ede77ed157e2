// Headers → token (RFC 6750 §2.1, RFC 9110 §11): one header, one scheme, one token, and nothing from anywhere else.
import { describe, expect, test } from "vitest";
import { isPreflight, type RequestHeaders } from "../../src/index.js";
import { guardWith, token, verdictOf } from "../support/keys.js";

const guard = guardWith();
const good = token();
const check = (headers: RequestHeaders, url = "/", method = "GET") => verdictOf(guard.check({ method, url, headers }));
const status = async (authorization: string) => {
  const error = await guard.attempt({ method: "GET", url: "/", headers: { authorization } });
  return error instanceof Error ? [error.reason, error.status, error.error] : "accepted";
};

describe("The Authorization header", () => {
  test.each([
    ["Bearer", `Bearer ${good}`],
    ["bearer", `bearer ${good}`],
    ["BEARER", `BEARER ${good}`],
    ["bEaReR", `bEaReR ${good}`],
    ["several blanks", `Bearer    ${good}`],
  ])("is read with %s", async (_name, authorization) => {
    expect(await check({ authorization })).toBe("accepted");
    expect(await check({ authorization: [authorization] })).toBe("accepted");
    expect(await check(new Headers({ Authorization: authorization }))).toBe("accepted");
  });

  test.each([
    ["nothing after the scheme", "Bearer"],
    ["only a blank after the scheme", "Bearer "],
    ["a tab", `Bearer\t${good}`],
    ["a tab after the blank", `Bearer \t${good}`],
    ["the scheme twice", `Bearer Bearer ${good}`],
    ["quotes", `Bearer "${good}"`],
    ["a colon", `Bearer: ${good}`],
    ["two tokens", `Bearer ${good} ${good}`],
    ["a parameter", `Bearer token="${good}"`],
    ["an equals sign within", `Bearer ab=${good}`],
    ["a semicolon", `Bearer ${good};`],
    ["a line break", `Bearer ${good}\r\nx: y`],
    ["a trailing line break", `Bearer ${good}\n`],
    ["a trailing blank", `Bearer ${good} `],
    ["a NUL", `Bearer ${good}\u0000`],
    ["a letter beyond ASCII", `Bearer ${good}é`],
    ["a blank in front", ` Bearer ${good}`],
    ["blanks only", "   "],
    ["a scheme that is none", `"Bearer" ${good}`],
  ])("with %s is malformed", async (_name, authorization) => {
    expect(await status(authorization)).toEqual(["credentials_malformed", 400, "invalid_request"]);
  });

  test.each([
    ["two tokens", `Bearer ${good}, Bearer ${good}`],
    ["two tokens without a blank", `Bearer ${good},Bearer ${good}`],
    ["two tokens, one without a scheme", `Bearer ${good},${good}`],
    ["another scheme in front", `Basic dTpw, Bearer ${good}`],
    ["another scheme behind", `Bearer ${good}, Basic dTpw`],
    ["DPoP in front", `DPoP ${good}, Bearer ${good}`],
    ["an empty part in front", `, Bearer ${good}`],
  ])("with %s carries too many credentials (RFC 6750 §2)", async (_name, authorization) => {
    expect(await status(authorization)).toEqual(["credentials_multiple", 400, "invalid_request"]);
  });

  test("that was sent twice carries too many credentials, even when both are equal (RFC 6750 §2)", async () => {
    expect(await check({ authorization: [`Bearer ${good}`, `Bearer ${good}`] })).toBe("credentials_multiple");
    const headers = new Headers([
      ["authorization", `Bearer ${good}`],
      ["authorization", `Bearer ${good}`],
    ]);
    expect(await check(headers)).toBe("credentials_multiple");
  });

  test.each([
    ["Basic", "Basic dXNlcjpwYXNz"],
    ["Digest", 'Digest username="u"'],
    ["DPoP", `DPoP ${good}`],
    ["Token", `Token ${good}`],
    ["BearerX", `BearerX ${good}`],
    ["X-Bearer", `X-Bearer ${good}`],
    ["no scheme, only the token", good],
  ])("with the scheme %s is as good as none, without an error code", async (_name, authorization) => {
    expect(await status(authorization)).toEqual(["scheme_unsupported", 401, undefined]);
  });

  test.each(["undefined", "null", "[object", "false", "-", "~", "a=="])(
    "with the word %s for a token is 401",
    async (word) => {
      const answer = await status(`Bearer ${word}`);
      expect(answer).toContain(word === "[object" ? "credentials_malformed" : "token_opaque");
    },
  );

  test.each<[string, RequestHeaders]>([
    ["absent", {}],
    ["undefined", { authorization: undefined }],
    ["empty", { authorization: "" }],
    ["an empty list", { authorization: [] }],
    ["absent from Headers", new Headers()],
  ])("that is %s means that there are no credentials", async (_name, headers) => {
    expect(await check(headers)).toBe("credentials_missing");
  });
});

describe("A token anywhere else", () => {
  test.each<[string, RequestHeaders, string]>([
    ["the query", {}, `/?access_token=${good}`],
    ["the query of an absolute URL", {}, `https://api.test/?access_token=${good}&Authorization=Bearer%20${good}`],
    ["a cookie", { cookie: `access_token=${good}; Authorization=Bearer ${good}` }, "/"],
    ["X-Authorization", { "x-authorization": `Bearer ${good}` }, "/"],
    ["X-Access-Token", { "x-access-token": good }, "/"],
    ["X-Forwarded-Authorization", { "x-forwarded-authorization": `Bearer ${good}` }, "/"],
    ["Proxy-Authorization", { "proxy-authorization": `Bearer ${good}` }, "/"],
    ["WebSocket protocols", { "sec-websocket-protocol": `bearer, ${good}` }, "/"],
    ["an inherited header", Object.create({ authorization: `Bearer ${good}` }) as RequestHeaders, "/"],
  ])("is not read: %s", async (_name, headers, url) => {
    expect(await check(headers, url)).toBe("credentials_missing");
  });
});

describe("A preflight", () => {
  const origin = { origin: "https://app.test", "access-control-request-method": "GET" };

  test.each<[string, string, RequestHeaders, boolean]>([
    ["is one with both headers", "OPTIONS", origin, true],
    ["is one with both headers in Headers", "OPTIONS", new Headers(origin), true],
    ["is none without Origin", "OPTIONS", { "access-control-request-method": "GET" }, false],
    ["is none without the method that is asked for", "OPTIONS", { origin: "https://app.test" }, false],
    ["is none with another method", "GET", origin, false],
    ["is none with a method in lower case", "options", origin, false],
  ])("%s", (_name, method, headers, expected) => {
    expect(isPreflight({ method, url: "/", headers })).toBe(expected);
  });
});
