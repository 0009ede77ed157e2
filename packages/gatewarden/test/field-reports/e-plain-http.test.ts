// Kind E: a public issuer that is reached over plain http inside a network, at hosts that the developer lists one by one.
import { readFileSync } from "node:fs";
import process from "node:process";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { ConfigError, createGuard, type GuardOptions, type IssuerOptions } from "gatewarden";
import { createIntrospectionClient } from "gatewarden/introspection";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { doctorCatalogue } from "../../src/cli/doctor/catalogue/catalogue.js";
import { start } from "../support/clock.js";
import { createKey, forge } from "../support/forge.js";
import { type IssuerServer, json, metadataPath, redirect, startIssuer } from "../support/issuer-server.js";
import { audience, refusalOf, verdict } from "../support/keys.js";
import { innerHost, toInner } from "./_inner-host.js";
import { parseYaml, type Yaml } from "./_yaml.js";

const key = createKey("ES256", "k");
/** Keycloak behind a proxy that ends TLS: https://www.keycloak.org/server/hostname (backchannel), `KC_HOSTNAME_BACKCHANNEL_DYNAMIC`. */
const publicIssuer = "https://id.example.com/realms/acme";
const tokenOf = (iss: string) =>
  forge({ header: { alg: "ES256", kid: "k" }, payload: { iss, aud: audience, sub: "u", exp: start + 900 }, key });

let server: IssuerServer;
/** The server, as the API calls it: `0.0.0.0:<port>`. */
let host: string;
let inner: string;

beforeEach(async () => {
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  server = await startIssuer();
  inner = toInner(server.origin).replace(/\/$/, "");
  host = new URL(inner).host;
  server.publish([key.jwk]);
  server.on(metadataPath, json({ issuer: publicIssuer, jwks_uri: `${inner}/jwks` }));
});
afterEach(() => {
  vi.restoreAllMocks();
  return server.close();
});

function guardWith(changes: GuardOptions) {
  return createGuard({ issuer: publicIssuer, audience, env: {}, now: () => start, ...changes });
}

describe("A public issuer, asked over http at a listed host", () => {
  test.each<[string, () => GuardOptions]>([
    ["discoveryUrl", () => ({ discoveryUrl: `${inner}${metadataPath}` })],
    ["keys.jwksUri", () => ({ keys: { jwksUri: `${inner}/jwks` } })],
    ["an upper-case scheme, which is the same URL", () => ({ keys: { jwksUri: `HTTP://${host}/jwks` } })],
  ])("has its tokens accepted: %s", async (_name, toOptions) => {
    expect(await verdict(guardWith({ ...toOptions(), insecureHttpHosts: [host] }), tokenOf(publicIssuer))).toBe(
      "accepted",
    );
  });

  test("is trusted by its public name alone: a token that names the inner address is not", async () => {
    const guard = guardWith({ discoveryUrl: `${inner}${metadataPath}`, insecureHttpHosts: [host] });
    expect(await verdict(guard, tokenOf(`${inner}/realms/acme`))).toBe("issuer_untrusted");
  });

  test("may list the host in its own terms, for itself alone", async () => {
    const one: IssuerOptions = { issuer: publicIssuer, keys: { jwksUri: `${inner}/jwks` }, insecureHttpHosts: [host] };
    const guard = guardWith({ issuer: [one, "https://other.example/"] });
    expect(await verdict(guard, tokenOf(publicIssuer))).toBe("accepted");
    const two: IssuerOptions = { issuer: "https://two.example/", keys: { jwksUri: `${inner}/jwks` } };
    expect(() => guardWith({ issuer: [one, two] })).toThrow("insecureHttpHosts");
    // An issuer's own empty list takes back what the guard allows.
    const strict: IssuerOptions = { ...two, insecureHttpHosts: [] };
    expect(() => guardWith({ issuer: [strict], insecureHttpHosts: [host] })).toThrow(ConfigError);
  });

  test("may have its inner address as its name, where tokens say so", async () => {
    const issuer = `${inner}/realms/acme`;
    server.on(`/realms/acme${metadataPath}`, json({ issuer, jwks_uri: `${inner}/jwks` }));
    const options: GuardOptions = { insecureHttpHosts: [host] };
    expect(await verdict(guardWith({ issuer, ...options }), tokenOf(issuer))).toBe("accepted");
    const fromEnvironment = guardWith({ issuer: undefined as never, env: { ISSUER_BASE_URL: issuer }, ...options });
    expect(await verdict(fromEnvironment, tokenOf(issuer))).toBe("accepted");
    expect(() => guardWith({ issuer })).toThrow("insecureHttpHosts");
    expect(() => guardWith({ issuer: undefined as never, env: { ISSUER_BASE_URL: issuer } })).toThrow(
      "insecureHttpHosts",
    );
  });
});

