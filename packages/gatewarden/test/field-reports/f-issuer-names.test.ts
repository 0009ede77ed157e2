// Kind F: issuers whose name is no https URL, where nothing is fetched from it (RFC 7519 §4.1.1 StringOrURI).
import { ConfigError, createGuard, type GuardOptions, type IssuerOptions, type KeysOptions } from "gatewarden";
import { createIntrospectionClient } from "gatewarden/introspection";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTestIssuer } from "../../src/testing/test-issuer.js";
import { start } from "../support/clock.js";
import { createKey, forge, type TestKey } from "../support/forge.js";
import { type IssuerServer, json, startIssuer } from "../support/issuer-server.js";
import { audience, refusalOf, verdict } from "../support/keys.js";

const key = createKey("ES256", "k");
const other = createKey("ES256", "k");
const secret = "0123456789abcdef0123456789abcdef";

function tokenOf(iss: unknown, signer: TestKey = key): string {
  const payload = { iss, aud: audience, sub: "u", exp: start + 900 };
  return forge({ header: { alg: "ES256", kid: "k" }, payload, key: signer });
}

function guardWith(changes: GuardOptions) {
  return createGuard({ audience, env: {}, now: () => start, ...changes });
}

/** https://learn.microsoft.com/openspecs/windows_protocols/ms-oidce/586de7dd-3385-47c7-93a2-935d9e90441c (`access_token_issuer`) */
const adfs = "http://sts.example.com/adfs/services/trust";
/** https://developers.google.com/identity/openid-connect/openid-connect: `iss` is `https://accounts.google.com` or this. */
const google = "accounts.google.com";
const names = [
  adfs,
  google,
  "acme.com",
  "urn:example:issuer",
  "my-service",
  "spiffe://acme.com/issuer",
  "did:web:acme.com",
];

const jwks: KeysOptions = { jwks: { keys: [key.jwk] } };
const publicKey: KeysOptions = { publicKey: key.jwk };

describe("An issuer's name that is no https URL", () => {
  test.each(names)("is trusted where its keys are given: %s", async (issuer) => {
    expect(await verdict(guardWith({ issuer, keys: jwks }), tokenOf(issuer))).toBe("accepted");
    expect(await verdict(guardWith({ issuer: { issuer, keys: publicKey } }), tokenOf(issuer))).toBe("accepted");
    expect(() => guardWith({ issuer, keys: { jwksUri: "https://acme.com/jwks" } })).not.toThrow();
    expect(() => guardWith({ issuer, keys: { secret } })).not.toThrow();
  });

  test.each(names)("may be one of a list, and its keys are its own: %s", async (issuer) => {
    const second: IssuerOptions = { issuer: "https://two.example/", keys: { jwks: { keys: [other.jwk] } } };
    const guard = guardWith({ issuer: [{ issuer, keys: jwks }, second] });
    expect(await verdict(guard, tokenOf(issuer))).toBe("accepted");
    expect(await verdict(guard, tokenOf(issuer, other))).toBe("signature_invalid");
    expect(await verdict(guard, tokenOf("https://two.example/"))).toBe("signature_invalid");
  });

  test.each<[string, string]>([
    [adfs, `${adfs}/`],
    [adfs, adfs.replace("http:", "https:")],
    [adfs, adfs.replace("sts", "STS")],
    [adfs, adfs.replace(".com/", ".com:80/")],
    ["http://sts.example.com", "http://sts.example.com/"],
    ["http://sts.example.com/", "http://sts.example.com"],
    [google, `https://${google}`],
    [google, `${google}/`],
    ["acme.com", "acme.com."],
    ["acme.com", "ACME.com"],
    ["urn:example:issuer", "URN:example:issuer"],
    ["urn:example:issuer", "urn:example:issuer/"],
    ["urn:example:issuer", " urn:example:issuer"],
  ])("is compared letter for letter: %s is not %s", async (issuer, iss) => {
    const guard = guardWith({ issuer, keys: jwks });
    expect(await verdict(guard, tokenOf(iss))).toBe("issuer_untrusted");
    expect(await verdict(guard, tokenOf(issuer))).toBe("accepted");
  });

  test.each([
    ["a list with the name", [google]],
    ["an object", { toString: google }],
    ["a number", 5],
    ["null", null],
  ])("is not %s", async (_name, iss) => {
    expect(await verdict(guardWith({ issuer: google, keys: jwks }), tokenOf(iss))).toBe("issuer_untrusted");
  });

  test("is not published as an authorization server, which has an https URL (RFC 9728 §2, RFC 8414 §2)", () => {
    const second: IssuerOptions = { issuer: "https://two.example/", keys: jwks };
    const guard = guardWith({ issuer: [{ issuer: adfs, keys: jwks }, second], resource: "https://api.acme.com" });
    expect(guard.metadata()?.body.authorization_servers).toEqual(["https://two.example/"]);
    const alone = guardWith({ issuer: "acme.com", keys: jwks, resource: "https://api.acme.com" });
    expect(alone.metadata()?.body).not.toHaveProperty("authorization_servers");
  });

  test("is explained like any other, with what differs", async () => {
    const guard = guardWith({ issuer: adfs, keys: jwks });
    const findings = await guard.explain(tokenOf("https://sts.example.com/adfs/services/trust"));
    expect(findings[0]).toMatchObject({ code: "issuer_untrusted", expected: [adfs] });
    expect((await guard.explain(tokenOf(adfs))).map(({ code }) => code)).toContain("accepted");
    const named = guardWith({ issuer: "acme.com", keys: jwks });
    expect((await named.explain(tokenOf("acme.org")))[0]?.code).toBe("issuer_untrusted");
  });
});

