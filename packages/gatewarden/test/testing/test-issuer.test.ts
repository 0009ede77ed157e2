// An issuer in this process: its tokens are real, and a guard that trusts it checks everything as in production.
import crypto from "node:crypto";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  ConfigError,
  createGuard,
  createRevocationList,
  type GuardOptions,
  permission,
  type Reason,
} from "../../src/index.js";
import { createTestIssuer, type TestIssuer } from "../../src/testing/test-issuer.js";
import { type Algorithm, algorithms } from "../../src/token/algorithms.js";
import { verdict } from "../support/keys.js";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function guardOf(issuer: TestIssuer, options: GuardOptions = {}) {
  return createGuard<unknown>({ env: {}, ...options, ...issuer.guardOptions });
}

/** A guard that discovers the issuer's keys, as in production. */
function discoveringGuardOf({ url, audience, fetch, introspect, clock }: TestIssuer, options: GuardOptions = {}) {
  return createGuard<unknown>({
    ...{ env: {}, issuer: url, audience, fetch, introspection: introspect, now: clock.now },
    ...options,
  });
}

function read(token: string, part: 0 | 1): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[part] ?? "", "base64url").toString());
}

describe("A token", () => {
  const issuer = createTestIssuer();

  it("lets in whom it names, with what it grants", async () => {
    const options = { sub: "auth0|bob", permissions: ["read:orders"], scope: ["a", "b"], organization: "org_acme" };
    const auth = await guardOf(issuer).verify(issuer.token(options), permission("read:orders"));
    expect([auth.subject, auth.permissions, auth.scopes, auth.organization?.id, auth.isMachine]).toEqual([
      ...["auth0|bob", ["read:orders"], ["a", "b"], "org_acme", false],
    ]);
  });

  it("without a permission is refused where one is demanded", async () => {
    expect(await verdict(guardOf(issuer), issuer.token(), permission("read:orders"))).toBe("permission_missing");
  });

  it("comes as headers too", async () => {
    const headers = issuer.headers({ permissions: ["read:orders"] });
    const auth = await guardOf(issuer).check({ method: "GET", url: "/", headers }, permission("read:orders"));
    expect(auth.subject).toBe("auth0|alice");
  });

  it("is shaped like one of Auth0", () => {
    const token = issuer.token({ scope: "profile" });
    expect(read(token, 0)).toEqual({ alg: "ES256", kid: expect.any(String), typ: "JWT" });
    expect(read(token, 1)).toEqual({
      ...{ iss: "https://issuer.test/", sub: "auth0|alice", aud: "https://api.test/", azp: "test-client" },
      ...{ iat: expect.any(Number), exp: expect.any(Number), scope: "profile", permissions: [] },
    });
  });

  it("has all that RFC 9068 demands where its profile is asked for", async () => {
    const strict = createTestIssuer({ profile: "rfc9068" });
    expect(await verdict(guardOf(strict, { tokenType: "at+jwt" }), strict.token())).toBe("accepted");
    expect(await verdict(guardOf(issuer, { tokenType: "at+jwt" }), issuer.token())).toBe("type_not_allowed");
  });

  it("of a machine is one", async () => {
    const token = issuer.token({ sub: "worker@clients", clientId: "worker" });
    expect((await guardOf(issuer).verify(token)).isMachine).toBe(true);
  });

  it.each<[string, Parameters<TestIssuer["token"]>[0], Reason]>([
    ["for another audience", { audience: "https://other.test/" }, "audience_mismatch"],
    ["born expired", { expiresIn: -60 }, "expired"],
    ["with a claim taken away", { claims: { exp: undefined } }, "claim_missing"],
    ["with another header", { header: { typ: "dpop+jwt" } }, "type_not_allowed"],
    ["bound to a certificate", { certificate: "A".repeat(43) }, "binding_unproven"],
  ])("%s is refused", async (_name, options, reason) => {
    expect(await verdict(guardOf(issuer), issuer.token(options))).toBe(reason);
  });

  it("with an option that does not exist is an error, not a token without a grant", () => {
    const misspelt = { permission: ["read:orders"] } as object;
    expect(() => issuer.token(misspelt)).toThrow(ConfigError);
    expect(() => issuer.broken.expired(misspelt)).toThrow("permission is not known");
    expect(() => issuer.opaqueToken(misspelt)).toThrow(ConfigError);
  });

  it.each([...algorithms.keys()] as Algorithm[])("signed with %s verifies, here and with jose", async (name) => {
    const another = createTestIssuer({ algorithm: name });
    const token = another.token();
    expect(await verdict(guardOf(another), token)).toBe("accepted");
    const terms = another.terms.keys;
    const expected = { issuer: another.url, audience: another.audience, algorithms: [name] };
    const { payload } =
      "secret" in terms
        ? await jwtVerify(token, terms.secret as Uint8Array, expected)
        : await jwtVerify(token, createLocalJWKSet(another.jwks as unknown as JSONWebKeySet), expected);
    expect(payload.sub).toBe("auth0|alice");
  });

  it("is refused where the API takes other algorithms than the issuer's", async () => {
    expect(await verdict(guardOf(issuer, { algorithms: ["RS256"] }), issuer.token())).toBe("algorithm_not_allowed");
  });
});

