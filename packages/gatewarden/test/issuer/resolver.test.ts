// Issuers that are looked up: what the developer's function may and may not do, and what a hostile token cannot.
import { ConfigError, createGuard, type GuardOptions, type IssuerOptions, type IssuerResolver } from "gatewarden";
import { describe, expect, test, vi } from "vitest";
import { createClock, start } from "../support/clock.js";
import { createKey, forge } from "../support/forge.js";
import { startIssuer } from "../support/issuer-server.js";
import { audience, bearer, refusalOf, verdict, verdictOf } from "../support/keys.js";

const key = createKey("ES256", "k");
const other = createKey("ES256", "k");
const keys = { jwks: { keys: [key.jwk] } };

function tokenOf(iss: unknown, signer = key): string {
  const payload = { iss, aud: audience, sub: "user|1", exp: start + 90_000 };
  return forge({ header: { alg: "ES256", kid: signer.kid }, payload, key: signer });
}

function guardOf(issuer: GuardOptions["issuer"], changes: GuardOptions = {}) {
  return createGuard({ issuer, audience, now: createClock().now, env: {}, ...changes } as GuardOptions);
}

const trusted = new Map<string, IssuerOptions>(
  ["a", "b"].map((name) => [`https://${name}.test/`, { issuer: `https://${name}.test/`, keys }]),
);

/** The names that a resolver was asked for, without the one that no resolver may know. */
function asked(resolve: ReturnType<typeof vi.fn>): unknown[] {
  return resolve.mock.calls.map(([iss]) => iss).filter((iss) => !String(iss).endsWith(".invalid/"));
}

describe("what is found", () => {
  test("a token of an issuer that the function knows is accepted, any other is not", async () => {
    const guard = guardOf((iss) => trusted.get(iss));
    expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("accepted");
    expect(await verdict(guard, tokenOf("https://c.test/"))).toBe("issuer_untrusted");
    expect(await verdict(guard, tokenOf("https://a.test"))).toBe("issuer_untrusted");
    expect(await verdict(guard, tokenOf("https://a.test/", other))).toBe("signature_invalid");
  });

  test("a known issuer costs neither a second call nor a promise", async () => {
    const resolve = vi.fn(async (iss: string) => trusted.get(iss));
    const guard = guardOf(resolve);
    const request = bearer(tokenOf("https://a.test/"));
    expect(guard.attempt(request)).toBeInstanceOf(Promise);
    await guard.check(request);
    expect(guard.attempt(request)).not.toBeInstanceOf(Promise);
    expect(asked(resolve)).toEqual(["https://a.test/"]);
  });

  test("a function that answers at once makes no promise at all", () => {
    expect(guardOf((iss) => trusted.get(iss)).attempt(bearer(tokenOf("https://a.test/")))).not.toBeInstanceOf(Promise);
  });

  test("a hundred requests of one new issuer ask once", async () => {
    const resolve = vi.fn(async (iss: string) => trusted.get(iss));
    const guard = guardOf(resolve);
    const all = Array.from({ length: 100 }, () => verdict(guard, tokenOf("https://a.test/")));
    expect(new Set(await Promise.all(all))).toEqual(new Set(["accepted"]));
    expect(asked(resolve)).toEqual(["https://a.test/"]);
  });

  test("an unknown issuer is remembered as such, but not for long", async () => {
    const clock = createClock();
    const tenants = new Map<string, IssuerOptions>();
    const resolve = vi.fn((iss: string) => tenants.get(iss));
    const guard = guardOf(resolve, { now: clock.now });
    expect(await verdict(guard, tokenOf("https://new.test/"))).toBe("issuer_untrusted");
    tenants.set("https://new.test/", { issuer: "https://new.test/", keys });
    expect(await verdict(guard, tokenOf("https://new.test/"))).toBe("issuer_untrusted");
    expect(asked(resolve)).toHaveLength(1);
    clock.advance(10);
    expect(await verdict(guard, tokenOf("https://new.test/"))).toBe("accepted");
  });

  test("a removed issuer is trusted for maxAge and no longer", async () => {
    const clock = createClock();
    const tenants = new Map(trusted);
    const guard = guardOf({ resolve: (iss) => tenants.get(iss), maxAge: 30 }, { now: clock.now });
    expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("accepted");
    tenants.delete("https://a.test/");
    clock.advance(22);
    expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("accepted");
    clock.advance(8);
    expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("issuer_untrusted");
  });

  test("terms that changed hold from the next look-up on, also when the object was changed in place", async () => {
    const clock = createClock();
    const terms = { issuer: "https://a.test/", audience, keys };
    const guard = guardOf(
      { resolve: (iss) => (iss === terms.issuer ? terms : undefined), maxAge: 30 },
      { now: clock.now },
    );
    expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("accepted");
    terms.audience = "another";
    clock.advance(30);
    expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("audience_mismatch");
  });

  test("unchanged terms keep their keys over a new look-up", async () => {
    const clock = createClock();
    const server = await startIssuer();
    try {
      server.publish([key.jwk], { "cache-control": "max-age=600" });
      const issuer = (iss: string) => (iss === server.issuer ? { issuer: iss } : undefined);
      const guard = guardOf({ resolve: issuer, maxAge: 30, allowPrivateNetwork: true }, { now: clock.now });
      expect(await verdict(guard, tokenOf(server.issuer))).toBe("accepted");
      clock.advance(60);
      expect(await verdict(guard, tokenOf(server.issuer))).toBe("accepted");
      expect(server.count("/jwks")).toBe(1);
    } finally {
      await server.close();
    }
  });
});