describe("Where keys would be discovered from it", () => {
  test.each(names)("it is a ConfigError that says what to add: %s", (issuer) => {
    for (const options of [{ issuer }, { issuer: [{ issuer }] }, { issuer, keys: { maxAge: 60 } }]) {
      const make = () => guardWith(options);
      expect(make).toThrow(ConfigError);
      expect(make).toThrow(`issuer is ${JSON.stringify(issuer)}`);
      expect(make).toThrow(/not an https URL.*`keys`.*`discoveryUrl`.*For example: .*jwksUri/);
    }
  });

  test.each(["acme.eu.auth0.com", "http://acme.eu.auth0.com/"])(
    "an Auth0 domain without https is a slip even beside keys: %s",
    (issuer) => {
      expect(() => guardWith({ issuer, keys: jwks })).toThrow("not an https URL");
    },
  );

  test.each([
    ["blanks", "my issuer"],
    ["a blank behind", "acme.com "],
    ["a colon that makes no URI", ":acme"],
    ["a scheme with nothing behind it", "urn:"],
    ["an http URL without a host", "http://"],
    ["a user name", "https://user@acme.com/"],
    ["a query", "http://sts.example.com/?a"],
    ["a fragment", "urn:example:issuer#a"],
    ["a bad escape", "urn:example:%zz"],
    ["a placeholder", "{yourDomain}"],
    ["other letters", "ä.example"],
    ["too many characters", `urn:${"x".repeat(510)}`],
    ["what every object inherits", "constructor"],
  ])("it is a ConfigError beside keys, too, with %s", (_name, issuer) => {
    expect(() => guardWith({ issuer, keys: jwks })).toThrow(ConfigError);
  });

  test.each([adfs, "urn:example:issuer"])("may come from the environment, with one spelling: %s", async (name) => {
    const guard = guardWith({ keys: jwks, env: { ISSUER_BASE_URL: name } });
    expect(await verdict(guard, tokenOf(name))).toBe("accepted");
    expect(await verdict(guard, tokenOf(`${name}/`))).toBe("issuer_untrusted");
    expect(() => guardWith({ env: { ISSUER_BASE_URL: name } })).toThrow("ISSUER_BASE_URL");
    expect(() => guardWith({ keys: jwks, env: { AUTH0_DOMAIN: name } })).toThrow("AUTH0_DOMAIN");
  });

  test("a base URL of the environment is https without its scheme, beside keys as without them", async () => {
    const guard = guardWith({ keys: jwks, env: { ISSUER_BASE_URL: "acme.com" } });
    expect(await verdict(guard, tokenOf("https://acme.com"))).toBe("accepted");
    expect(await verdict(guard, tokenOf("acme.com"))).toBe("issuer_untrusted");
  });

  test("keys for several issuers are refused all the same (CVE-2025-59936)", () => {
    expect(() => guardWith({ issuer: ["acme.com", "urn:two"], keys: jwks })).toThrow("keys.jwks");
  });

  test("Auth0's slash is still added to its own https issuer", async () => {
    const guard = guardWith({ issuer: "https://acme.eu.auth0.com", keys: jwks });
    expect(await verdict(guard, tokenOf("https://acme.eu.auth0.com/"))).toBe("accepted");
  });
});

