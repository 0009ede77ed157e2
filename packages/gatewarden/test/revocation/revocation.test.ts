// Revocation: asked on every check, failing closed; and the list in memory.
import { ConfigError, createGuard, createRevocationList, type GuardOptions, type Revocation } from "gatewarden";
import { describe, expect, test, vi } from "vitest";
import { createClock, start } from "../support/clock.js";
import { bearer, issuer, options, refusalOf, token, verdict } from "../support/keys.js";
import { guardWith as boundGuard, createSender, issue, prove, proven, verdictOf } from "../support/senders.js";
import { createTwoClocks } from "../support/two-clocks.js";

function guardWith(revocation: unknown, changes: GuardOptions = {}) {
  return createGuard(options({ revocation, ...changes } as GuardOptions));
}

const claims = { jti: "t1", sid: "s1", sub: "user|1", iat: start - 10, client_id: "app" };

describe("the hook", () => {
  test("is told what a deny list can know a token by", async () => {
    const isRevoked = vi.fn(() => false);
    await guardWith({ isRevoked }).verify(token(claims));
    expect(isRevoked).toHaveBeenCalledWith({
      ...{ issuer, subject: "user|1", clientId: "app", jti: "t1", sid: "s1" },
      ...{ issuedAt: start - 10, expiresAt: start + 300 },
    });
  });

  test("is asked on every check, also of one and the same token", async () => {
    const isRevoked = vi.fn(() => false);
    const guard = guardWith({ isRevoked });
    const one = token(claims);
    for (let index = 0; index < 3; index++) await guard.verify(one);
    expect(isRevoked).toHaveBeenCalledTimes(3);
  });

  test("is asked about an introspected token whose description is remembered", async () => {
    const list = createRevocationList({ now: createClock().now });
    const described = { active: true, aud: "https://api.test", exp: start + 300, ...claims };
    const guard = guardWith(list, { introspection: async () => described });
    expect(await verdict(guard, "opaque")).toBe("accepted");
    list.revoke({ issuer, sid: "s1", expiresAt: start + 300 });
    expect(await verdict(guard, "opaque")).toBe("token_revoked");
  });

  test("is not asked about tokens that are bad anyway", async () => {
    const isRevoked = vi.fn(() => false);
    const guard = guardWith({ isRevoked });
    expect(await verdict(guard, token({ exp: start - 60 }))).toBe("expired");
    expect(await verdict(guard, token({ cnf: {} }))).toBe("binding_unproven");
    expect(isRevoked).not.toHaveBeenCalled();
  });

  test.each([
    ["at once", () => true],
    ["later", async () => true],
  ])("that says yes, %s, gives 401", async (_name, isRevoked) => {
    const refusal = await refusalOf(guardWith({ isRevoked }).verify(token(claims)));
    expect(refusal).toMatchObject({ reason: "token_revoked", status: 401, error: "invalid_token" });
  });

  test.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("store down");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("store down");
      },
    ],
    ["answers nothing", () => undefined],
    ["answers 0", async () => 0],
    ["answers text", () => "false"],
  ])("that %s lets nobody in, with 503 (CWE-636)", async (_name, isRevoked) => {
    const guard = guardWith({ isRevoked });
    const refusal = await refusalOf(guard.verify(token(claims)));
    expect(refusal).toMatchObject({ reason: "revocation_unavailable", status: 503, retryAfter: 1 });
    expect(refusal.cause).toBeInstanceOf(Error);
  });

  test("that answers like a database query is waited for", async () => {
    // biome-ignore lint/suspicious/noThenProperty: this is what it is about.
    const query = { then: (done: (value: boolean) => void) => done(true) };
    expect(await verdict(guardWith({ isRevoked: () => query }), token(claims))).toBe("token_revoked");
  });

  test("that answers at once makes no promise, and neither does having none", () => {
    expect(guardWith(createRevocationList()).attempt(bearer(token(claims)))).not.toBeInstanceOf(Promise);
    expect(guardWith(undefined).attempt(bearer(token(claims)))).not.toBeInstanceOf(Promise);
  });

  test("is heard by explain too", async () => {
    const findings = await guardWith({ isRevoked: () => true }).explain(token(claims));
    expect(findings.map(({ code }) => code)).toEqual(["token_revoked"]);
  });

  test.each([[{}], [() => true], ["redis"], [null]])("%j is refused at creation", (revocation) => {
    expect(() => guardWith(revocation)).toThrow(ConfigError);
  });
});