describe("what part of the request decides", () => {
  const host: NonNullable<IssuerResolver["tenant"]> = ({ headers }) => (headers as Record<string, string>)["host"];
  const resolve = (iss: string, tenant: string | undefined) => (tenant === "a.api.test" ? trusted.get(iss) : undefined);

  test("an issuer trusted for one host is not trusted for another", async () => {
    const guard = guardOf({ resolve, tenant: host });
    const request = bearer(tokenOf("https://a.test/"));
    const to = (name: string) => verdictOf(guard.check({ ...request, headers: { ...request.headers, host: name } }));
    expect(await to("a.api.test")).toBe("accepted");
    expect(await to("b.api.test")).toBe("issuer_untrusted");
    expect(await to("a.api.test")).toBe("accepted");
  });

  test("without a request there is no tenant", async () => {
    const guard = guardOf({ resolve, tenant: host });
    expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("issuer_untrusted");
  });

  test("a tenant of more than 256 characters is nobody's", async () => {
    const spy = vi.fn(resolve);
    const guard = guardOf({ resolve: spy, tenant: () => "a".repeat(257) });
    expect(await verdictOf(guard.check(bearer(tokenOf("https://a.test/"))))).toBe("issuer_untrusted");
    expect(spy).not.toHaveBeenCalled();
  });
});

describe("failing closed", () => {
  test.each([
    ["names another issuer (CVE-2025-59936)", () => trusted.get("https://b.test/")],
    ["differs in a slash", () => ({ issuer: "https://a.test", keys })],
    ["returns terms that cannot be right", () => ({ issuer: "https://a.test/", keys, algorithms: ["none"] })],
    ["returns a term that does not exist", () => ({ issuer: "https://a.test/", keys, audiences: "x" })],
    ["returns something else", () => "https://a.test/"],
  ])("a function that %s lets nobody in", async (_name, answer) => {
    const resolve = (iss: string) => (iss === "https://a.test/" ? answer() : undefined);
    const guard = guardOf({ resolve } as unknown as IssuerResolver);
    const refusal = await refusalOf(guard.verify(tokenOf("https://a.test/")));
    expect(refusal).toMatchObject({ reason: "check_failed", status: 500 });
    expect(refusal.cause).toBeInstanceOf(Error);
  });

  test("a failure is not remembered", async () => {
    let isDown = true;
    const guard = guardOf((iss) => {
      if (isDown) throw new Error("database down");
      return trusted.get(iss);
    });
    expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("issuer_unavailable");
    isDown = false;
    expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("accepted");
  });

  test.each([
    ["at once", (iss: string) => ({ issuer: iss, keys })],
    ["later", async (iss: string) => ({ issuer: iss, keys })],
  ])("a function that trusts whatever it is asked for, %s, is found out", async (_name, resolve) => {
    const guard = guardOf(resolve);
    expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("check_failed");
    expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("check_failed");
  });
});