describe("What the API's own options demand", () => {
  const issuer = createTestIssuer({ algorithm: "ES256" });
  const plan = z.object({ plan: z.enum(["free", "pro"]) });

  it("stays demanded: its schema, and the type that claims get from it", async () => {
    const guard = createGuard({ env: {}, claims: plan, ...issuer.guardOptions });
    const { claims } = await guard.verify(issuer.token({ claims: { plan: "pro" } }));
    const typed: "free" | "pro" = claims.plan;
    expect(typed).toBe("pro");
    await expect(guard.verify(issuer.token())).rejects.toMatchObject({ reason: "claims_rejected" });
  });

  it("stays demanded: its deny list", async () => {
    const revocation = createRevocationList();
    const guard = guardOf(issuer, { revocation });
    const token = issuer.token({ claims: { jti: "1" } });
    revocation.revoke({ issuer: issuer.url, jti: "1", expiresAt: issuer.clock.now() + 3600 });
    expect(await verdict(guard, token)).toBe("token_revoked");
  });

  it("stays demanded in the terms of one issuer, where its terms are laid over them", async () => {
    const yours = { issuer: "https://acme.eu.auth0.com/", algorithms: ["ES256"] as const, claims: plan };
    const guard = createGuard<z.infer<typeof plan>>({
      env: {},
      issuer: { ...yours, ...issuer.terms },
      now: issuer.clock.now,
    });
    await expect(guard.verify(issuer.token())).rejects.toMatchObject({ reason: "claims_rejected" });
    expect((await guard.verify(issuer.token({ claims: { plan: "free" } }))).subject).toBe("auth0|alice");
  });
});

describe("A token that is asked for again", () => {
  it("is signed once", () => {
    const issuer = createTestIssuer();
    const sign = vi.spyOn(crypto, "sign");
    const tokens = Array.from({ length: 100 }, () => issuer.token({ permissions: ["read:orders"] }));
    expect([new Set(tokens).size, sign.mock.calls.length]).toEqual([1, 1]);
  });

  it("is another where anything differs", () => {
    const issuer = createTestIssuer();
    const sign = vi.spyOn(crypto, "sign");
    const made = [
      ...[issuer.token(), issuer.token({ sub: "auth0|bob" }), issuer.token({ claims: { sub: undefined } })],
      ...[issuer.token({ expiresIn: 60 }), issuer.token({ header: { typ: "at+jwt" } }), issuer.dpopClient().token()],
    ];
    expect([new Set(made).size, sign.mock.calls.length]).toEqual([6, 6]);
  });

  it("is as good as new: made again when time goes on, or the clock is set, or keys are rotated", () => {
    vi.useFakeTimers();
    const issuer = createTestIssuer();
    const made = [issuer.token()];
    vi.advanceTimersByTime(30_000);
    expect(issuer.token()).toBe(made[0]);
    vi.advanceTimersByTime(30_000);
    made.push(issuer.token());
    issuer.clock.advance(1);
    made.push(issuer.token());
    issuer.rotateKeys();
    made.push(issuer.token());
    expect(new Set(made).size).toBe(4);
  });

  it("does not fill the memory", () => {
    const issuer = createTestIssuer();
    const first = issuer.token({ sub: "0" });
    for (let count = 1; count <= 1000; count++) issuer.token({ sub: String(count) });
    expect(issuer.token({ sub: "0" })).not.toBe(first);
  });
});

