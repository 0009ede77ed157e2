// From an issuer to its metadata, which must name the very issuer that was asked for.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGuard, type GuardOptions } from "../../src/index.js";
import { createDiscovery } from "../../src/issuer/discovery.js";
import { createClock } from "../support/clock.js";
import { createKey, forge } from "../support/forge.js";
import { type IssuerServer, json, metadataPath, startIssuer, status, text } from "../support/issuer-server.js";
import { audience, refusalOf, verdict } from "../support/keys.js";

const key = createKey("ES256", "k");
const oauthPath = "/.well-known/oauth-authorization-server";
let server: IssuerServer;

beforeEach(async () => {
  server = await startIssuer();
  server.publish([key.jwk]);
});

afterEach(() => server.close());

const token = (iss: string) =>
  forge({ header: { alg: "ES256", kid: "k" }, payload: { iss, aud: audience, exp: 1e10 }, key });
const guardFor = (options: GuardOptions) => createGuard({ audience, now: createClock().now, env: {}, ...options });
const metadata = (issuer: string) => json({ issuer, jwks_uri: `${server.origin}/jwks` });

describe("Metadata", () => {
  test("is found by OpenID Connect Discovery", async () => {
    expect(await verdict(guardFor({ issuer: server.issuer }), token(server.issuer))).toBe("accepted");
    expect(server.requests).toEqual([metadataPath, "/jwks"]);
  });

  test("is found by RFC 8414 where there is no OpenID provider", async () => {
    server.on(metadataPath, status(404));
    server.on(oauthPath, metadata(server.issuer));
    expect(await verdict(guardFor({ issuer: server.issuer }), token(server.issuer))).toBe("accepted");
  });

  test("is found by RFC 8414 where another page answers at the first place", async () => {
    server.on(metadataPath, text("<html></html>"));
    server.on(oauthPath, metadata(server.issuer));
    expect(await verdict(guardFor({ issuer: server.issuer }), token(server.issuer))).toBe("accepted");
  });

  test.each([
    ["/tenant/a", "/tenant/a/.well-known/openid-configuration"],
    ["/tenant/a/", "/tenant/a/.well-known/openid-configuration"],
    ["/tenant/a", `${oauthPath}/tenant/a`],
    ["/tenant/a/", `${oauthPath}/tenant/a`],
  ])("of an issuer with the path %s is found at %s", async (path, place) => {
    const issuer = server.origin + path;
    server.on(place, metadata(issuer));
    expect(await verdict(guardFor({ issuer }), token(issuer))).toBe("accepted");
  });

  test("is not looked for in the second place while the first one fails", async () => {
    server.on(metadataPath, status(503));
    server.on(oauthPath, metadata(server.issuer));
    const error = await refusalOf(guardFor({ issuer: server.issuer }).verify(token(server.issuer)));
    expect(error.reason).toBe("keys_unavailable");
    expect(String(error.cause)).toContain("status 503");
    expect(server.count(oauthPath)).toBe(0);
  });

  test.each([
    ["another issuer", "https://evil.test/"],
    ["the issuer without its slash", () => server.origin],
    ["the issuer in capitals", () => server.issuer.toUpperCase()],
    ["the issuer with a path", () => `${server.issuer}x`],
    ["a list with the issuer", () => [server.issuer]],
    ["nothing", undefined],
    ["null", null],
  ])("that names %s is not believed, and its keys are not fetched", async (_name, issuer) => {
    const named = typeof issuer === "function" ? issuer() : issuer;
    server.on(metadataPath, json({ issuer: named, jwks_uri: `${server.origin}/jwks` }));
    const error = await refusalOf(guardFor({ issuer: server.issuer }).verify(token(server.issuer)));
    expect([error.reason, (error.cause as Error).name]).toEqual(["keys_unavailable", "MetadataError"]);
    expect(server.count("/jwks")).toBe(0);
  });

  test.each([
    ["none", undefined],
    ["a file", "file:///etc/passwd"],
    ["plain http elsewhere", "http://keys.test/jwks"],
    ["a user name", "https://user@keys.test/jwks"],
    ["ftp", "ftp://127.0.0.1/jwks"],
    ["a data URL", 'data:application/json,{"keys":[]}'],
    ["a relative path", "/jwks"],
    ["a list", ["https://keys.test/jwks"]],
    ["empty text", ""],
  ])("whose jwks_uri is %s is not believed", async (_name, jwks_uri) => {
    server.on(metadataPath, json({ issuer: server.issuer, jwks_uri }));
    const error = await refusalOf(guardFor({ issuer: server.issuer }).verify(token(server.issuer)));
    expect([error.reason, (error.cause as Error).name]).toEqual(["keys_unavailable", "MetadataError"]);
  });

  test("may be fetched from elsewhere while the issuer stays the public one", async () => {
    const issuer = "https://public.test/";
    const discoveryUrl = `${server.origin}/internal/metadata`;
    server.on("/internal/metadata", metadata(issuer));
    const guard = guardFor({ issuer, discoveryUrl });
    expect(await verdict(guard, token(issuer))).toBe("accepted");
    expect(await verdict(guard, token(server.issuer))).toBe("issuer_untrusted");
  });

  test("from elsewhere must name the public issuer all the same", async () => {
    const discoveryUrl = `${server.origin}${metadataPath}`;
    const guard = guardFor({ issuer: "https://public.test/", discoveryUrl });
    expect(await verdict(guard, token("https://public.test/"))).toBe("keys_unavailable");
  });
});