describe("nothing in a token chooses a URL (RFC 8725 §3.10)", () => {
  test("an unknown issuer causes no request, whatever it names (CWE-918)", async () => {
    const server = await startIssuer();
    try {
      const fetch = vi.fn(globalThis.fetch);
      const guard = guardOf((iss) => trusted.get(iss), { fetch });
      for (const iss of [
        server.issuer,
        "https://attacker.test/",
        "http://169.254.169.254/",
        "https://a.test@evil.test/",
      ]) {
        expect(await verdict(guard, tokenOf(iss))).toBe("issuer_untrusted");
      }
      expect(server.requests).toEqual([]);
      expect(fetch).not.toHaveBeenCalled();
    } finally {
      await server.close();
    }
  });

  test.each([
    ["file:", "file:///etc/passwd"],
    ["data:", "data:application/json,{}"],
    ["a colon and no scheme", ":a.test"],
    ["a user name", "https://u:p@a.test/"],
    ["a query", "https://a.test/?x"],
    ["a fragment", "https://a.test/#x"],
    ["a line break", "https://a.test/\n"],
    ["a blank", "https://a.test/ "],
    ["other letters", "https://ä.test/"],
    ["513 characters", `https://a.test/${"x".repeat(498)}`],
    ["an array", ["https://a.test/"]],
    ["an object", { toString: "https://a.test/" }],
    ["a prototype's name", "__proto__"],
  ])("the function is never asked about an issuer with %s", async (_name, iss) => {
    const resolve = vi.fn((name: string) => trusted.get(name));
    expect(await verdict(guardOf(resolve), tokenOf(iss))).toBe("issuer_untrusted");
    expect(resolve).not.toHaveBeenCalled();
  });

  // RFC 7519 §4.1.1: an issuer may have any name. Then it is looked up, and that is all.
  test.each(["http://a.test/", "http://169.254.169.254/", "a.test", "urn:a"])(
    "the function is asked about %s, and nothing is fetched from it",
    async (iss) => {
      const fetch = vi.fn(globalThis.fetch);
      const resolve = vi.fn((name: string) => trusted.get(name));
      expect(await verdict(guardOf(resolve, { fetch }), tokenOf(iss))).toBe("issuer_untrusted");
      expect(resolve).toHaveBeenCalledOnce();
      expect(fetch).not.toHaveBeenCalled();
    },
  );
});

