// Tokens that come again: faster, and never accepted on terms that no longer hold.
import { afterEach, describe, expect, test } from "vitest";
import { createGuard, createRevocationList, permission, type RevocationFacts } from "../../src/index.js";
import { createClock, start } from "../support/clock.js";
import { createKey, forge } from "../support/forge.js";
import { audience, bearer, claims, ec, guardWith, issuer, options, stranger, token, verdict } from "../support/keys.js";
import { type Remote, second, startRemote } from "../support/remote.js";

const running: Remote[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ server }) => server.close()));
});

async function createRemote(...options: Parameters<typeof startRemote>): Promise<Remote> {
  const remote = await startRemote(...options);
  running.push(remote);
  return remote;
}

/** Lets the guard see the token until it keeps it. */
async function warmUp(guard: Parameters<typeof verdict>[0], text: string): Promise<void> {
  for (let turn = 0; turn < 3; turn++) expect(await verdict(guard, text)).toBe("accepted");
  expect(guard.cacheCounts()?.hits).toBeGreaterThan(0);
}

describe("A token that comes again", () => {
  test("is recognised, with the same facts", async () => {
    const guard = guardWith();
    const text = token({ permissions: ["a"] });
    const first = await guard.verify(text);
    await warmUp(guard, text);
    const again = await guard.verify(text);
    expect([again.subject, again.permissions, again.token]).toEqual([first.subject, ["a"], text]);
    expect(guard.cacheCounts()).toMatchObject({ entries: 1 });
  });

  test("is not recognised in a header without its scheme, nor with one where there is none", async () => {
    const guard = guardWith();
    const text = token();
    await warmUp(guard, text);
    for (let turn = 0; turn < 3; turn++) expect(guard.attempt(bearer(text))).toMatchObject({ token: text });
    const bare = { method: "GET", url: "/", headers: { authorization: text } };
    await expect(guard.check(bare)).rejects.toMatchObject({ reason: "scheme_unsupported" });
    await expect(guard.verify(`Bearer ${text}`)).rejects.toMatchObject({ reason: "token_malformed" });
    const padded = { method: "GET", url: "/", headers: { authorization: `Bearer  ${text}` } };
    for (let turn = 0; turn < 3; turn++) expect(guard.attempt(padded)).toMatchObject({ token: text });
    await expect(guard.verify(` ${text}`)).rejects.toMatchObject({ reason: "token_malformed" });
  });

  test("cannot be changed for the next request where a schema froze only the outside", async () => {
    const validate = () => ({ value: Object.freeze({ roles: ["user"] }) });
    const claims = { "~standard": { version: 1, vendor: "test", validate } } as const;
    const guard = createGuard(options<{ roles: string[] }>({ claims: claims as never }));
    const text = token();
    for (let turn = 0; turn < 3; turn++) await guard.verify(text);
    const { roles } = (await guard.verify(text)).claims as { roles: string[] };
    expect(() => roles.push("admin")).toThrow(TypeError);
    expect((await guard.verify(text)).claims).toEqual({ roles: ["user"] });
  });

  test("is not kept where a schema made what has a getter, or the same thing twice within itself", async () => {
    const round: Record<string, unknown> = {};
    round["self"] = round;
    const values = [
      {
        get now() {
          return 1;
        },
      },
      { [Symbol("hidden")]: [] },
      round,
    ];
    for (const value of values) {
      const claims = { "~standard": { version: 1, vendor: "test", validate: () => ({ value }) } } as const;
      const guard = createGuard(options({ claims: claims as never }));
      const text = token();
      for (let turn = 0; turn < 3; turn++) await guard.verify(text);
      expect(guard.cacheCounts()?.entries).toBe(0);
    }
  });

  test("shows nothing of what it was verified by, and cannot be added to", async () => {
    const guard = guardWith();
    const text = token();
    await warmUp(guard, text);
    const auth = await guard.verify(text);
    const names = [auth, Object.getPrototypeOf(auth)].flatMap((one) => Reflect.ownKeys(one));
    const values = names.map((name) => Reflect.get(auth, name));
    const objects = values.filter((value) => typeof value === "object" && value !== null && !Array.isArray(value));
    expect(objects.filter((value) => value !== auth.claims)).toEqual([auth.header]);
    expect(Object.isFrozen(auth)).toBe(true);
    expect(JSON.parse(JSON.stringify(auth))).toEqual({
      subject: "user|1",
      issuer: "https://issuer.test/",
      expiresAt: start + 300,
    });
  });

  test("is answered without a promise", async () => {
    const guard = guardWith();
    const text = token();
    await warmUp(guard, text);
    expect(guard.attempt(bearer(text))).not.toBeInstanceOf(Promise);
  });

  test("is refused once it has expired", async () => {
    const clock = createClock();
    const guard = guardWith({ now: clock.now });
    const text = token({ exp: start + 60 });
    await warmUp(guard, text);
    clock.advance(64);
    expect(await verdict(guard, text)).toBe("accepted");
    clock.advance(1);
    expect(await verdict(guard, text)).toBe("expired");
  });

  test("is refused when the clock is set back before its time", async () => {
    const clock = createClock();
    const guard = guardWith({ now: clock.now });
    const text = token({ nbf: start - 60 });
    await warmUp(guard, text);
    clock.set(start - 66);
    expect(await verdict(guard, text)).toBe("not_yet_valid");
  });

  test("is refused once it is revoked", async () => {
    const revocation = createRevocationList({ now: createClock().now });
    const guard = guardWith({ revocation });
    const text = token({ jti: "id-1" });
    await warmUp(guard, text);
    revocation.revoke({ issuer, jti: "id-1", expiresAt: start + 300 });
    expect(await verdict(guard, text)).toBe("token_revoked");
  });

  test("asks the deny list with the same frozen facts each time, and another token with its own (CWE-488)", async () => {
    const asked: RevocationFacts[] = [];
    const guard = guardWith({ revocation: { isRevoked: (facts) => asked.push(facts) === 0 } });
    const [text, other] = [token({ jti: "a", azp: "app" }), token({ jti: "b" })];
    await warmUp(guard, text);
    await warmUp(guard, other);
    asked.length = 0;
    for (const one of [text, other, text]) guard.attempt(bearer(one));
    expect(asked.map(({ jti, clientId }) => [jti, clientId])).toEqual([
      ["a", "app"],
      ["b", undefined],
      ["a", "app"],
    ]);
    expect(asked[2]).toBe(asked[0]);
    expect(Object.isFrozen(asked[0])).toBe(true);
  });

  test("is refused where the deny list writes into its facts, and they stay as they are (CWE-471)", async () => {
    let writes = false;
    const seen: unknown[] = [];
    const isRevoked = (facts: { jti: string | undefined }) => {
      seen.push(facts.jti);
      if (writes) facts.jti = "other";
      return false;
    };
    const guard = guardWith({ revocation: { isRevoked } });
    const text = token({ jti: "a" });
    await warmUp(guard, text);
    writes = true;
    expect(await verdict(guard, text)).toBe("revocation_unavailable");
    writes = false;
    expect(await verdict(guard, text)).toBe("accepted");
    expect(new Set(seen)).toEqual(new Set(["a"]));
  });

  test.each([
    ["at once", (answer: boolean) => answer],
    ["later", async (answer: boolean) => answer],
  ])("is held against the deny list before the requirement, which answers %s", async (_name, reply) => {
    let answer = false;
    const guard = guardWith({ revocation: { isRevoked: () => reply(answer) } });
    const text = token({ permissions: ["a"] });
    await warmUp(guard, text);
    expect(await verdict(guard, text, permission("a"))).toBe("accepted");
    expect(await verdict(guard, text, permission("b"))).toBe("permission_missing");
    answer = true;
    expect(await verdict(guard, text, permission("a"))).toBe("token_revoked");
    expect(await verdict(guard, text, permission("b"))).toBe("token_revoked");
  });

  test("is refused where the deny list fails, at once or later (CWE-636)", async () => {
    const failures = [
      () => {
        throw new Error("down");
      },
      () => Promise.reject(new Error("down")),
    ];
    let fail: (() => never) | (() => Promise<never>) | undefined;
    const guard = guardWith({ revocation: { isRevoked: () => fail?.() ?? false } });
    const text = token();
    await warmUp(guard, text);
    for (fail of failures) expect(await verdict(guard, text)).toBe("revocation_unavailable");
    fail = undefined;
    expect(await verdict(guard, text)).toBe("accepted");
  });

  test("is held against each endpoint's own requirement", async () => {
    const guard = guardWith();
    const text = token({ permissions: ["a"] });
    await warmUp(guard, text);
    expect(await verdict(guard, text, permission("a"))).toBe("accepted");
    expect(await verdict(guard, text, permission("b"))).toBe("permission_missing");
  });

  test("is refused every time when it is bound and nothing is proven", async () => {
    const guard = guardWith();
    const text = token({ cnf: { jkt: "x".repeat(43) } });
    for (let turn = 0; turn < 4; turn++) expect(await verdict(guard, text)).toBe("binding_unproven");
  });

  test("vouches for no other token: not for one with another signature, nor for one with another payload", async () => {
    const guard = guardWith();
    const text = token();
    await warmUp(guard, text);
    const [header, payload, signature] = text.split(".");
    const forged = forge({ header: { alg: "ES256", kid: "ec" }, payload: claims(), key: stranger }).split(".")[2];
    const other = Buffer.from(JSON.stringify(claims({ sub: "user|2" }))).toString("base64url");
    expect(await verdict(guard, `${header}.${payload}.${forged}`)).toBe("signature_invalid");
    expect(await verdict(guard, `${header}.${other}.${signature}`)).toBe("signature_invalid");
  });

  test("is not recognised by another guard", async () => {
    const guard = guardWith();
    const text = token();
    await warmUp(guard, text);
    const other = guardWith({ audience: "https://other.test" });
    expect(await verdict(other, text)).toBe("audience_mismatch");
  });
});