describe("Attack: http elsewhere", () => {
  const list = (...insecureHttpHosts: string[]) => ({ insecureHttpHosts });
  const at = (port: (own: number) => number) => `${innerHost}:${port(Number(new URL(inner).port))}`;

  test.each<[string, () => GuardOptions]>([
    ["a host that is not listed", () => ({ discoveryUrl: `${inner}${metadataPath}`, ...list("keycloak:8080") })],
    ["no list", () => ({ discoveryUrl: `${inner}${metadataPath}` })],
    ["another port", () => ({ discoveryUrl: `${inner}${metadataPath}`, ...list(at((port) => port - 1)) })],
    ["the host without its port", () => ({ discoveryUrl: `${inner}${metadataPath}`, ...list(innerHost) })],
    [
      "a trailing dot, which is another text",
      () => ({ keys: { jwksUri: "http://keycloak.:8080/" }, ...list("keycloak:8080") }),
    ],
    ["a longer name", () => ({ keys: { jwksUri: "http://keycloak.evil.test:8080/" }, ...list("keycloak:8080") })],
    ["a host in the path", () => ({ keys: { jwksUri: "http://evil.test/keycloak:8080" }, ...list("keycloak:8080") })],
    ["a user name", () => ({ keys: { jwksUri: "http://keycloak:8080@evil.test/" }, ...list("keycloak:8080") })],
    [
      "a user name at a listed host",
      () => ({ keys: { jwksUri: "http://user@keycloak:8080/" }, ...list("keycloak:8080") }),
    ],
    ["another scheme", () => ({ keys: { jwksUri: "ftp://keycloak:8080/" }, ...list("keycloak:8080") })],
    [
      "a host that allowedHosts leaves out",
      () => ({ keys: { jwksUri: `${inner}/jwks` }, allowedHosts: ["id.example.com"], ...list(host) }),
    ],
  ])("is a ConfigError: %s", (_name, toOptions) => {
    expect(() => guardWith(toOptions())).toThrow(ConfigError);
    expect(server.requests).toEqual([]);
  });

  test("says what to add where http is asked for, and shows an example", () => {
    expect(() => guardWith({ discoveryUrl: `${inner}/x` })).toThrow(/^discoveryUrl is .*insecureHttpHosts/);
  });

  test.each<[string, readonly unknown[] | unknown, string]>([
    ["a pattern", ["*.svc:8080"], '"*.svc:8080"'],
    ["everything", ["*"], '"*"'],
    ["a URL", ["http://keycloak:8080"], "http://keycloak:8080"],
    ["upper case", ["Keycloak:8080"], '"Keycloak:8080"'],
    ["the usual port written out", ["keycloak:80"], '"keycloak:80"'],
    ["a user name", ["user@keycloak:8080"], "user@keycloak"],
    ["a path", ["keycloak:8080/realms"], "keycloak:8080/realms"],
    ["empty text", [""], '""'],
    ["what is not a string", [8080], "8080"],
    ["undefined", [undefined], "undefined"],
    ["undefined among hosts", ["keycloak:8080", undefined], "undefined"],
    ["a list with a hole", Array(1), "undefined"],
    ["no list", "keycloak:8080", "is not a list"],
  ])("is a ConfigError in the list itself: %s", (_name, insecureHttpHosts, problem) => {
    const make = () => guardWith({ insecureHttpHosts: insecureHttpHosts as never });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(problem);
    expect(make).toThrow('insecureHttpHosts: ["keycloak:8080"]');
  });

  test.each(["keycloak", "keycloak:443", "10.0.0.7:8080", "[fd00::1]:8080", "keycloak.auth.svc.cluster.local:8080"])(
    "%s is a host",
    (one) => {
      expect(() => guardWith({ keys: { jwksUri: `http://${one}/jwks` }, insecureHttpHosts: [one] })).not.toThrow();
    },
  );

  test("is not followed by a redirect from a listed host (RFC 8725 §3.10)", async () => {
    const other = await startIssuer();
    other.publish([key.jwk]);
    const target = new URL(toInner(`${other.origin}/jwks`));
    server.on("/jwks", redirect(target.href));
    const guard = guardWith({ keys: { jwksUri: `${inner}/jwks` }, insecureHttpHosts: [host, target.host] });
    expect(await verdict(guard, tokenOf(publicIssuer))).toBe("keys_unavailable");
    expect(other.requests).toEqual([]);
    await other.close();
  });

  test("is not fetched where metadata of a listed host name keys at another http host", async () => {
    const other = await startIssuer();
    other.publish([key.jwk]);
    server.on(metadataPath, json({ issuer: publicIssuer, jwks_uri: toInner(`${other.origin}/jwks`) }));
    const guard = guardWith({ discoveryUrl: `${inner}${metadataPath}`, insecureHttpHosts: [host] });
    const refusal = await refusalOf(guard.verify(tokenOf(publicIssuer)));
    expect(refusal).toMatchObject({ reason: "keys_unavailable", cause: { code: "jwks_uri_unusable" } });
    expect(other.requests).toEqual([]);
    await other.close();
  });

  test("metadata of another issuer are not believed because their host is listed (RFC 8414 §3.3)", async () => {
    server.on(metadataPath, json({ issuer: "https://evil.example/", jwks_uri: `${inner}/jwks` }));
    const guard = guardWith({ discoveryUrl: `${inner}${metadataPath}`, insecureHttpHosts: [host] });
    expect(await verdict(guard, tokenOf(publicIssuer))).toBe("keys_unavailable");
    expect(server.count("/jwks")).toBe(0);
  });
});