describe("The clock", () => {
  it("ages a token as time would", async () => {
    const issuer = createTestIssuer();
    const guard = guardOf(issuer);
    const token = issuer.token({ expiresIn: 60 });
    issuer.clock.advance(64);
    expect(await verdict(guard, token)).toBe("accepted");
    issuer.clock.advance(2);
    expect([await verdict(guard, token), await verdict(guard, issuer.token())]).toEqual(["expired", "accepted"]);
  });

  it("follows fake timers", async () => {
    vi.useFakeTimers();
    const issuer = createTestIssuer();
    const token = issuer.token({ expiresIn: 60 });
    vi.advanceTimersByTime(66_000);
    expect(await verdict(guardOf(issuer), token)).toBe("expired");
  });

  it("is not set by what is no number", () => {
    expect(() => createTestIssuer().clock.advance(Number.NaN)).toThrow(TypeError);
  });
});

describe("Several issuers", () => {
  it("are trusted side by side, each for its own tokens", async () => {
    const one = createTestIssuer({ issuer: "https://one.test/" });
    const other = createTestIssuer({ issuer: "https://other.test/", audience: "other", clock: one.clock });
    const guard = createGuard<unknown>({ env: {}, issuer: [one.terms, other.terms], now: one.clock.now });
    one.clock.advance(100_000);
    const forged = one.token({ claims: { iss: other.url } });
    expect([await verdict(guard, one.token()), await verdict(guard, other.token())]).toEqual(["accepted", "accepted"]);
    expect(await verdict(guard, forged)).toBe("key_unknown");
  });

  it("of the same name trust none of each other's tokens", async () => {
    expect(await verdict(guardOf(createTestIssuer()), createTestIssuer().token())).toBe("key_unknown");
  });
});

describe("A guard that discovers the keys", () => {
  it("finds them without a network", async () => {
    const issuer = createTestIssuer();
    const network = vi.spyOn(globalThis, "fetch");
    const guard = discoveringGuardOf(issuer);
    await guard.ready();
    expect(await verdict(guard, issuer.token())).toBe("accepted");
    expect(network).not.toHaveBeenCalled();
  });

  it("is configured by the environment, over whatever is in there", async () => {
    const issuer = createTestIssuer();
    const env = { AUTH0_DOMAIN: "acme.eu.auth0.com", AUDIENCE: "other", ...issuer.env };
    const guard = createGuard<unknown>({ env, fetch: issuer.fetch });
    expect(await verdict(guard, issuer.token())).toBe("accepted");
  });

  it("is found by an application that reads the process and the global fetch alone", async () => {
    const issuer = createTestIssuer();
    for (const [name, value] of Object.entries(issuer.env)) vi.stubEnv(name, value);
    vi.stubGlobal("fetch", issuer.fetch);
    expect(await verdict(createGuard<unknown>(), issuer.token())).toBe("accepted");
  });

  it("finds those of an issuer with a path", async () => {
    const issuer = createTestIssuer({ issuer: "https://issuer.test/tenants/one" });
    const guard = createGuard<unknown>({ env: issuer.env, fetch: issuer.fetch });
    expect(await verdict(guard, issuer.token())).toBe("accepted");
  });

  it("follows a rotation", async () => {
    const issuer = createTestIssuer();
    const guard = discoveringGuardOf(issuer);
    const before = issuer.token();
    expect(await verdict(guard, before)).toBe("accepted");
    issuer.rotateKeys();
    expect([await verdict(guard, issuer.token()), await verdict(guard, before)]).toEqual(["accepted", "accepted"]);
  });

  it("stops to trust a key that was withdrawn", async () => {
    const issuer = createTestIssuer();
    const guard = discoveringGuardOf(issuer);
    const before = issuer.token();
    expect(await verdict(guard, before)).toBe("accepted");
    issuer.rotateKeys({ withdraw: true });
    issuer.clock.advance(601);
    expect([await verdict(guard, issuer.token()), await verdict(guard, before)]).toEqual(["accepted", "key_unknown"]);
  });

  it("answers keys_unavailable while nobody can reach the issuer", async () => {
    const issuer = createTestIssuer();
    issuer.disconnect();
    const guard = discoveringGuardOf(issuer);
    expect(await verdict(guard, issuer.token())).toBe("keys_unavailable");
    issuer.reconnect();
    issuer.clock.advance(2);
    expect(await verdict(guard, issuer.token())).toBe("accepted");
  });

  it("serves on with the keys it has when the issuer goes away", async () => {
    const issuer = createTestIssuer();
    const guard = discoveringGuardOf(issuer);
    await guard.ready();
    issuer.disconnect();
    expect(await verdict(guard, issuer.token())).toBe("accepted");
  });

  it("asks the issuer for nothing else", async () => {
    const { fetch } = createTestIssuer();
    await expect(fetch("https://example.com/")).rejects.toThrow("serves only https://issuer.test");
    expect((await fetch(new Request("https://issuer.test/oauth/token"))).status).toBe(404);
    expect((await fetch(new URL("https://issuer.test/.well-known/jwks.json"))).status).toBe(200);
  });
});