describe("When keys change", () => {
  test("a token whose key left the set is refused, though it was known", async () => {
    const { guard, server, clock, token } = await createRemote();
    const text = token();
    await warmUp(guard, text);
    server.publish([second.jwk]);
    clock.advance(100_000);
    expect(await verdict(guard, text)).toBe("key_unknown");
  });

  test("a token whose key was replaced under its name is refused, though it was known", async () => {
    const { guard, server, clock, token } = await createRemote();
    const text = token();
    await warmUp(guard, text);
    server.publish([createKey("ES256", "first").jwk]);
    clock.advance(100_000);
    expect(await verdict(guard, text)).toBe("signature_invalid");
  });

  test("each of several keys' tokens is held against its own key, in whichever order they came", async () => {
    const { guard, server, clock, key, token } = await createRemote();
    server.publish([key.jwk, second.jwk]);
    const [one, two, three] = [token(key), token(second), token(key, { sub: "user|3" })];
    for (const text of [one, two, three, two, three, one]) await warmUp(guard, text);
    server.publish([second.jwk]);
    clock.advance(100_000);
    const verdicts = [];
    for (const text of [two, one, three, two]) verdicts.push(await verdict(guard, text));
    expect(verdicts).toEqual(["accepted", "key_unknown", "key_unknown", "accepted"]);
  });

  test("a token whose key stayed is still known after the set was fetched again", async () => {
    const { guard, server, clock, key, token } = await createRemote();
    const text = token();
    await warmUp(guard, text);
    server.publish([second.jwk, key.jwk]);
    clock.advance(100_000);
    await verdict(guard, text);
    const before = guard.cacheCounts()?.hits ?? 0;
    expect(await verdict(guard, text)).toBe("accepted");
    expect(guard.cacheCounts()?.hits).toBeGreaterThan(before);
  });

  test("a known token is refused with 503 once the keys are too old to use and cannot be fetched", async () => {
    const { guard, server, clock, token } = await createRemote({ keys: { staleIfError: 0 } });
    const text = token();
    await warmUp(guard, text);
    await server.close();
    clock.advance(100_000);
    expect(await verdict(guard, text)).toBe("keys_unavailable");
  });
});