describe("Issuers that are looked up", () => {
  const lookUp = (terms: IssuerOptions, changes: GuardOptions = {}) =>
    guardWith({
      issuer: { resolve: (iss) => (iss === terms.issuer ? terms : undefined), allowPrivateNetwork: true },
      insecureHttpHosts: [host],
      ...changes,
    });

  test("may be asked at a listed host that their terms name", async () => {
    const guard = lookUp({ issuer: publicIssuer, discoveryUrl: `${inner}${metadataPath}` });
    expect(await verdict(guard, tokenOf(publicIssuer))).toBe("accepted");
  });

  test("are never asked over http by what a token's `iss` says, listed or not", async () => {
    const issuer = `${inner}/realms/acme`;
    server.on(`/realms/acme${metadataPath}`, json({ issuer, jwks_uri: `${inner}/jwks` }));
    expect(await verdict(lookUp({ issuer }), tokenOf(issuer))).not.toBe("accepted");
    expect(server.requests).toEqual([]);
  });

  test("are never asked over http by what metadata say at an address that a token's `iss` says", async () => {
    const asked: string[] = [];
    const metadata = { issuer: publicIssuer, jwks_uri: "http://keycloak:8080/jwks" };
    const fetch: GuardOptions["fetch"] = (url) => {
      asked.push(url);
      return Promise.resolve(Response.json(url === metadata.jwks_uri ? { keys: [key.jwk] } : metadata));
    };
    const changes = { fetch, insecureHttpHosts: ["keycloak:8080"] };
    const refusal = await refusalOf(lookUp({ issuer: publicIssuer }, changes).verify(tokenOf(publicIssuer)));
    expect(refusal).toMatchObject({ reason: "keys_unavailable", cause: { name: "MetadataError" } });
    expect(asked).not.toContain(metadata.jwks_uri);
    // The terms themselves may name the place of the metadata, and these their keys.
    const named = { issuer: publicIssuer, discoveryUrl: "http://keycloak:8080/metadata" };
    expect(await verdict(lookUp(named, changes), tokenOf(publicIssuer))).toBe("accepted");
  });

  test("need allowPrivateNetwork all the same (CWE-918)", async () => {
    const terms: IssuerOptions = { issuer: publicIssuer, keys: { jwksUri: `${inner}/jwks` } };
    const guard = lookUp(terms, { issuer: (iss) => (iss === publicIssuer ? terms : undefined) });
    expect(await verdict(guard, tokenOf(publicIssuer))).toBe("check_failed");
    expect(server.requests).toEqual([]);
  });
});

