// Where the keys of issuers that are looked up may come from: what a tenant enters must lead to no place inside (CWE-918).
import { createGuard, type GuardOptions, type IssuerOptions, type IssuerResolver } from "gatewarden";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createClock, start } from "../support/clock.js";
import { createKey, forge } from "../support/forge.js";
import { type IssuerServer, startIssuer } from "../support/issuer-server.js";
import { audience, refusalOf, verdict } from "../support/keys.js";

const key = createKey("ES256", "k");
const payload = { aud: audience, sub: "user|1", exp: start + 9000 };
const tokenOf = (iss: string) => forge({ header: { alg: "ES256", kid: key.kid }, payload: { ...payload, iss }, key });

let server: IssuerServer;
const fetch = vi.fn(globalThis.fetch);

beforeEach(async () => {
  server = await startIssuer();
  server.publish([key.jwk]);
  fetch.mockReset();
  fetch.mockImplementation(globalThis.fetch);
});

afterEach(() => server.close());

/** Trusts one issuer on the terms that its tenant entered. */
function guardFor(terms: IssuerOptions, resolver: Partial<IssuerResolver> = {}, changes: GuardOptions = {}) {
  const resolve = (iss: string) => (iss === terms.issuer ? terms : undefined);
  return createGuard({
    issuer: { resolve, ...resolver },
    audience,
    now: createClock().now,
    fetch,
    env: {},
    ...changes,
  });
}

/** An issuer elsewhere, whose metadata and keys are answered here in its name. */
function answer(documents: Readonly<Record<string, unknown>>): void {
  fetch.mockImplementation((url) => {
    const document = documents[String(url)];
    return document === undefined
      ? Promise.reject(new TypeError("no route"))
      : Promise.resolve(Response.json(document));
  });
}

const issuer = "https://idp.tenant.test/";
const metadataUrl = `${issuer}.well-known/openid-configuration`;

describe("An issuer that is looked up fetches nothing from", () => {
  test.each<[string, IssuerOptions]>([
    ["its own address on a private network", { issuer: "https://10.0.0.5/" }],
    ["its own address on loopback", { issuer: "http://127.0.0.1:9000/" }],
    ["a cloud's metadata service", { issuer: "https://169.254.169.254/" }],
    ["a cloud's metadata service by name", { issuer: "https://metadata.google.internal/" }],
    ["a loopback address written as a number", { issuer, discoveryUrl: "https://2130706433/metadata" }],
    ["a private discoveryUrl", { issuer, discoveryUrl: "https://192.168.1.1/metadata" }],
    ["a private jwksUri", { issuer, keys: { jwksUri: "https://[fd00::1]/jwks" } }],
    ["a jwksUri on loopback", { issuer, keys: { jwksUri: "http://localhost:9000/jwks" } }],
  ])("%s", async (_name, terms) => {
    const refusal = await refusalOf(guardFor(terms).verify(tokenOf(terms.issuer)));
    expect(refusal).toMatchObject({ reason: "check_failed", cause: { name: "ConfigError" } });
    expect(String(refusal.cause)).toContain("allowPrivateNetwork");
    expect(fetch).not.toHaveBeenCalled();
  });

  test.each(["https://10.0.0.5/jwks", "https://[::ffff:10.0.0.5]/jwks", "https://127.0.0.1/jwks", "https://idp/jwks"])(
    "a private jwks_uri of its metadata: %s",
    async (jwks_uri) => {
      answer({ [metadataUrl]: { issuer, jwks_uri }, [jwks_uri]: { keys: [key.jwk] } });
      const refusal = await refusalOf(guardFor({ issuer }).verify(tokenOf(issuer)));
      expect(refusal).toMatchObject({ reason: "keys_unavailable", cause: { name: "MetadataError" } });
      expect(fetch.mock.calls.map(([url]) => String(url))).not.toContain(jwks_uri);
    },
  );
});

describe("An issuer that is looked up is accepted", () => {
  test("with metadata and keys at public hosts", async () => {
    const jwks_uri = "https://cdn.tenant.test/jwks";
    answer({ [metadataUrl]: { issuer, jwks_uri }, [jwks_uri]: { keys: [key.jwk] } });
    expect(await verdict(guardFor({ issuer }), tokenOf(issuer))).toBe("accepted");
  });

  test("on this machine where allowPrivateNetwork says so", async () => {
    const terms = { issuer: server.issuer };
    expect(await verdict(guardFor(terms), tokenOf(server.issuer))).toBe("check_failed");
    expect(await verdict(guardFor(terms, { allowPrivateNetwork: true }), tokenOf(server.issuer))).toBe("accepted");
  });

  test("with any name where its keys are given: nothing is fetched", async () => {
    const terms = { issuer: "http://127.0.0.1:9000/", keys: { jwks: { keys: [key.jwk] } } };
    expect(await verdict(guardFor(terms), tokenOf(terms.issuer))).toBe("accepted");
    expect(fetch).not.toHaveBeenCalled();
  });

  test("allowPrivateNetwork must be true or false", () => {
    expect(() => guardFor({ issuer }, { allowPrivateNetwork: "yes" as unknown as boolean })).toThrow(
      /allowPrivateNetwork/,
    );
  });
});

describe("With allowedHosts", () => {
  const jwks_uri = "https://cdn.tenant.test/jwks";

  beforeEach(() => answer({ [metadataUrl]: { issuer, jwks_uri }, [jwks_uri]: { keys: [key.jwk] } }));

  test.each<[string, string[]]>([
    ["another host", ["idp.tenant.test"]],
    ["the host at another port", ["idp.tenant.test", "cdn.tenant.test:8443"]],
    ["a host that ends alike", ["idp.tenant.test", "tenant.test"]],
  ])("a jwks_uri is not fetched where the list holds %s", async (_name, allowedHosts) => {
    const guard = createGuard({ issuer, audience, now: createClock().now, fetch, env: {}, allowedHosts });
    const refusal = await refusalOf(guard.verify(tokenOf(issuer)));
    expect(refusal).toMatchObject({ reason: "keys_unavailable", cause: { name: "MetadataError" } });
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  test("metadata and keys are fetched from the hosts that are listed", async () => {
    const allowedHosts = ["idp.tenant.test", "cdn.tenant.test"];
    const guard = createGuard({ issuer, audience, now: createClock().now, fetch, env: {}, allowedHosts });
    expect(await verdict(guard, tokenOf(issuer))).toBe("accepted");
  });

  test("the guard's list bounds issuers that are looked up", async () => {
    const hosts = ["idp.tenant.test", "cdn.tenant.test"];
    expect(await verdict(guardFor({ issuer }, {}, { allowedHosts: hosts }), tokenOf(issuer))).toBe("accepted");
    const refusal = await refusalOf(guardFor({ issuer }, {}, { allowedHosts: ["other.test"] }).verify(tokenOf(issuer)));
    expect(refusal).toMatchObject({ reason: "check_failed", cause: { name: "ConfigError" } });
  });
});