describe("What a schema made of the claims", () => {
  const schemaOf = (make: () => unknown) => ({
    "~standard": { version: 1 as const, vendor: "test", validate: () => ({ value: make() }) },
  });

  test.each([
    ["a set", () => ({ groups: new Set(["a"]) })],
    ["a date", () => new Date(0)],
    ["an instance within a list", () => ({ list: [{ map: new Map() }] })],
    ["an object that holds itself", createCircle],
  ])("is each request's own where it cannot be frozen: %s", async (_name, make) => {
    const guard = guardWith({ claims: schemaOf(make) });
    const text = token();
    for (let turn = 0; turn < 4; turn++) expect(await verdict(guard, text)).toBe("accepted");
    expect(guard.cacheCounts()).toMatchObject({ entries: 0, hits: 0 });
  });

  test("is shared where it is frozen", async () => {
    const guard = guardWith({ claims: schemaOf(() => ({ plan: "pro", groups: ["a"] })) });
    const text = token();
    await warmUp(guard, text);
    const { claims: shared } = await guard.verify(text);
    expect(Object.isFrozen(shared) && Object.isFrozen((shared as { groups: unknown }).groups)).toBe(true);
  });
});

function createCircle(): unknown {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  return circle;
}

describe("The cache", () => {
  test("can be switched off", async () => {
    const guard = guardWith({ cache: false });
    const text = token();
    for (let turn = 0; turn < 3; turn++) expect(await verdict(guard, text)).toBe("accepted");
    expect(guard.cacheCounts()).toBeUndefined();
  });

  test("takes no room for tokens that come once", async () => {
    const guard = guardWith();
    for (let index = 0; index < 300; index++) await verdict(guard, token({ jti: `id-${index}` }));
    expect(guard.cacheCounts()?.entries).toBeLessThan(5);
  });

  test("stays within its bounds", async () => {
    const guard = guardWith({ cache: { maxEntries: 10 } });
    for (let index = 0; index < 60; index++) {
      const text = token({ jti: `id-${index}` });
      for (let turn = 0; turn < 3; turn++) await verdict(guard, text);
    }
    expect(guard.cacheCounts()?.entries).toBeLessThanOrEqual(10);
  });

  test.each([
    [{ maxEntries: 0 }, "cache.maxEntries"],
    [{ maxBytes: Number.NaN }, "cache.maxBytes"],
    [{ size: 10 }, "cache.size"],
    [true, "cache"],
  ])("refuses the bounds %j by name", (cache, option) => {
    expect(() => guardWith({ cache: cache as never })).toThrow(option);
  });

  test("keeps nothing of a token that was refused", async () => {
    const guard = guardWith();
    const text = token({ aud: `${audience}/other` }, { key: ec });
    for (let turn = 0; turn < 3; turn++) await verdict(guard, text);
    expect(guard.cacheCounts()).toMatchObject({ entries: 0, hits: 0 });
  });
});
