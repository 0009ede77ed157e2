// Options that cannot be right fail when the guard is made: by name, with a right value, and without any secret in the message.
import { describe, expect, test } from "vitest";
import { ConfigError, createGuard, type GuardOptions } from "../../src/index.js";
import { createKey } from "../support/forge.js";
import { audience, ec, issuer, jwks, options, rsa, token, verdict } from "../support/keys.js";

type Wrong = Readonly<Record<string, unknown>>;
const make = (changes: Wrong) => createGuard(options(changes as GuardOptions));
const secret = "a secret that must never be printed, 64 characters long at least";

function problemOf(changes: Wrong): ConfigError {
  try {
    make(changes);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("The configuration was accepted");
}

const privatePem = ec.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const publicPem = ec.publicKey.export({ type: "spki", format: "pem" }).toString();

describe("Bad options", () => {
  test.each<[string, Wrong, string]>([
    ["issuer", { issuer: "" }, "empty"],
    ["issuer", { issuer: [] }, "empty list"],
    ["issuer", { issuer: null }, "empty"],
    ["issuer", { issuer: [null] }, "empty"],
    ["issuer", { issuer: 5 }, "empty"],
    ["issuer", { issuer: {} }, "empty"],
    ["issuer", { issuer: [issuer, issuer] }, "twice"],
    ["issuer", { issuer: "acme.eu.auth0.com" }, "not an https URL"],
    ["issuer", { issuer: "http://idp.acme.com/", keys: undefined }, "https URL"],
    ["issuer", { issuer: "https://idp.acme.com/ " }, "not a URL"],
    ["issuer", { issuer: "https://idp.acme.com/#a" }, "no fragment"],
    ["issuer", { issuer: "https://your-tenant.auth0.com/" }, "placeholder"],
    ["issuer", { issuer: "https://{yourDomain}/" }, "placeholder"],
    ["audience", { audience: "" }, "empty"],
    ["audience", { audience: "  " }, "empty"],
    ["audience", { audience: [] }, "empty list"],
    ["audience", { audience: [audience, ""] }, "empty"],
    ["audience", { audience: [null] }, "not text"],
    ["audience", { audience: 5 }, "not text"],
    ["audience", { audience: "YOUR_API_IDENTIFIER" }, "placeholder"],
    ["algorithms", { algorithms: [] }, "empty"],
    ["algorithms", { algorithms: "RS256" }, "list"],
    ["algorithms", { algorithms: ["none"] }, "not a signature algorithm"],
    ["algorithms", { algorithms: ["RS256", "none"] }, "not a signature algorithm"],
    ["algorithms", { algorithms: ["NONE"] }, "not a signature algorithm"],
    ["algorithms", { algorithms: ["rs256"] }, "not a signature algorithm"],
    ["algorithms", { algorithms: ["__proto__"] }, "not a signature algorithm"],
    ["algorithms", { algorithms: [undefined] }, "not a signature algorithm"],
    ["algorithms", { algorithms: ["RS256", "HS256"] }, "does not fit"],
    ["algorithms", { algorithms: ["HS256"] }, "does not fit"],
    ["algorithms", { algorithms: ["HS256", "RS256"], keys: { secret } }, "does not fit"],
    ["algorithms", { algorithms: ["RS256"], keys: { secret } }, "does not fit"],
    ["algorithms", { algorithms: ["HS512"], keys: { secret: secret.slice(0, 32) } }, "does not fit"],
    ["clockTolerance", { clockTolerance: Number.NaN }, "NaN"],
    ["clockTolerance", { clockTolerance: Number.POSITIVE_INFINITY }, "Infinity"],
    ["clockTolerance", { clockTolerance: -1 }, "-1"],
    ["clockTolerance", { clockTolerance: 301 }, "301"],
    ["clockTolerance", { clockTolerance: "5" }, "5"],
    ["clockTolerance", { clockTolerance: null }, "null"],
    ["maxTokenSize", { maxTokenSize: 0 }, "0"],
    ["maxTokenSize", { maxTokenSize: 65_537 }, "65537"],
    ["maxTokenSize", { maxTokenSize: Number.NaN }, "NaN"],
    ["tokenType", { tokenType: "JWT" }, "JWT"],
    ["tokenType", { tokenType: "" }, 'is ""'],
    ["realm", { realm: 5 }, "text"],
    ["now", { now: 5 }, "function"],
    ["fetch", { fetch: "global" }, "function"],
    ["onDecision", { onDecision: {} }, "function"],
    ["claims", { claims: {} }, "Standard Schema"],
    ["claims", { claims: { "~standard": {} } }, "Standard Schema"],
    ["claims", { claims: { parse: () => ({}) } }, "Standard Schema"],
    ["scopeAsList", { scopeAsList: "false" }, "true or false"],
    ["claimNames", { claimNames: "scope" }, "claimNames"],
    ["claimNames.scopes", { claimNames: { scopes: "scp" } }, "scope, permissions, roles, organization"],
    ["claimNames.scope", { claimNames: { scope: "" } }, "empty"],
    ["claimNames.permissions", { claimNames: { permissions: 5 } }, "claim"],
    ["claimNames.permissions", { claimNames: { permissions: undefined } }, "claim"],
    ["claimNames.permissions", { claimNames: { permissions: [] } }, "empty"],
    ["claimNames.organization", { claimNames: { organization: ["a", ""] } }, "claim"],
    ["claimNames.scope", { claimNames: { scope: [["a"]] } }, "claim"],
    ["claimFormats", { claimFormats: "list" }, "object"],
    ["claimFormats.role", { claimFormats: { role: "text" } }, "scope, permissions, roles"],
    ["claimFormats.scope", { claimFormats: { scope: "text" } }, '"blanks", "list" or "commas"'],
    ["claimFormats.roles", { claimFormats: { roles: "blanks" } }, '"list", "text" or "keys"'],
    ["claimFormats.permissions", { claimFormats: { permissions: ["list"] } }, '"list", "text" or "keys"'],
    ["scopeAsList", { scopeAsList: true, claimFormats: { scope: "commas" } }, "claimFormats.scope"],
    ["scopeAsList", { scopeAsList: false, claimFormats: { scope: "list" } }, "claimFormats.scope"],
    ["issuer.claimFormat", { issuer: { issuer, claimFormat: {} } }, "not an option of an issuer"],
    ["claimNames.roles", { claimNames: { roles: [] } }, "empty"],
    ["claimNames.roles", { claimNames: { roles: ["a", 1] } }, "claim"],
    ["discoveryUrl", { discoveryUrl: "http://idp.internal/meta" }, "http://idp.internal/meta"],
    ["discoveryUrl", { discoveryUrl: "" }, "https URL"],
    ["discoveryUrl", { discoveryUrl: "file:///etc/passwd" }, "https URL"],
    ["audiance", { audiance: "x" }, "not an option of createGuard"],
    ["algorithm", { algorithm: ["RS256"] }, "is called `algorithms` here"],
    ["issuer.audiance", { issuer: { issuer, audiance: "x" } }, "not an option of an issuer"],
    ["issuer.algorithm", { issuer: [{ issuer, algorithm: ["RS256"] }] }, "is called `algorithms` here"],
    ["issuer.maxTokenSize", { issuer: { issuer, maxTokenSize: 512 } }, "not an option of an issuer"],
    ["audience", { issuer: { issuer, audience: "" } }, "empty"],
    ["algorithms", { issuer: { issuer, algorithms: [] } }, "empty"],
    ["tokenType", { issuer: { issuer, tokenType: "x" } }, "x"],
  ])("fail at creation: %s of %j", (option, changes, problem) => {
    const error = problemOf(changes);
    expect(error.option).toBe(option);
    expect(error.message).toContain(problem);
    expect(error.message).toMatch(/For example: \S+/);
  });
});

describe("Bad keys", () => {
  test.each<[string, unknown, string]>([
    ["keys", { jwks, publicKey: publicPem, secret }, "both"],
    ["keys", { jwksUri: "https://idp.acme.com/jwks", publicKey: publicPem }, "both"],
    ["keys", "https://idp.acme.com/jwks", "object"],
    ["keys", [ec.jwk], "object"],
    ["keys.jwksUrl", { jwksUrl: "https://idp.acme.com/jwks" }, "not an option"],
    ["keys.maxage", { maxage: 5 }, "not an option"],
    ["keys.jwksUri", { jwksUri: "http://idp.acme.com/jwks" }, "https URL"],
    ["keys.jwksUri", { jwksUri: "" }, "https URL"],
    ["keys.jwksUri", { jwksUri: undefined }, "https URL"],
    ["keys.jwksUri", { jwksUri: "file:///keys.json" }, "https URL"],
    ["keys.jwksUri", { jwksUri: new URL("https://idp.acme.com/jwks") }, "https URL"],
    ["keys.maxAge", { maxAge: 14 }, "14"],
    ["keys.maxAge", { maxAge: Number.NaN }, "NaN"],
    ["keys.maxAge", { maxAge: Number.POSITIVE_INFINITY }, "Infinity"],
    ["keys.staleIfError", { staleIfError: -1 }, "-1"],
    ["keys.timeout", { timeout: 0 }, "0"],
    ["keys.timeout", { timeout: "5" }, "5"],
    ["keys.jwks", { jwks: { keys: [] } }, "no usable key"],
    ["keys.jwks", { jwks: [ec.jwk] }, '"keys" array'],
    ["keys.jwks", { jwks: undefined }, '"keys" array'],
    ["keys.jwks", { jwks: { keys: [createKey("RS256", "weak", 1024).jwk] } }, "1024 bits"],
    ["keys.jwks", { jwks: { keys: [{ kty: "oct", k: secret }] } }, "private member"],
    ["keys.publicKey", { publicKey: "" }, "key material"],
    ["keys.publicKey", { publicKey: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----" }, "key material"],
    ["keys.publicKey", { publicKey: undefined }, "is not PEM text"],
    ["keys.publicKey", { publicKey: privatePem }, "private key"],
    ["keys.publicKey", { publicKey: ec.privateKey }, "public KeyObject"],
    ["keys.publicKey", { publicKey: { ...ec.privateKey.export({ format: "jwk" }) } }, "private member"],
    ["keys.publicKey", { publicKey: { ...rsa.jwk, e: "AQ" } }, "exponent"],
    ["keys.publicKey", { publicKey: { ...rsa.jwk, use: "enc" } }, '"use"'],
    ["keys.secret", { secret: "" }, "32 bytes"],
    ["keys.secret", { secret: "short-secret-31-characters-long" }, "32 bytes"],
    ["keys.secret", { secret: undefined }, "neither text nor bytes"],
    ["keys.secret", { secret: 5 }, "neither text nor bytes"],
    ["keys.secret", { secret: publicPem }, "PEM"],
    ["keys.secret", { secret: Buffer.from(publicPem) }, "PEM"],
    ["keys.secret", { secret: JSON.stringify(ec.jwk) }, "JWK"],
  ])("fail at creation: %s of %j", (option, keys, problem) => {
    const error = problemOf({ keys });
    expect([error.option, error.message]).toEqual([option, expect.stringContaining(problem)]);
    expect(error.message).toMatch(/For example: \S+/);
  });

  test.each<[string, unknown]>([
    ["a short secret", { secret: "hunter2-hunter2" }],
    ["a PEM secret", { secret: `hunter2${privatePem}` }],
    ["a secret beside two kinds of public keys", { secret: "hunter2".repeat(9), jwks, publicKey: publicPem }],
    ["a secret under a misspelt name", { secrets: "hunter2".repeat(9) }],
    ["a private key", { publicKey: privatePem.replace("-----BEGIN", "hunter2-----BEGIN") }],
    ["a private JWK", { publicKey: { ...ec.jwk, d: "hunter2" } }],
    ["a secret in a key set", { jwks: { keys: [{ kty: "oct", kid: "x", k: "hunter2" }] } }],
  ])("never quote what is secret: %s", (_name, keys) => {
    const error = problemOf({ keys });
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain("hunter2");
    expect(error.message).not.toContain(privatePem.split("\n")[1]);
  });
});

const pair = [issuer, "https://other.test/"];

describe("Keys for a list of issuers (CVE-2025-59936)", () => {
  test.each<[string, unknown]>([
    ["keys.jwks", { jwks }],
    ["keys.publicKey", { publicKey: publicPem }],
    ["keys.secret", { secret }],
    ["keys.jwksUri", { jwksUri: "https://idp.acme.com/jwks" }],
    ["keys.jwksUri", Object.create({ jwksUri: "https://idp.acme.com/jwks" })],
  ])("fail at creation: with %s for all, each could sign for the others", (option, keys) => {
    const error = problemOf({ issuer: pair, keys });
    expect([error.option, error.message]).toEqual([option, expect.stringContaining("each issuer's own keys")]);
    expect(error.message).not.toContain(secret);
  });

  test("fail at creation even where each issuer has keys of its own: these would never be used", () => {
    const own = pair.map((one) => ({ issuer: one, keys: { jwks } }));
    expect(problemOf({ issuer: own, keys: { jwks } }).option).toBe("keys.jwks");
  });

  test("are accepted for a list of one", async () => {
    expect(await verdict(make({ issuer: [issuer], keys: { jwks } }), token())).toBe("accepted");
  });

  test("are accepted as each issuer's own, also where two names of one provider have the same", async () => {
    const guard = make({ issuer: pair.map((one) => ({ issuer: one, keys: { jwks } })), keys: undefined });
    expect(await verdict(guard, token())).toBe("accepted");
    expect(await verdict(guard, token({ iss: pair[1] }))).toBe("accepted");
  });

  test("may have times in common", () => {
    expect(() => make({ issuer: pair, keys: { maxAge: 60, staleIfError: 0, timeout: 1 } })).not.toThrow();
  });
});

describe("Allowed hosts", () => {
  const allowedHosts = ["issuer.test"];

  test.each<[string, Wrong, string]>([
    ["allowedHosts", { allowedHosts: "issuer.test" }, "list"],
    ["allowedHosts", { allowedHosts: [] }, "list"],
    ["allowedHosts", { allowedHosts: [5] }, "host"],
    ["allowedHosts", { allowedHosts: [undefined] }, "host"],
    ["allowedHosts", { allowedHosts: ["issuer.test", undefined] }, "host"],
    ["allowedHosts", { allowedHosts: [""] }, "host"],
    ["allowedHosts", { allowedHosts: ["*.auth0.com"] }, "host"],
    ["allowedHosts", { allowedHosts: ["https://issuer.test/"] }, "host"],
    ["allowedHosts", { allowedHosts: ["issuer.test/"] }, "host"],
    ["allowedHosts", { allowedHosts: ["Issuer.test"] }, "host"],
    ["allowedHosts", { allowedHosts: ["issuer.test:443"] }, "host"],
    ["allowedHosts", { allowedHosts: ["user@issuer.test"] }, "host"],
    ["allowedHosts", { allowedHosts: ["127.1"] }, "host"],
    ["allowedHosts", { issuer: { issuer, allowedHosts: [] } }, "list"],
    ["allowedHosts", { issuer: (iss: string) => ({ issuer: iss }), keys: {}, allowedHosts: ["*"] }, "host"],
    ["issuer", { keys: {}, allowedHosts: ["other.test"] }, "issuer.test"],
    ["issuer", { keys: {}, allowedHosts: ["issuer.test:8443"] }, "issuer.test"],
    ["discoveryUrl", { keys: {}, allowedHosts, discoveryUrl: "https://other.test/metadata" }, "other.test"],
    ["keys.jwksUri", { keys: { jwksUri: "https://other.test/jwks" }, allowedHosts }, "other.test"],
  ])("fail at creation: %s of %j", (option, changes, problem) => {
    const error = problemOf(changes);
    expect([error.option, error.message]).toEqual([option, expect.stringContaining(problem)]);
    expect(error.message).toMatch(/For example: \S+/);
  });

  test.each<[string, Wrong]>([
    ["the issuer's host", { keys: {}, allowedHosts }],
    ["a port", { issuer: "https://issuer.test:8443/", keys: {}, allowedHosts: ["issuer.test:8443"] }],
    ["an IPv6 address", { issuer: "https://[2606:4700::1]/", keys: {}, allowedHosts: ["[2606:4700::1]"] }],
    ["the place of the metadata only", { keys: {}, discoveryUrl: "https://x.test/m", allowedHosts: ["x.test"] }],
    ["the place of the keys only", { keys: { jwksUri: "https://x.test/jwks" }, allowedHosts: ["x.test"] }],
    [
      "an issuer's own, in place of the guard's",
      { keys: {}, issuer: { issuer, allowedHosts }, allowedHosts: ["x.test"] },
    ],
    ["nothing that is fetched", { keys: { jwks }, allowedHosts: ["x.test"] }],
    ["issuers that are looked up", { issuer: () => undefined, keys: {}, allowedHosts }],
  ])("are accepted: %s", (_name, changes) => {
    expect(() => make(changes)).not.toThrow();
  });
});

describe("Good options", () => {
  test.each<[string, Wrong]>([
    ["all algorithms of a list", { algorithms: ["ES256", "RS256", "PS512", "EdDSA", "Ed25519"] }],
    ["the bounds of the tolerance", { clockTolerance: 300 }],
    ["no tolerance", { clockTolerance: 0 }],
    ["an issuer object", { issuer: { issuer, audience, algorithms: ["ES256"] } }],
    [
      "several issuers",
      {
        issuer: [
          { issuer, keys: { jwks } },
          { issuer: "https://other.test/", audience: "urn:x" },
        ],
        keys: undefined,
      },
    ],
    ["issuers that differ in a slash", { issuer: [{ issuer, keys: { jwks } }, issuer.slice(0, -1)], keys: undefined }],
    ["a list of audiences", { audience: ["urn:a", audience] }],
    ["claim names", { claimNames: { scope: "scp", roles: ["realm_access", "roles"] } }],
    ["a realm with quotes", { realm: 'the "API"' }],
    ["a certificate-free PEM", { keys: { publicKey: publicPem } }],
  ])("are accepted: %s", async (_name, changes) => {
    expect(await verdict(make(changes), token())).toBe("accepted");
  });

  test("mean Auth0's issuer with its slash, with or without it", () => {
    expect(() => make({ issuer: "https://acme.eu.auth0.com" })).not.toThrow();
    expect(() => make({ issuer: ["https://acme.eu.auth0.com", "https://acme.eu.auth0.com/"] })).toThrow(/twice/);
  });
});