describe("thousands of tenants in bounded memory", () => {
  test("of 10,000 tenants the last 1,000 are held", async () => {
    const resolve = vi.fn((iss: string) => (iss.endsWith(".invalid/") ? undefined : { issuer: iss, keys }));
    const guard = guardOf({ resolve });
    const name = (index: number) => `https://t${index}.test/`;
    for (let index = 0; index < 10_000; index++) await guard.verify(tokenOf(name(index)));
    expect(asked(resolve)).toHaveLength(10_000);
    for (let index = 9_000; index < 10_000; index++) await guard.verify(tokenOf(name(index)));
    expect(asked(resolve)).toHaveLength(10_000);
    await guard.verify(tokenOf(name(8_999)));
    expect(asked(resolve)).toHaveLength(10_001);
  });

  test("evicting an issuer drops its keys", async () => {
    const server = await startIssuer();
    try {
      server.publish([key.jwk]);
      const terms = { issuer: server.issuer, keys: { jwksUri: `${server.origin}/jwks` } };
      const resolve = (iss: string) => (iss === server.issuer ? terms : trusted.get(iss));
      const guard = guardOf({ resolve, maxIssuers: 1, allowPrivateNetwork: true });
      expect(await verdict(guard, tokenOf(server.issuer))).toBe("accepted");
      expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("accepted");
      server.publish([other.jwk]);
      expect(await verdict(guard, tokenOf(server.issuer))).toBe("signature_invalid");
      expect(server.count("/jwks")).toBe(2);
    } finally {
      await server.close();
    }
  });

  test("10,000 made-up issuers push no real one out", async () => {
    const resolve = vi.fn((iss: string) => trusted.get(iss));
    const guard = guardOf({ resolve, maxIssuers: 2 });
    await guard.verify(tokenOf("https://a.test/"));
    for (let index = 0; index < 10_000; index++) await verdict(guard, tokenOf(`https://t${index}.test/`));
    resolve.mockClear();
    expect(await verdict(guard, tokenOf("https://a.test/"))).toBe("accepted");
    expect(resolve).not.toHaveBeenCalled();
  });

  test("no more than 256 look-ups run at once", async () => {
    const waiting: (() => void)[] = [];
    const resolve = (iss: string): undefined | Promise<undefined> =>
      iss.endsWith(".invalid/") ? undefined : new Promise<undefined>((done) => waiting.push(() => done(undefined)));
    const guard = guardOf(resolve);
    const all = Array.from({ length: 300 }, (_, index) => verdict(guard, tokenOf(`https://t${index}.test/`)));
    await vi.waitFor(() => expect(waiting).toHaveLength(256));
    for (const go of waiting) go();
    const verdicts = await Promise.all(all);
    expect(verdicts.filter((one) => one === "issuer_unavailable")).toHaveLength(44);
    expect(verdicts.filter((one) => one === "issuer_untrusted")).toHaveLength(256);
  });
});

describe("configuration", () => {
  test.each<[string, unknown, RegExp]>([
    ["no function", { resolve: "x" }, /resolve/],
    ["an unknown name", { resolve: () => undefined, max: 5 }, /issuer\.max is not an option/],
    ["a bound of 0", { resolve: () => undefined, maxIssuers: 0 }, /issuer\.maxIssuers/],
    ["an endless age", { resolve: () => undefined, maxAge: Number.POSITIVE_INFINITY }, /issuer\.maxAge/],
    ["an endless timeout", { resolve: () => undefined, timeout: Number.POSITIVE_INFINITY }, /issuer\.timeout/],
    ["a timeout of 0", { resolve: () => undefined, timeout: 0 }, /issuer\.timeout/],
    ["a tenant that is text", { resolve: () => undefined, tenant: "host" }, /tenant/],
  ])("%s is refused at creation", (_name, issuer, message) => {
    expect(() => guardOf(issuer as never)).toThrow(ConfigError);
    expect(() => guardOf(issuer as never)).toThrow(message);
  });

  test.each([
    ["keys.jwksUri", { keys: { jwksUri: "https://a.test/jwks" } }],
    ["keys.jwks", { keys }],
    ["keys.secret", { keys: { secret: "x".repeat(32) } }],
    ["discoveryUrl", { discoveryUrl: "https://a.test/metadata" }],
  ])("%s for all issuers together is refused: each could write the others' tokens", (option, changes) => {
    expect(() => guardOf((iss) => trusted.get(iss), changes)).toThrow(ConfigError);
    expect(() => guardOf((iss) => trusted.get(iss), changes)).toThrow(option);
  });

  test.each([
    ["algorithms", { algorithms: ["none"] }],
    ["clockTolerance", { clockTolerance: Number.NaN }],
    ["audience", { audience: "" }],
  ])("a wrong %s for all issuers is refused at creation", (option, changes) => {
    expect(() => guardOf((iss) => trusted.get(iss), changes as GuardOptions)).toThrow(option);
  });
});