describe("The warning", () => {
  test("comes once per host, and not for this machine's own names", () => {
    const warnings = vi.mocked(process.emitWarning);
    const make = () => guardWith({ insecureHttpHosts: ["warned-of:8080", "also-warned-of:8080", "localhost:8080"] });
    make();
    make();
    const texts = warnings.mock.calls.map(([message]) => String(message));
    expect(texts.filter((text) => text.includes("warned-of:8080"))).toHaveLength(2);
    expect(texts.filter((text) => text.includes("localhost:8080"))).toEqual([]);
    const code = (warnings.mock.calls[0]?.[1] as { code?: string } | undefined)?.code;
    expect(code).toBe("GATEWARDEN_INSECURE_HTTP");
  });
});

describe("The local tenant under another name than its issuer's", () => {
  let tenant: Tenant;
  beforeAll(async () => {
    tenant = await createTenant({
      port: 0,
      allowedHosts: [innerHost],
      clients: {
        spa: { name: "App" },
        "resource-server": { secret: "resource-server-secret", grants: [] },
      },
    });
  });
  afterAll(() => tenant.close());

  const reached = () => new URL(toInner(tenant.url)).host;

  test("has its tokens accepted, with keys from where the metadata say", async () => {
    const asked: string[] = [];
    const guard = createGuard({
      issuer: tenant.issuer,
      audience: tenant.audience,
      discoveryUrl: `http://${reached()}${metadataPath}`,
      insecureHttpHosts: [reached()],
      env: {},
      fetch: (url, init) => {
        asked.push(String(url));
        return fetch(url, init);
      },
    });
    expect(await verdict(guard, (await tenant.token({ as: "alice" })).access_token)).toBe("accepted");
    expect(asked.map((url) => new URL(url).host)).toEqual([reached(), reached()]);
  });

  test("is asked about opaque tokens there, too", async () => {
    const introspect = createIntrospectionClient({
      issuer: tenant.issuer,
      clientId: "resource-server",
      auth: { clientSecret: "resource-server-secret" },
      discoveryUrl: `http://${reached()}${metadataPath}`,
      insecureHttpHosts: [reached()],
    });
    const introspection = { introspect, audienceClaim: "optional" } as const;
    const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience, introspection, env: {} });
    const { access_token } = await tenant.token({ as: "alice", audience: null });
    expect(await verdict(guard, access_token)).toBe("accepted");
  });

  test.each(["endpoint", "discoveryUrl"] as const)("is not asked where the client's list lacks it: %s", (option) => {
    const make = () =>
      createIntrospectionClient({
        issuer: tenant.issuer,
        clientId: "resource-server",
        auth: { clientSecret: "resource-server-secret" },
        [option]: `http://${reached()}/introspect`,
        insecureHttpHosts: [innerHost],
      });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(/insecureHttpHosts/);
  });
});