describe("An address of this machine (CWE-918)", () => {
  const issuer = "https://public.test/";

  /** A guard whose issuer is elsewhere: only its metadata are answered here, in its name. */
  function guardForRemote(jwks_uri: string) {
    const fetch: typeof globalThis.fetch = (url, init) =>
      String(url).startsWith(issuer)
        ? Promise.resolve(Response.json({ issuer, jwks_uri }))
        : String(url).startsWith(server.origin)
          ? globalThis.fetch(String(url), init)
          : Promise.reject(new TypeError("no route"));
    return guardFor({ issuer, fetch });
  }

  test.each([
    ["http on loopback", () => `${server.origin}/jwks`],
    ["http on localhost", () => `${server.origin.replace("127.0.0.1", "localhost")}/jwks`],
    ["https on loopback", () => "https://127.0.0.1/jwks"],
    ["https on localhost", () => "https://localhost/jwks"],
    ["https on localhost with a dot at its end", () => "https://localhost./jwks"],
    ["https on IPv6 loopback", () => "https://[::1]/jwks"],
    ["https on IPv4 loopback within IPv6", () => "https://[::ffff:127.0.0.1]/jwks"],
    ["https on an address that means any", () => "https://0.0.0.0/jwks"],
    ["https on a cloud's metadata service", () => "https://169.254.169.254/latest/meta-data"],
  ])("as jwks_uri of an issuer elsewhere is not believed: %s", async (_name, jwksUri) => {
    const error = await refusalOf(guardForRemote(jwksUri()).verify(token(issuer)));
    expect([error.reason, (error.cause as Error).name]).toEqual(["keys_unavailable", "MetadataError"]);
    expect(String(error.cause)).toContain("this machine");
    expect(server.count("/jwks")).toBe(0);
  });

  test("is believed where the developer fetches the metadata from this machine", async () => {
    server.on("/internal", metadata(issuer));
    const guard = guardFor({ issuer, discoveryUrl: `${server.origin.replace("127.0.0.1", "localhost")}/internal` });
    expect(await verdict(guard, token(issuer))).toBe("accepted");
  });

  test("is believed where the developer names it", async () => {
    const guard = guardFor({ issuer, keys: { jwksUri: `${server.origin}/jwks` } });
    expect(await verdict(guard, token(issuer))).toBe("accepted");
  });

  test("as introspection endpoint of an issuer elsewhere is not used", async () => {
    const introspection_endpoint = `${server.origin}/introspect`;
    const named = { issuer, jwks_uri: "https://public.test/jwks", introspection_endpoint };
    const settings = { issuers: [issuer], discoveryUrl: undefined, timeout: 5, now: createClock().now } as const;
    const elsewhere = createDiscovery({ ...settings, fetch: () => Promise.resolve(Response.json(named)) });
    expect((await elsewhere.load()).introspectionEndpoint).toBeUndefined();
    server.on("/internal", json(named));
    const here = createDiscovery({ ...settings, discoveryUrl: `${server.origin}/internal`, fetch: globalThis.fetch });
    expect((await here.load()).introspectionEndpoint).toBe(introspection_endpoint);
  });

  test("may be named by an address of a private network: only what tenants enter is held to public ones", async () => {
    const guard = guardForRemote("https://10.0.0.5/jwks");
    const error = await refusalOf(guard.verify(token(issuer)));
    expect((error.cause as Error).name).toBe("FetchError");
  });
});

