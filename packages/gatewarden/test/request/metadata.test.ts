// RFC 9728: what an API publishes of itself, where, and that challenges point there.
import { describe, expect, test } from "vitest";
import { AuthError, ConfigError, createGuard, type ResourceOptions } from "../../src/index.js";
import { toMetadataUrl, toPublishedMetadata } from "../../src/request/metadata.js";
import { parseChallenge } from "../support/challenge.js";
import { guardWith, issuer, options } from "../support/keys.js";

describe("The metadata's address (RFC 9728 §3.1)", () => {
  const wellKnown = "https://api.test/.well-known/oauth-protected-resource";

  test.each([
    ["https://api.test", wellKnown],
    ["https://api.test/", wellKnown],
    ["https://api.test/orders", `${wellKnown}/orders`],
    ["https://api.test/orders/v1", `${wellKnown}/orders/v1`],
    ["https://api.test/orders/", `${wellKnown}/orders/`],
    ["https://api.test?tenant=a", `${wellKnown}?tenant=a`],
    ["https://api.test/orders?tenant=a", `${wellKnown}/orders?tenant=a`],
    ["http://127.0.0.1:3000/mcp", "http://127.0.0.1:3000/.well-known/oauth-protected-resource/mcp"],
  ])("of %s is %s", (resource, address) => {
    expect(toMetadataUrl(resource)).toBe(address);
  });
});

describe("The metadata", () => {
  test("is undefined unless a resource is configured", () => {
    expect(guardWith().metadata()).toBeUndefined();
  });

  test("repeats the resource letter for letter (RFC 9728 §3.3) and names the issuer", () => {
    expect(guardWith({ resource: "https://API.test:443" }).metadata()?.body).toEqual({
      resource: "https://API.test:443",
      authorization_servers: [issuer],
      bearer_methods_supported: ["header"],
    });
  });

  test("names every trusted issuer", () => {
    const other = { issuer: "https://other.test/", keys: { jwksUri: "https://other.test/keys" } };
    const guard = createGuard(options({ issuer: [issuer, other], keys: {}, resource: "https://api.test" }));
    expect(guard.metadata()?.body.authorization_servers).toEqual([issuer, "https://other.test/"]);
  });

  test("says what the options say, and leaves out what they do not (RFC 9728 §3.2)", () => {
    const resource: ResourceOptions = {
      url: "https://api.test/a",
      name: "Orders",
      scopes: ["read:orders"],
      detailsTypes: [],
      documentation: "https://docs.test/",
      policy: "https://docs.test/policy",
      terms: "https://docs.test/terms",
    };
    expect(guardWith({ resource }).metadata()).toMatchObject({
      url: "https://api.test/.well-known/oauth-protected-resource/a",
      path: "/.well-known/oauth-protected-resource/a",
    });
    expect(guardWith({ resource }).metadata()?.body).toEqual({
      resource: "https://api.test/a",
      authorization_servers: [issuer],
      bearer_methods_supported: ["header"],
      scopes_supported: ["read:orders"],
      resource_name: "Orders",
      resource_documentation: "https://docs.test/",
      resource_policy_uri: "https://docs.test/policy",
      resource_tos_uri: "https://docs.test/terms",
    });
  });

  test("names the terms of sender-constrained tokens (RFC 9728 §2)", () => {
    const terms = { issuers: [issuer], dpop: { algorithms: ["ES256"], required: true }, certificateRequired: true };
    expect(toPublishedMetadata({ url: "https://api.test" }, terms).body).toMatchObject({
      dpop_signing_alg_values_supported: ["ES256"],
      dpop_bound_access_tokens_required: true,
      tls_client_certificate_bound_access_tokens: true,
    });
  });

  test("is for every web page to read, and never with credentials", () => {
    const headers = guardWith({ resource: "https://api.test" }).metadata()?.headers;
    expect(headers).toMatchObject({ "content-type": "application/json", "access-control-allow-origin": "*" });
    expect(headers).not.toHaveProperty("access-control-allow-credentials");
  });
});

describe("A challenge", () => {
  const parametersOf = (error: AuthError, resource?: string) => {
    const guard = guardWith(resource === undefined ? {} : { resource });
    return parseChallenge(String(guard.refusal(error).headers["www-authenticate"])).parameters;
  };

  test.each([
    "credentials_missing",
    "expired",
    "scope_missing",
    "authentication_too_old",
    "credentials_malformed",
  ] as const)("points to the metadata for %s (RFC 9728 §5.1)", (reason) => {
    expect(parametersOf(new AuthError(reason), "https://api.test/a")["resource_metadata"]).toBe(
      "https://api.test/.well-known/oauth-protected-resource/a",
    );
  });

  test("points nowhere when no resource is configured", () => {
    expect(parametersOf(new AuthError("credentials_missing"))).toEqual({ realm: "api" });
  });
});

describe("The option `resource` is refused when it", () => {
  test.each<[string, unknown]>([
    ["is empty", ""],
    ["is a path", "/mcp"],
    ["is a host", "api.test"],
    ["has a fragment (RFC 9728 §1.2)", "https://api.test/#a"],
    ["has an empty fragment", "https://api.test/#"],
    ["has a user name", "https://me@api.test/"],
    ["is http elsewhere than on this machine", "http://api.test/"],
    ["is no web address", "urn:example:api"],
    ["has a line break", "https://api.test/a\r\nb"],
    ["has a quote", 'https://api.test/"a'],
    ["is null", null],
    ["is a number", 1],
    ["has no url", { name: "a" }],
    ["has a misspelt member", { url: "https://api.test", scope: ["a"] }],
    ["has text as scopes", { url: "https://api.test", scopes: "a b" }],
    ["has a scope with a blank", { url: "https://api.test", scopes: ["a b"] }],
    ["has an empty name", { url: "https://api.test", name: " " }],
    ["has a script as documentation", { url: "https://api.test", documentation: "javascript:alert(1)" }],
  ])("%s", (_name, resource) => {
    expect(() => guardWith({ resource: resource as string })).toThrow(ConfigError);
  });

  test("is wrong, by name, with its value and an example", () => {
    expect(() => guardWith({ resource: "api.test" })).toThrow(
      /^resource is "api\.test"; .* For example: resource: "https:/,
    );
  });
});