describe("With discoveryUrl", () => {
  let server: IssuerServer;
  const path = "/adfs/.well-known/openid-configuration";
  beforeEach(async () => {
    server = await startIssuer();
    server.publish([key.jwk]);
  });
  afterEach(() => server.close());

  const publish = (document: object) => server.on(path, json({ jwks_uri: `${server.origin}/jwks`, ...document }));
  const guardFor = (issuer: string) => guardWith({ issuer, discoveryUrl: `${server.origin}${path}` });

  test("AD FS' `access_token_issuer` confirms the issuer of its access tokens", async () => {
    publish({ issuer: "https://sts.example.com/adfs", access_token_issuer: adfs });
    const guard = guardFor(adfs);
    expect(await verdict(guard, tokenOf(adfs))).toBe("accepted");
    // Its ID tokens come from the other name.
    expect(await verdict(guard, tokenOf("https://sts.example.com/adfs"))).toBe("issuer_untrusted");
    expect(guard.issuers).toEqual([adfs]);
  });

  test("so does `issuer` itself, under any name", async () => {
    publish({ issuer: "urn:example:issuer" });
    expect(await verdict(guardFor("urn:example:issuer"), tokenOf("urn:example:issuer"))).toBe("accepted");
    publish({ issuer: "https://sts.example.com/adfs", access_token_issuer: adfs });
    const own = "https://sts.example.com/adfs";
    expect(await verdict(guardFor(own), tokenOf(own))).toBe("accepted");
  });

  test.each<[string, object]>([
    [
      "neither name",
      { issuer: "https://evil.example/", access_token_issuer: "http://evil.example/adfs/services/trust" },
    ],
    ["almost the name", { issuer: "https://sts.example.com/adfs", access_token_issuer: `${adfs}/` }],
    ["a list", { issuer: "https://sts.example.com/adfs", access_token_issuer: [adfs] }],
    ["another member", { issuer: "https://sts.example.com/adfs", token_issuer: adfs }],
    ["nothing", {}],
  ])("metadata with %s are not believed, and their keys are not fetched", async (_name, document) => {
    publish(document);
    const refusal = await refusalOf(guardFor(adfs).verify(tokenOf(adfs)));
    expect(refusal).toMatchObject({ reason: "keys_unavailable", cause: { code: "issuer_mismatch" } });
    expect(server.count("/jwks")).toBe(0);
  });

  test("without it, `access_token_issuer` confirms nothing: the metadata were found by the name", async () => {
    server.on(
      "/.well-known/openid-configuration",
      json({
        issuer: "https://evil.example/",
        access_token_issuer: server.issuer,
        jwks_uri: `${server.origin}/jwks`,
      }),
    );
    expect(await verdict(guardWith({ issuer: server.issuer }), tokenOf(server.issuer))).toBe("keys_unavailable");
  });
});