describe("An opaque token", () => {
  it("is what the introspection says of it", async () => {
    const issuer = createTestIssuer();
    const guard = guardOf(issuer, { introspection: issuer.introspect });
    const token = issuer.opaqueToken({ sub: "auth0|bob", permissions: ["read:orders"] });
    expect((await guard.verify(token, permission("read:orders"))).subject).toBe("auth0|bob");
    expect(await verdict(guardOf(issuer), token)).toBe("token_opaque");
  });

  it("is inactive once it has expired", async () => {
    const issuer = createTestIssuer();
    const token = issuer.opaqueToken({ expiresIn: 60 });
    issuer.clock.advance(61);
    expect(await verdict(guardOf(issuer, { introspection: issuer.introspect }), token)).toBe("token_inactive");
  });

  it("cannot be told while the issuer is away", async () => {
    const issuer = createTestIssuer();
    issuer.disconnect();
    const guard = guardOf(issuer, { introspection: issuer.introspect });
    expect(await verdict(guard, issuer.opaqueToken())).toBe("introspection_unavailable");
  });
});

describe("A test issuer", () => {
  it.each(["production", " Production "])("is not made where NODE_ENV is %j", (value) => {
    vi.stubEnv("NODE_ENV", value);
    expect(() => createTestIssuer()).toThrow("NODE_ENV is production, where test tokens must never be trusted");
  });

  it.each(["https://acme.eu.auth0.com/", "https://issuer.test.acme.com/", "https://attest/", "issuer"])(
    "has no name that a real one could have: %s",
    (name) => {
      expect(() => createTestIssuer({ issuer: name })).toThrow(ConfigError);
    },
  );

  it.each([
    "https://a.example/",
    "https://example.com/",
    "http://localhost:4400/",
    "http://127.0.0.1:1/",
    "https://x.test",
  ])("may be called %s", (name) => {
    expect(createTestIssuer({ issuer: name }).url).toBe(name);
  });

  it("has keys of its own each time, and shows no private one", () => {
    const [one, other] = [createTestIssuer(), createTestIssuer()];
    const names = [...one.jwks.keys, ...other.jwks.keys];
    expect(new Set(names.map(({ x }) => x)).size).toBe(4);
    expect(names.filter((key) => "d" in key)).toEqual([]);
    expect(createTestIssuer({ algorithm: "HS256" }).jwks.keys).toEqual([]);
  });

  it("says which algorithm it does not know", () => {
    expect(() => createTestIssuer({ algorithm: "none" as "ES256" })).toThrow('algorithm is "none"');
  });
});