describe("Our own texts", () => {
  test("that name an inner address say what http needs: a token with the container's name", async () => {
    const guard = guardWith({ issuer: "https://id.example.com/realms/acme", keys: { jwks: { keys: [key.jwk] } } });
    const [finding] = await guard.explain(tokenOf("https://keycloak:8080/realms/acme"));
    expect(finding?.code).toBe("issuer_untrusted");
    expect(finding?.fix).toMatch(/discoveryUrl.*insecureHttpHosts/);
  });

  test("and an issuer at which nothing listens", async () => {
    const place = inner;
    await server.close();
    const guard = guardWith({ keys: { jwksUri: `${place}/jwks` }, insecureHttpHosts: [host] });
    const findings = await guard.explain(tokenOf(publicIssuer));
    const outage = findings.find(({ code }) => code === "keys_unavailable");
    expect(outage?.fix).toMatch(/discoveryUrl.*insecureHttpHosts/);
  });

  test.each(["dns_container_name", "tls_not_spoken", "jwks_uri_insecure"] as const)("doctor's %s", (code) => {
    expect(doctorCatalogue[code].fix).toContain("insecureHttpHosts");
  });

  test("the local tenant's page", () => {
    const page = readFileSync(new URL("../../../dev/README.md", import.meta.url), "utf8");
    const [, text = ""] = /## In containers\n([\s\S]*?)\n## /.exec(page) ?? [];
    const [issuer, discoveryUrl, hosts] = ["issuer", "discoveryUrl", "insecureHttpHosts"].map(
      (name) => new RegExp(`${name}: (\\[?"[^"]+"\\]?)`).exec(text)?.[1] ?? "",
    );
    const options = { issuer: JSON.parse(issuer ?? ""), discoveryUrl: JSON.parse(discoveryUrl ?? "") };
    expect(() => guardWith({ ...options, insecureHttpHosts: JSON.parse(hosts ?? "") })).not.toThrow();
  });
});

describe("The compose file of the documentation", () => {
  const page = readFileSync(new URL("../../../../docs/unusual-issuers.md", import.meta.url), "utf8");
  const [, source = ""] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const at = (node: Yaml | undefined, ...path: string[]): Yaml | undefined =>
    path.reduce<Yaml | undefined>((inner, name) => (inner as Readonly<Record<string, Yaml>> | undefined)?.[name], node);
  const file = parseYaml(source);
  const env = at(file, "services", "api", "environment") as Readonly<Record<string, string>>;
  const keycloak = at(file, "services", "keycloak", "environment") as Readonly<Record<string, string>>;

  test("names the public issuer, and a service of its own network as the place to ask", () => {
    expect(env["ISSUER_BASE_URL"]).toBe(`${keycloak["KC_HOSTNAME"]}/realms/acme`);
    const place = new URL(env["DISCOVERY_URL"] ?? "");
    expect(place.host).toBe(env["INSECURE_HTTP_HOSTS"]);
    expect(Object.keys(at(file, "services") as object)).toContain(place.hostname);
    expect(keycloak["KC_HTTP_ENABLED"]).toBe("true");
    // Else the metadata name the public address for the keys, which the API may not reach.
    expect(keycloak["KC_HOSTNAME_BACKCHANNEL_DYNAMIC"]).toBe("true");
  });

  test("publishes the inner port to nobody outside", () => {
    expect(at(file, "services", "keycloak", "ports")).toBeUndefined();
  });

  /** The page's own code, as a function of the environment. */
  const toOptions = (variables: Readonly<Record<string, string | undefined>>): GuardOptions => ({
    env: variables,
    discoveryUrl: variables["DISCOVERY_URL"] ?? "",
    insecureHttpHosts: (variables["INSECURE_HTTP_HOSTS"] ?? "").split(",").filter((one) => one !== ""),
  });

  test("is what the guard takes", () => {
    expect(() => createGuard(toOptions(env))).not.toThrow();
    const { INSECURE_HTTP_HOSTS: _, ...rest } = env;
    expect(() => createGuard(toOptions(rest))).toThrow("insecureHttpHosts");
  });

  test("works in that shape: the same variables, with this test's server in Keycloak's place", async () => {
    const issuer = env["ISSUER_BASE_URL"] ?? "";
    server.on(metadataPath, json({ issuer, jwks_uri: `${inner}/jwks` }));
    const variables = { ...env, DISCOVERY_URL: `${inner}${metadataPath}`, INSECURE_HTTP_HOSTS: host };
    const guard = createGuard({ ...toOptions(variables), now: () => start });
    const payload = { iss: issuer, aud: env["AUDIENCE"], sub: "u", exp: start + 900 };
    expect(await verdict(guard, forge({ header: { alg: "ES256", kid: "k" }, payload, key }))).toBe("accepted");
  });
});