describe("Issuers that are looked up", () => {
  test.each(names)("may have any name, with keys in their terms: %s", async (issuer) => {
    const terms = new Map<string, IssuerOptions>([[issuer, { issuer, keys: jwks }]]);
    const guard = guardWith({ issuer: (iss) => terms.get(iss) });
    expect(await verdict(guard, tokenOf(issuer))).toBe("accepted");
    expect(await verdict(guard, tokenOf(issuer, other))).toBe("signature_invalid");
    expect(await verdict(guard, tokenOf(`${issuer}x`))).toBe("issuer_untrusted");
  });

  test.each(names)("are not discovered from a name that is no https URL: %s", async (issuer) => {
    const fetch = vi.fn(globalThis.fetch);
    const guard = guardWith({ issuer: (iss) => (iss === issuer ? { issuer } : undefined), fetch });
    const refusal = await refusalOf(guard.verify(tokenOf(issuer)));
    expect(refusal.reason).toBe("check_failed");
    expect(refusal.cause).toBeInstanceOf(ConfigError);
    expect(fetch).not.toHaveBeenCalled();
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "an object as a table is not asked for what every object inherits: %s (CWE-1321)",
    async (iss) => {
      const table: Readonly<Record<string, IssuerOptions>> = { "acme.com": { issuer: "acme.com", keys: jwks } };
      const resolve = vi.fn((name: string) => table[name]);
      const guard = guardWith({ issuer: resolve });
      expect(await verdict(guard, tokenOf(iss))).toBe("issuer_untrusted");
      expect(resolve).not.toHaveBeenCalled();
      expect(await verdict(guard, tokenOf("acme.com"))).toBe("accepted");
    },
  );

  test("a function that vouches for any name is found out all the same", async () => {
    const guard = guardWith({ issuer: (iss) => ({ issuer: iss, keys: jwks }) });
    expect(await verdict(guard, tokenOf("urn:anybody"))).toBe("check_failed");
  });
});

describe("The introspection client", () => {
  const base = { clientId: "api", auth: { clientSecret: "s" } };

  test.each(names)("takes any name where it is told the place to ask: %s", (issuer) => {
    expect(() => createIntrospectionClient({ ...base, issuer, endpoint: "https://acme.com/introspect" })).not.toThrow();
    expect(() => createIntrospectionClient({ ...base, issuer, discoveryUrl: "https://acme.com/meta" })).not.toThrow();
  });

  test.each(names)("and only there: %s", (issuer) => {
    expect(() => createIntrospectionClient({ ...base, issuer })).toThrow(ConfigError);
    // Signed answers need keys, which would be discovered from the name.
    const signed = { ...base, issuer, endpoint: "https://acme.com/introspect", response: "jwt" } as const;
    expect(() => createIntrospectionClient(signed)).toThrow(ConfigError);
  });
});

describe("A test issuer", () => {
  test.each(["urn:example:issuer", "issuer.test", "issuer.test/project-1", "http://adfs.test/adfs/services/trust"])(
    "may be called %s, and a guard trusts it by its options or its environment",
    async (name) => {
      const issuer = createTestIssuer({ issuer: name });
      const other = createTestIssuer({ issuer: "urn:example:other" });
      const { env, fetch, clock } = issuer;
      for (const guard of [
        createGuard({ env: {}, ...issuer.guardOptions }),
        createGuard({ env, fetch, now: clock.now }),
      ]) {
        expect(await verdict(guard, issuer.token())).toBe("accepted");
        expect(await verdict(guard, other.token())).toBe("issuer_untrusted");
      }
    },
  );

  test.each([
    "acme.com",
    "urn:acme:issuer",
    "urn:example:",
    "http://adfs.acme.com/adfs/services/trust",
    "test.acme.com/a.test",
  ])("is never called %s, which could be a real one", (name) => {
    expect(() => createTestIssuer({ issuer: name })).toThrow("could be a real issuer's name");
  });
});