describe("the list in memory", () => {
  const expiresAt = start + 300;

  test.each<[string, Revocation]>([
    ["jti", { issuer, jti: "t1", expiresAt }],
    ["sid", { issuer, sid: "s1", expiresAt }],
    ["subject and time", { issuer, subject: "user|1", issuedBefore: start - 5, expiresAt }],
    ["subject and the very second", { issuer, subject: "user|1", issuedBefore: start - 10, expiresAt }],
    ["client and time", { issuer, clientId: "app", issuedBefore: start - 5, expiresAt }],
    ["its whole issuer and time", { issuer, wholeIssuer: true, issuedBefore: start - 5, expiresAt }],
    ["everything before now", { everything: true, issuedBefore: start, expiresAt }],
  ])("refuses a token by %s", async (_name, revocation) => {
    const list = createRevocationList({ now: createClock().now });
    const guard = guardWith(list);
    expect(await verdict(guard, token(claims))).toBe("accepted");
    list.revoke(revocation);
    expect(await verdict(guard, token(claims))).toBe("token_revoked");
  });

  test.each<[string, Revocation]>([
    ["another issuer's jti", { issuer: "https://b.test/", jti: "t1", expiresAt }],
    ["another issuer's subject", { issuer: "https://b.test/", subject: "user|1", issuedBefore: start, expiresAt }],
    ["another jti", { issuer, jti: "t2", expiresAt }],
    ["a sid that reads like the jti", { issuer, sid: "t1", expiresAt }],
    ["an earlier time", { issuer, subject: "user|1", issuedBefore: start - 11, expiresAt }],
    ["another client", { issuer, clientId: "other", issuedBefore: start, expiresAt }],
    ["a client that reads like the subject", { issuer, clientId: "user|1", issuedBefore: start, expiresAt }],
    ["its client before an earlier time", { issuer, clientId: "app", issuedBefore: start - 11, expiresAt }],
    ["another issuer as a whole", { issuer: "https://b.test/", wholeIssuer: true, issuedBefore: start, expiresAt }],
    ["its issuer before an earlier time", { issuer, wholeIssuer: true, issuedBefore: start - 11, expiresAt }],
    ["everything before an earlier time", { everything: true, issuedBefore: start - 11, expiresAt }],
  ])("lets a token pass for %s", async (_name, revocation) => {
    const list = createRevocationList({ now: createClock().now });
    list.revoke(revocation);
    expect(await verdict(guardWith(list), token(claims))).toBe("accepted");
  });

  test("a token without iat is refused with its subject", async () => {
    const list = createRevocationList({ now: createClock().now });
    list.revoke({ issuer, subject: "user|1", issuedBefore: start - 1000, expiresAt });
    expect(await verdict(guardWith(list), token({ ...claims, iat: undefined }))).toBe("token_revoked");
  });

  test("a revoked token does not revive within the clock tolerance after its exp", async () => {
    const clock = createClock();
    const list = createRevocationList({ now: clock.now });
    const guard = guardWith(list, { now: clock.now, clockTolerance: 300 });
    list.revoke({ issuer, jti: "t1", expiresAt });
    clock.set(expiresAt + 299);
    expect(await verdict(guard, token(claims))).toBe("token_revoked");
  });

  test("a clock that gives no time for a moment revives no token", () => {
    let time = start;
    const list = createRevocationList({ now: () => time });
    list.revoke({ issuer, jti: "t1", expiresAt: start + 300 });
    const facts = { issuer, subject: undefined, clientId: undefined, sid: undefined, issuedAt: undefined };
    time = Number.NaN;
    expect(list.isRevoked({ ...facts, jti: "t1", expiresAt: start + 300 })).toBe(true);
    expect(list.isRevoked({ ...facts, jti: "t2", expiresAt: start + 300 })).toBe(false);
  });

  test("an issuer and an id that run together name nothing else", () => {
    const list = createRevocationList({ now: () => start });
    list.revoke({ issuer: "https://a.test", jti: "1 b", expiresAt });
    const facts = { subject: undefined, clientId: undefined, sid: undefined, issuedAt: undefined, expiresAt };
    expect(list.isRevoked({ ...facts, issuer: "https://a.test", jti: "1 b" })).toBe(true);
    expect(list.isRevoked({ ...facts, issuer: "https://a.test1", jti: " b" })).toBe(false);
  });

  test("a second entry for the same thing never shortens the first", async () => {
    const clock = createClock();
    const list = createRevocationList({ now: clock.now });
    list.revoke({ issuer, subject: "user|1", issuedBefore: start - 5, expiresAt });
    list.revoke({ issuer, subject: "user|1", issuedBefore: start - 50, expiresAt: start - 50 });
    expect(list.size).toBe(1);
    clock.advance(290);
    expect(await verdict(guardWith(list), token(claims))).toBe("token_revoked");
  });

  test("a full list refuses a new entry rather than forget an old one", () => {
    // Entries are forgotten when they have ended by the wall clock and by the host's.
    const clocks = createTwoClocks();
    const list = createRevocationList({ maxEntries: 2, now: clocks.now });
    list.revoke({ issuer, jti: "a", expiresAt });
    list.revoke({ issuer, jti: "b", expiresAt: expiresAt + 1000 });
    expect(() => list.revoke({ issuer, jti: "c", expiresAt })).toThrow(RangeError);
    list.revoke({ issuer, jti: "a", expiresAt: expiresAt + 1 });
    const facts = { issuer, subject: "x", clientId: "x", sid: undefined, issuedAt: start, expiresAt };
    expect(["a", "b", "c"].map((jti) => list.isRevoked({ ...facts, jti }))).toEqual([true, true, false]);
    clocks.pass(expiresAt + 1 + 360 - start);
    list.revoke({ issuer, jti: "c", expiresAt: expiresAt + 1000 });
    expect(["a", "b", "c"].map((jti) => list.isRevoked({ ...facts, jti }))).toEqual([false, true, true]);
    expect(list.size).toBe(2);
    vi.restoreAllMocks();
  });

  test("a revoked token does not revive within the tolerance while its check waits for the proof's store", async () => {
    const clock = createClock();
    const list = createRevocationList({ now: clock.now });
    const sender = await createSender();
    const add = async () => {
      clock.advance(5);
      return true;
    };
    const guard = boundGuard({
      now: clock.now,
      clockTolerance: 300,
      revocation: list,
      dpop: { mode: "allowed", replay: { add } },
    });
    const text = await issue({ cnf: { jkt: sender.jkt }, jti: "t1", exp: start + 100 });
    list.revoke({ issuer: "https://issuer.example/", jti: "t1", expiresAt: start + 100 });
    clock.set(start + 399);
    const proof = prove(sender, text, { claims: { iat: clock.now() } });
    expect(await verdictOf(guard, proven(text, proof))).toBe("token_revoked");
  });

  test.each([
    ["no id", { issuer, expiresAt }],
    ["two ids", { issuer, jti: "a", sid: "b", expiresAt }],
    ["an empty id", { issuer, jti: "", expiresAt }],
    ["no issuer", { jti: "a", expiresAt }],
    ["no expiry", { issuer, jti: "a" }],
    ["an expiry that is no number", { issuer, jti: "a", expiresAt: Number.NaN }],
    ["an expiry in milliseconds", { issuer, jti: "a", expiresAt: start * 1000 }],
    ["a subject without a time", { issuer, subject: "a", expiresAt }],
    ["a subject with a time in milliseconds", { issuer, subject: "a", issuedBefore: start * 1000, expiresAt }],
    ["a time without a subject", { issuer, jti: "a", issuedBefore: start, expiresAt }],
    ["a time and nothing that it applies to", { issuer, issuedBefore: start, expiresAt }],
    ["a subject that turned out undefined", { issuer, subject: undefined, issuedBefore: start, expiresAt }],
    ["a whole issuer that is not true", { issuer, wholeIssuer: false, issuedBefore: start, expiresAt }],
    ["a whole issuer without a name", { wholeIssuer: true, issuedBefore: start, expiresAt }],
    ["a whole issuer without a time", { issuer, wholeIssuer: true, expiresAt }],
    ["everything, of one issuer", { issuer, everything: true, issuedBefore: start, expiresAt }],
    ["everything, of an undefined issuer", { issuer: undefined, everything: true, issuedBefore: start, expiresAt }],
    ["everything without a time", { everything: true, expiresAt }],
    ["everything with an infinite time", { everything: true, issuedBefore: Number.POSITIVE_INFINITY, expiresAt }],
    ["everything and a subject", { everything: true, subject: "a", issuedBefore: start, expiresAt }],
  ])("an entry with %s is refused", (_name, revocation) => {
    const list = createRevocationList();
    expect(() => list.revoke(revocation as Revocation)).toThrow(TypeError);
    expect(list.size).toBe(0);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("maxEntries %s is refused", (maxEntries) => {
    expect(() => createRevocationList({ maxEntries })).toThrow(ConfigError);
  });
});
