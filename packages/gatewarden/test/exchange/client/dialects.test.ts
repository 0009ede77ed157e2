// What each kind of server is asked, held against its documentation. The pages are named in
// src/exchange/client/dialects.ts.
import { describe, expect, test } from "vitest";
import type { TokenExchangeOptions } from "../../../src/exchange/client/client.js";
import { ConfigError, type ExchangeTarget } from "../../../src/index.js";
import { clientSecret, exchangeAt, grants, inSeconds, startTokenServer } from "./_token-server.js";

const server = await startTokenServer();
const accessToken = "urn:ietf:params:oauth:token-type:access_token";
const exchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange";

async function ask(options: Partial<TokenExchangeOptions>, target: ExchangeTarget) {
  server.answer(grants({ issued_token_type: accessToken }));
  await exchangeAt(server, options).exchange(
    { token: "incoming", issuer: "https://login.acme.test/", expiresAt: inSeconds(60) },
    target,
  );
  const asked = server.asked.at(-1);
  if (asked === undefined) throw new Error("The server was not asked");
  return asked;
}

describe("The request of a dialect", () => {
  test.each<[string, Partial<TokenExchangeOptions>, ExchangeTarget, readonly (readonly [string, string])[]]>([
    [
      "rfc8693: every parameter as often as needed (RFC 8693 §2.1)",
      {},
      { audience: ["stock", "billing"], resource: "https://stock.test/v1", scope: ["read", "write"] },
      [
        ["subject_token", "incoming"],
        ["subject_token_type", accessToken],
        ["requested_token_type", accessToken],
        ["audience", "stock"],
        ["audience", "billing"],
        ["resource", "https://stock.test/v1"],
        ["scope", "read write"],
        ["grant_type", exchangeGrant],
      ],
    ],
    [
      "rfc8693: a subject token of another type",
      { subjectTokenType: "urn:ietf:params:oauth:token-type:jwt" },
      { audience: "stock" },
      [
        ["subject_token", "incoming"],
        ["subject_token_type", "urn:ietf:params:oauth:token-type:jwt"],
        ["requested_token_type", accessToken],
        ["audience", "stock"],
        ["grant_type", exchangeGrant],
      ],
    ],
    [
      "auth0: On-Behalf-Of Token Exchange",
      { dialect: "auth0" },
      { audience: "https://my-api.example.com", scope: "read:data" },
      [
        ["subject_token", "incoming"],
        ["subject_token_type", accessToken],
        ["requested_token_type", accessToken],
        ["audience", "https://my-api.example.com"],
        ["scope", "read:data"],
        ["grant_type", exchangeGrant],
      ],
    ],
    [
      "auth0: Custom Token Exchange, with a profile's own type",
      { dialect: "auth0", subjectTokenType: "urn:acme:legacy-token" },
      { audience: "https://my-api.example.com" },
      [
        ["subject_token", "incoming"],
        ["subject_token_type", "urn:acme:legacy-token"],
        ["audience", "https://my-api.example.com"],
        ["grant_type", exchangeGrant],
      ],
    ],
    [
      "keycloak: standard token exchange, with several audiences",
      { dialect: "keycloak" },
      { audience: ["target-client1", "target-client2"], scope: "optional-scope2" },
      [
        ["subject_token", "incoming"],
        ["subject_token_type", accessToken],
        ["requested_token_type", accessToken],
        ["audience", "target-client1"],
        ["audience", "target-client2"],
        ["scope", "optional-scope2"],
        ["grant_type", exchangeGrant],
      ],
    ],
    [
      "okta: On-Behalf-Of Token Exchange",
      { dialect: "okta" },
      { audience: "com.api.atko", scope: "api:access:read api:access:write" },
      [
        ["subject_token", "incoming"],
        ["subject_token_type", accessToken],
        ["audience", "com.api.atko"],
        ["scope", "api:access:read api:access:write"],
        ["grant_type", exchangeGrant],
      ],
    ],
    [
      "entra: On-Behalf-Of, all that was granted for the API",
      { dialect: "entra" },
      { audience: "api://stock" },
      [
        ["assertion", "incoming"],
        ["requested_token_use", "on_behalf_of"],
        ["scope", "api://stock/.default"],
        ["grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"],
      ],
    ],
    [
      "entra: scopes of the audience, and whole ones",
      { dialect: "entra" },
      { audience: "api://stock", scope: "Stock.Read https://graph.microsoft.com/user.read" },
      [
        ["assertion", "incoming"],
        ["requested_token_use", "on_behalf_of"],
        ["scope", "api://stock/Stock.Read https://graph.microsoft.com/user.read"],
        ["grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"],
      ],
    ],
    [
      "entra: an audience that ends in a slash keeps it",
      { dialect: "entra" },
      { audience: "https://management.core.windows.net/" },
      [
        ["assertion", "incoming"],
        ["requested_token_use", "on_behalf_of"],
        ["scope", "https://management.core.windows.net//.default"],
        ["grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"],
      ],
    ],
  ])("%s", async (_name, options, target, expected) => {
    const { parameters, headers } = await ask(options, target);
    expect(parameters).toEqual(expected);
    expect(headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
    expect(headers["dpop"]).toBeUndefined();
  });
});

describe("The client authenticates", () => {
  test("with its secret in the header, by default", async () => {
    const { headers } = await ask({}, { audience: "stock" });
    const [id, secret] = Buffer.from(headers.authorization?.slice(6) ?? "", "base64")
      .toString()
      .split(":");
    expect([id, secret].map((text) => decodeURIComponent(text ?? ""))).toEqual(["orders-api", clientSecret]);
  });

  test("with its secret in the form, as Entra's examples do", async () => {
    const auth = { clientSecret, method: "client_secret_post" } as const;
    const { headers, parameters } = await ask({ dialect: "entra", auth }, { audience: "api://stock" });
    expect(headers.authorization).toBeUndefined();
    expect(parameters).toContainEqual(["client_id", "orders-api"]);
    expect(parameters).toContainEqual(["client_secret", clientSecret]);
  });

  test("with a signed assertion (RFC 7523 §2.2)", async () => {
    const { privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, [
      "sign",
      "verify",
    ]);
    const { parameters } = await ask({ auth: { privateKey, kid: "k" } }, { audience: "stock" });
    expect(parameters).toContainEqual([
      "client_assertion_type",
      "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    ]);
  });
});

describe("A target that the server has no place for is refused before it is asked", () => {
  test.each<[string, Partial<TokenExchangeOptions>, unknown]>([
    ["nothing", {}, {}],
    ["an empty audience", {}, { audience: "" }],
    ["an empty list", {}, { audience: [] }],
    ["null", {}, null],
    ["a misspelt member", {}, { audience: "stock", scopes: "read" }],
    ["a number", {}, { audience: 1 }],
    ["a scope with a quote", {}, { scope: 'read"' }],
    ["a scope over two lines", {}, { scope: "read\nwrite" }],
    ["a resource with a fragment (RFC 8707 §2)", {}, { resource: "https://stock.test/#a" }],
    ["a resource that is no URL", {}, { resource: "stock" }],
    ["auth0 without audience", { dialect: "auth0" }, { scope: "read" }],
    ["auth0 with two audiences", { dialect: "auth0" }, { audience: ["a", "b"] }],
    ["auth0 with a resource", { dialect: "auth0" }, { audience: "a", resource: "https://stock.test" }],
    ["keycloak with a resource", { dialect: "keycloak" }, { audience: "a", resource: "https://stock.test" }],
    ["okta without scope", { dialect: "okta" }, { audience: "a" }],
    ["entra with two audiences", { dialect: "entra" }, { audience: ["a", "b"] }],
    ["entra with a resource", { dialect: "entra" }, { resource: "https://stock.test" }],
  ])("%s", async (_name, options, target) => {
    const before = server.asked.length;
    const asking = exchangeAt(server, options).exchange(
      { token: "t", issuer: "https://login.acme.test/", expiresAt: inSeconds(60) },
      target as ExchangeTarget,
    );
    await expect(asking).rejects.toBeInstanceOf(ConfigError);
    expect(server.asked).toHaveLength(before);
  });
});

describe("Options are refused at start-up", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["an unknown name", { tenant: "acme" }, "tenant"],
    ["an unknown dialect", { dialect: "azure" }, "dialect"],
    ["an inherited dialect", { dialect: "constructor" }, "dialect"],
    ["an issuer over http", { issuer: "http://login.acme.test/" }, "issuer"],
    ["an endpoint over http", { endpoint: "http://login.acme.test/token" }, "endpoint"],
    ["no client id", { clientId: "" }, "clientId"],
    ["no secret", { auth: { clientSecret: "" } }, "auth"],
    ["a time limit of zero", { timeout: 0 }, "timeout"],
    ["a time limit that is not a number", { timeout: Number.NaN }, "timeout"],
    ["a bound of zero", { maxEntries: 0 }, "maxEntries"],
    ["a negative age", { refusedMaxAge: -1 }, "refusedMaxAge"],
    ["another mode of DPoP", { dpop: true }, "dpop"],
    ["DPoP required of Entra, which only has bearer tokens", { dialect: "entra", dpop: "required" }, "dpop"],
    ["a type that is no URI", { subjectTokenType: "jwt" }, "subjectTokenType"],
    ["a type for Entra", { dialect: "entra", subjectTokenType: "urn:a:b" }, "subjectTokenType"],
    ["a clock that is not a function", { now: 1 }, "now"],
  ])("%s", (_name, changes, option) => {
    expect(() => exchangeAt(server, changes)).toThrow(expect.objectContaining({ name: "ConfigError", option }));
  });
});