describe("Metadata that was read before", () => {
  const setUp = async () => {
    const clock = createClock();
    const guard = createGuard({ issuer: server.issuer, audience, now: clock.now, env: {} });
    expect(await verdict(guard, token(server.issuer))).toBe("accepted");
    return { clock, guard };
  };

  test("is read again after an hour", async () => {
    const { clock, guard } = await setUp();
    clock.advance(3601);
    await verdict(guard, token(server.issuer));
    expect(server.count(metadataPath)).toBe(2);
  });

  test("is read again after an hour though the wall clock is set back by a day meanwhile", async () => {
    const settings = {
      issuers: [server.issuer],
      discoveryUrl: undefined,
      fetch: globalThis.fetch,
      timeout: 5,
    } as const;
    const wall = createClock();
    const discovery = createDiscovery({ ...settings, now: wall.now });
    await discovery.load();
    const before = server.count(metadataPath);
    wall.advance(-86_400);
    await discovery.load();
    expect(server.count(metadataPath)).toBe(before);
    wall.advance(3600);
    await discovery.load();
    expect(server.count(metadataPath)).toBe(before + 1);
  });

  test("serves on while the issuer's metadata cannot be fetched, so that keys stay fresh", async () => {
    const { clock, guard } = await setUp();
    const replacement = createKey("ES256", "k");
    server.on(metadataPath, status(503));
    server.publish([replacement.jwk]);
    clock.advance(3601);
    expect(await verdict(guard, token(server.issuer))).toBe("signature_invalid");
    expect(server.count("/jwks")).toBe(2);
  });

  test("does not serve on when it now names another issuer: the old keys stay for their time only", async () => {
    const { clock, guard } = await setUp();
    server.on(metadataPath, json({ issuer: "https://evil.test/", jwks_uri: `${server.origin}/evil` }));
    server.on("/evil", json({ keys: [] }));
    clock.advance(3601);
    expect(await verdict(guard, token(server.issuer))).toBe("accepted");
    expect(server.count("/evil")).toBe(0);
    clock.advance(86_400);
    expect(await verdict(guard, token(server.issuer))).toBe("keys_unavailable");
  });
});

describe("A base URL", () => {
  test.each([
    ["without slash", "", "/"],
    ["without slash", "", ""],
    ["with slash", "/", "/"],
    ["with slash", "/", ""],
    ["with a path", "/realms/x", "/realms/x"],
    ["with a path", "/realms/x", "/realms/x/"],
    ["with a path and a slash", "/realms/x/", "/realms/x"],
  ])("%s (%j) settles to the issuer that the metadata names (%j), and to no other", async (_name, given, named) => {
    const [issuer, base] = [server.origin + named, server.origin + given];
    const other = issuer.endsWith("/") ? issuer.slice(0, -1) : `${issuer}/`;
    server.on(`${given.replace(/\/$/, "")}${metadataPath}`, metadata(issuer));
    const guard = guardFor({ env: { ISSUER_BASE_URL: base } });
    expect(await verdict(guard, token(other))).toBe("issuer_untrusted");
    expect(await verdict(guard, token(issuer))).toBe("accepted");
    expect(await verdict(guard, token(other))).toBe("issuer_untrusted");
  });

  test("does not settle to another path or host", async () => {
    server.on(metadataPath, metadata(`${server.origin}/other`));
    const guard = guardFor({ env: { ISSUER_BASE_URL: server.origin } });
    expect(await verdict(guard, token(server.issuer))).toBe("keys_unavailable");
  });

  test("in AUTH0_DOMAIN means the issuer with a slash", async () => {
    const guard = guardFor({ env: { AUTH0_DOMAIN: server.origin.replace("http://", "") } });
    expect(await verdict(guard, token(server.issuer))).toBe("accepted");
    expect(await verdict(guard, token(server.origin))).toBe("issuer_untrusted");
  });
});
