// Issuer and audience from the environment: each common slip means the right thing, or fails by name.
import { describe, expect, test } from "vitest";
import { ConfigError, createGuard } from "../../src/index.js";
import { createClock } from "../support/clock.js";
import { forge } from "../support/forge.js";
import { claims, ec, jwks, verdict } from "../support/keys.js";

type Env = Record<string, string | undefined>;
const audience = "https://api.acme.com";
const issuerEnv = { AUTH0_DOMAIN: "acme.eu.auth0.com" };

const guardFrom = (env: Env) => createGuard({ env, keys: { jwks }, now: createClock().now });
const token = (iss: string, aud: string = audience) =>
  forge({ header: { alg: "ES256", kid: "ec" }, payload: claims({ iss, aud }), key: ec });

function problemOf(env: Env): ConfigError {
  try {
    // Without keys: beside them an issuer may have any name.
    createGuard({ env });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("The configuration was accepted");
}

describe("AUTH0_DOMAIN", () => {
  test.each([
    "acme.eu.auth0.com",
    "acme.eu.auth0.com/",
    "https://acme.eu.auth0.com",
    "https://acme.eu.auth0.com/",
    "HTTPS://ACME.EU.AUTH0.COM",
    "  acme.eu.auth0.com\n",
    "acme.eu.auth0.com:443",
  ])("%j means https://acme.eu.auth0.com/", async (AUTH0_DOMAIN) => {
    const guard = guardFrom({ AUTH0_DOMAIN, AUTH0_AUDIENCE: audience });
    expect(await verdict(guard, token("https://acme.eu.auth0.com/"))).toBe("accepted");
    expect(await verdict(guard, token("https://acme.eu.auth0.com"))).toBe("issuer_untrusted");
  });

  test.each([
    ["login.acme.com", "https://login.acme.com/"],
    ["localhost:3000", "http://localhost:3000/"],
    ["http://localhost:3000", "http://localhost:3000/"],
    ["127.0.0.1:3000/", "http://127.0.0.1:3000/"],
    ["[::1]:3000", "http://[::1]:3000/"],
    ["auth.localhost", "http://auth.localhost/"],
  ])("%j means %s", async (AUTH0_DOMAIN, issuer) => {
    expect(await verdict(guardFrom({ AUTH0_DOMAIN, AUTH0_AUDIENCE: audience }), token(issuer))).toBe("accepted");
  });

  test.each([
    ["", "is set but empty"],
    ["   ", "is set but empty"],
    ["your-tenant.auth0.com", "only a placeholder"],
    ["YOUR_DOMAIN", "only a placeholder"],
    ["YOUR_AUTH0_DOMAIN", "only a placeholder"],
    ["your_tenant_name.eu.auth0.com", "only a placeholder"],
    ["YOUR_DOMAIN_HERE", "only a placeholder"],
    ["https://your-domain.auth0.com/", "only a placeholder"],
    ["{yourDomain}", "only a placeholder"],
    ["<tenant>.auth0.com", "only a placeholder"],
    ["undefined", "only a placeholder"],
    ["null", "only a placeholder"],
    ['"acme.eu.auth0.com"', "has quotes around it"],
    ["'acme.eu.auth0.com'", "has quotes around it"],
    ["acme .eu.auth0.com", "not a URL"],
    ["acme.eu.auth0.com # my tenant", "not a URL"],
    ["http://acme.eu.auth0.com", "https URL"],
    ["http://127.0.0.1.evil.test", "https URL"],
    ["ftp://acme.eu.auth0.com", "https URL"],
    ["https://user:pass@acme.eu.auth0.com", "https URL"],
    ["acme.eu.auth0.com/api/v2/", "a domain has no path"],
    ["acme.eu.auth0.com?x=1", "no query"],
    ["acme.eu.auth0.com#x", "no query"],
    ["https://", "not a URL"],
    ["acme.eu.auth0.com, other.auth0.com", "not a URL"],
  ])("%j fails by name, with its value and an example", (AUTH0_DOMAIN, problem) => {
    const error = problemOf({ AUTH0_DOMAIN, AUTH0_AUDIENCE: audience });
    expect(error.option).toBe("AUTH0_DOMAIN");
    expect(error.message).toContain(problem);
    expect(error.message).toContain(AUTH0_DOMAIN.trim());
    expect(error.message).toMatch(/For example: AUTH0_DOMAIN=acme\.eu\.auth0\.com$/);
  });

  test("that is not set is asked for", () => {
    const error = problemOf({ AUTH0_AUDIENCE: audience });
    expect(error.message).toBe(
      "AUTH0_DOMAIN is not set, nor is ISSUER_BASE_URL, and createGuard was given no issuer. For example: AUTH0_DOMAIN=acme.eu.auth0.com",
    );
  });
});

describe("ISSUER_BASE_URL", () => {
  test.each([
    ["https://acme.eu.auth0.com", "https://acme.eu.auth0.com/"],
    ["https://acme.eu.auth0.com/", "https://acme.eu.auth0.com/"],
    ["acme.eu.auth0.com", "https://acme.eu.auth0.com/"],
    ["https://idp.acme.com/realms/x", "https://idp.acme.com/realms/x"],
    ["https://idp.acme.com/realms/x/", "https://idp.acme.com/realms/x/"],
    ["http://localhost:8080/", "http://localhost:8080/"],
  ])("%j means %s", async (ISSUER_BASE_URL, issuer) => {
    expect(await verdict(guardFrom({ ISSUER_BASE_URL, AUDIENCE: audience }), token(issuer))).toBe("accepted");
  });

  test.each([
    ["", "is set but empty"],
    ["https://your-tenant.auth0.com", "only a placeholder"],
    ["http://idp.acme.com/", "https URL"],
    ["http://localhost.evil.test", "https URL"],
    ["https://idp.acme.com/?tenant=1", "no query"],
    ['"https://idp.acme.com"', "has quotes around it"],
  ])("%j fails by name", (ISSUER_BASE_URL, problem) => {
    const error = problemOf({ ISSUER_BASE_URL, AUDIENCE: audience });
    expect([error.option, error.message]).toEqual(["ISSUER_BASE_URL", expect.stringContaining(problem)]);
    expect(error.message).toContain("For example: ISSUER_BASE_URL=https://acme.eu.auth0.com/");
  });
});

describe("Both names of the issuer", () => {
  test.each([
    ["acme.eu.auth0.com", "https://acme.eu.auth0.com"],
    ["login.acme.com", "https://login.acme.com"],
    ["login.acme.com", "https://login.acme.com/"],
  ])("may agree: %j and %j", (AUTH0_DOMAIN, ISSUER_BASE_URL) => {
    expect(() => guardFrom({ AUTH0_DOMAIN, ISSUER_BASE_URL, AUDIENCE: audience })).not.toThrow();
  });

  test("a domain of this machine agrees with a base URL over https, but not on another port", () => {
    const AUTH0_DOMAIN = "127.0.0.1:4400";
    const read = (url: string) => () => guardFrom({ AUTH0_DOMAIN, ISSUER_BASE_URL: url, AUDIENCE: audience });
    for (const url of ["https://127.0.0.1:4400/", "http://127.0.0.1:4400/"]) expect(read(url)).not.toThrow();
    for (const url of ["https://127.0.0.1:44001/", "https://127.0.0.1:4400.evil.example/"]) expect(read(url)).toThrow();
  });

  test("must not disagree: the message names both and their values", () => {
    const env = { AUTH0_DOMAIN: "acme.eu.auth0.com", ISSUER_BASE_URL: "https://other.eu.auth0.com" };
    const { message } = problemOf({ ...env, AUDIENCE: audience });
    for (const part of Object.entries(env).flat()) expect(message).toContain(part);
  });
});

describe("The audience", () => {
  test.each([
    [{ AUTH0_AUDIENCE: audience }],
    [{ AUDIENCE: audience }],
    [{ AUTH0_AUDIENCE: audience, AUDIENCE: audience }],
    [{ AUTH0_AUDIENCE: `  ${audience} ` }],
  ])("is read from %j", async (env) => {
    const guard = guardFrom({ ...issuerEnv, ...env });
    expect(await verdict(guard, token("https://acme.eu.auth0.com/"))).toBe("accepted");
    expect(await verdict(guard, token("https://acme.eu.auth0.com/", "https://other"))).toBe("audience_mismatch");
  });

  test.each<[string, Env]>([
    ["is not set", {}],
    ["is set but empty", { AUTH0_AUDIENCE: "" }],
    ["is set but empty", { AUTH0_AUDIENCE: "\t" }],
    ["is only a placeholder", { AUTH0_AUDIENCE: "YOUR_API_IDENTIFIER" }],
    ["is only a placeholder", { AUTH0_AUDIENCE: "https://your-api" }],
    ["is only a placeholder", { AUTH0_AUDIENCE: "{yourApiIdentifier}" }],
    ["is only a placeholder", { AUTH0_AUDIENCE: "undefined" }],
    ["has quotes around it", { AUTH0_AUDIENCE: `"${audience}"` }],
    ["has quotes around it", { AUTH0_AUDIENCE: `'${audience}'` }],
    ["has quotes around it", { AUTH0_AUDIENCE: `${audience}"` }],
  ])("that %s fails by name: %j", (_problem, env) => {
    const error = problemOf({ ...issuerEnv, ...env });
    expect(error.option).toBe("AUTH0_AUDIENCE");
    expect(error.message).toContain("For example: AUTH0_AUDIENCE=https://api.acme.com");
    expect(error.message).toContain((env["AUTH0_AUDIENCE"] ?? "").trim());
  });

  test("must not be said twice in different words", () => {
    const { message } = problemOf({ ...issuerEnv, AUTH0_AUDIENCE: audience, AUDIENCE: "https://other" });
    expect(message).toContain(`AUDIENCE is "https://other" while AUTH0_AUDIENCE is "${audience}"`);
  });

  test.each(["https://api.yourcompany.test", "https://yourself.test", "urn:api", "api", "https://api.acme.com/v1/"])(
    "may be %j",
    (AUDIENCE) => {
      expect(() => guardFrom({ ...issuerEnv, AUDIENCE })).not.toThrow();
    },
  );
});

describe("The environment", () => {
  test("is not asked where options are given, however wrong it is", () => {
    const env = { AUTH0_DOMAIN: "", AUTH0_AUDIENCE: "", ISSUER_BASE_URL: "%", AUDIENCE: "" };
    expect(() => createGuard({ issuer: "https://idp.acme.com/", audience, keys: { jwks }, env })).not.toThrow();
  });

  test("of the process is read when none is given, at creation and not before", async () => {
    process.env["AUTH0_DOMAIN"] = "late.eu.auth0.com";
    process.env["AUTH0_AUDIENCE"] = audience;
    const guard = createGuard({ keys: { jwks }, now: createClock().now });
    delete process.env["AUTH0_DOMAIN"];
    delete process.env["AUTH0_AUDIENCE"];
    expect(await verdict(guard, token("https://late.eu.auth0.com/"))).toBe("accepted");
    expect(() => createGuard({ keys: { jwks } })).toThrow(ConfigError);
  });
});
