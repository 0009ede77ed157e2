// Opaque tokens in the guard: memory, floods and outages. The server is a function here; the real one is in the client's tests.
import { ConfigError, createGuard, type GuardOptions, type Introspect } from "gatewarden";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { createClock, start } from "../support/clock.js";
import { bearer, issuer, options, refusalOf, token, verdict } from "../support/keys.js";
import { guardWith as boundGuard, createSender, prove, proven, time, verdictOf } from "../support/senders.js";
import { active, answering, guardWith } from "./_answering.js";

describe("opaque tokens that are bound to a key", async () => {
  const sender = await createSender();
  const bound = { active: true, sub: "user|1", aud: "https://api.example.com", exp: time + 300, token_type: "DPoP" };
  const introspect = async () => ({ ...bound, cnf: { jkt: sender.jkt } });

  test("each needs a proof made for itself", async () => {
    const guard = boundGuard({ introspection: introspect });
    expect(await verdictOf(guard, proven("opaque-a", prove(sender, "opaque-a")))).toBe("accepted");
    expect(await verdictOf(guard, proven("opaque-b", prove(sender, "opaque-a")))).toBe("dpop_token_mismatch");
    expect(await verdictOf(guard, proven("opaque-b", prove(sender, "opaque-b")))).toBe("accepted");
  });

  test("a proof counts once for a request, however often it is checked on its way", async () => {
    const guard = boundGuard({ introspection: introspect });
    const request = proven("opaque", prove(sender, "opaque"), { incoming: {} });
    expect([await verdictOf(guard, request), await verdictOf(guard, request)]).toEqual(["accepted", "accepted"]);
    expect(await verdictOf(guard, { ...request, incoming: {} })).toBe("dpop_replayed");
  });
});

describe("opaque tokens and JWTs side by side", () => {
  test("a JWT is verified here and never sent to the server", async () => {
    const introspect = answering();
    expect(await verdict(guardWith(introspect), token())).toBe("accepted");
    expect(introspect).not.toHaveBeenCalled();
  });

  test.each(["opaque", "ory_at_abc.def", "a1-._~+/=="])("%s is introspected", async (opaque) => {
    const introspect = answering();
    expect(await verdict(guardWith(introspect), opaque)).toBe("accepted");
    expect(introspect).toHaveBeenCalledWith(opaque, { signal: expect.any(AbortSignal) });
  });

  test.each([
    ["a forged JWT", `${token().slice(0, -4)}AAAA`, "signature_invalid"],
    ["an encrypted token", "a.b.c.d.e", "token_encrypted"],
    ["a token of four parts", "a.b.c.d", "token_malformed"],
    ["a token that is too large", "a".repeat(16_385), "token_too_large"],
    ["a token with a blank", "a b", "token_malformed"],
    ["a token with a line break", "a\r\nb", "token_malformed"],
    ["no token", "", "token_malformed"],
  ])("%s is not worth a question", async (_name, one, reason) => {
    const introspect = answering();
    expect(await verdict(guardWith(introspect), one)).toBe(reason);
    expect(introspect).not.toHaveBeenCalled();
  });

  test("without the option an opaque token is refused as before", async () => {
    expect(await verdict(createGuard(options()), "opaque")).toBe("token_opaque");
  });

  test("the handler gets what the server said", async () => {
    const guard = guardWith(answering({ scope: "read write", client_id: "app", permissions: ["a"] }));
    const auth = await guard.verify("opaque");
    expect(auth).toMatchObject({
      subject: "user|1",
      clientId: "app",
      scopes: ["read", "write"],
      permissions: ["a"],
      issuer,
    });
    expect(auth.claims).not.toHaveProperty("active");
    expect(auth.expiresAt).toBe(start + 300);
  });

  test("what one handler is given, no other can change", async () => {
    const guard = guardWith(answering({ list: ["a"] }));
    const first = await guard.verify("opaque");
    expect(() => (first.claims as { list: string[] }).list.push("b")).toThrow(TypeError);
    expect((await guard.verify("opaque")).claims).toMatchObject({ list: ["a"] });
  });

  test("requirements and the claims schema hold as for a JWT", async () => {
    const guard = createGuard(options({ introspection: answering(), claims: z.object({ plan: z.string() }) }));
    expect(await verdict(guard, "opaque")).toBe("claims_rejected");
    expect(await verdict(guardWith(answering()), "opaque", { type: "scope", scopes: ["x"] } as never)).not.toBe(
      "accepted",
    );
  });
});

describe("memory", () => {
  test("an answer is used for maxAge seconds, without a promise", async () => {
    const clock = createClock();
    const introspect = answering();
    const guard = guardWith({ introspect, maxAge: 30 }, { now: clock.now });
    await guard.check(bearer("opaque"));
    clock.advance(29);
    expect(guard.attempt(bearer("opaque"))).not.toBeInstanceOf(Promise);
    expect(introspect).toHaveBeenCalledTimes(1);
    clock.advance(1);
    await guard.check(bearer("opaque"));
    expect(introspect).toHaveBeenCalledTimes(2);
  });

  test("an answer is never used beyond exp (RFC 7662 §4)", async () => {
    const clock = createClock();
    const introspect = answering({ exp: start + 10 });
    const guard = guardWith({ introspect, maxAge: 60 }, { now: clock.now });
    await guard.verify("opaque");
    clock.advance(10);
    await guard.verify("opaque");
    expect(introspect).toHaveBeenCalledTimes(2);
  });

  test("with maxAge 0 the server is asked every time", async () => {
    const introspect = answering();
    const guard = guardWith({ introspect, maxAge: 0 });
    await guard.verify("opaque");
    await guard.verify("opaque");
    expect(introspect).toHaveBeenCalledTimes(2);
  });

  test("an inactive token is remembered briefly", async () => {
    const clock = createClock();
    const introspect = vi.fn<Introspect>(async () => ({ active: false }));
    const guard = guardWith(introspect, { now: clock.now });
    const refusal = await refusalOf(guard.verify("opaque"));
    expect(refusal).toMatchObject({ reason: "token_inactive", status: 401, error: "invalid_token" });
    await verdict(guard, "opaque");
    expect(introspect).toHaveBeenCalledTimes(1);
    clock.advance(10);
    await verdict(guard, "opaque");
    expect(introspect).toHaveBeenCalledTimes(2);
  });

  test("a hundred requests with one new token ask once", async () => {
    const introspect = answering();
    const guard = guardWith(introspect);
    await Promise.all(Array.from({ length: 100 }, () => guard.verify("opaque")));
    expect(introspect).toHaveBeenCalledTimes(1);
  });

  test("tokens that share a beginning are not confused (CVE-2026-35030)", async () => {
    const long = "x".repeat(200);
    const introspect = vi.fn<Introspect>(async (one) => active({ sub: one.slice(-1) }));
    const guard = guardWith(introspect);
    expect((await guard.verify(`${long}a`)).subject).toBe("a");
    expect((await guard.verify(`${long}b`)).subject).toBe("b");
    expect((await guard.verify(`${long}a`)).subject).toBe("a");
  });
});

describe("floods", () => {
  test("10,000 made-up tokens push no real one out, and are themselves kept within the bound", async () => {
    const introspect = vi.fn<Introspect>(async (one) => (one === "real" ? active() : { active: false }));
    const guard = guardWith({ introspect, maxEntries: 100 });
    await guard.verify("real");
    for (let index = 0; index < 10_000; index++) await verdict(guard, `fake${index}`);
    introspect.mockClear();
    expect(await verdict(guard, "real")).toBe("accepted");
    expect(await verdict(guard, "fake9999")).toBe("token_inactive");
    expect(introspect).not.toHaveBeenCalled();
    expect(await verdict(guard, "fake9899")).toBe("token_inactive");
    expect(introspect).toHaveBeenCalledTimes(1);
  });

  test("the server gets its share of maxConcurrent questions at once; a thousand wait; the rest is told to come back", async () => {
    let running = 0;
    let most = 0;
    const introspect: Introspect = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return { active: false };
    };
    const guard = guardWith({ introspect, maxConcurrent: 8 });
    const verdicts = await Promise.all(Array.from({ length: 2000 }, (_, index) => verdict(guard, `fake${index}`)));
    // A quarter of the places is for tokens known to be active.
    expect(most).toBe(6);
    expect(verdicts.filter((one) => one === "token_inactive")).toHaveLength(1006);
    expect(verdicts.filter((one) => one === "introspection_unavailable")).toHaveLength(994);
    expect(await verdict(guard, "later")).toBe("token_inactive");
  });
});

describe("outages", () => {
  const refused = Object.assign(new Error("ECONNREFUSED"), { code: "ECONNREFUSED" });
  const down: Introspect = () => Promise.reject(refused);

  test("a server that cannot be asked is 503 with Retry-After, never 401", async () => {
    const guard = guardWith(down);
    const refusal = await refusalOf(guard.verify("opaque"));
    expect(refusal).toMatchObject({
      reason: "introspection_unavailable",
      status: 503,
      cause: refused,
    });
    const { headers, status } = guard.refusal(refusal);
    expect(status).toBe(503);
    expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(1);
    expect(headers).not.toHaveProperty("www-authenticate");
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["text", "active"],
    ["an answer without active", { sub: "user|1" }],
    ["active as text", { ...active(), active: "true" }],
    ["active as number", { ...active(), active: 1 }],
    ["active inherited", Object.create({ active: true })],
    ["a list", [{ active: true }]],
    ["something that cannot be copied", { ...active(), method: () => {} }],
  ])("%s as an answer lets nobody in and calls nobody's token bad", async (_name, answer) => {
    expect(
      await verdict(
        guardWith(async () => answer as never),
        "opaque",
      ),
    ).toBe("introspection_unavailable");
  });

  test("a function that throws at once fails closed", async () => {
    const introspect = (() => {
      throw new Error("broken");
    }) as Introspect;
    expect(await verdict(guardWith(introspect), "opaque")).toBe("introspection_unavailable");
  });

  test("a server that never answers is given up after the timeout, and its place is free again", async () => {
    const guard = guardWith({ introspect: () => new Promise(() => {}), timeout: 0.1, maxConcurrent: 1 });
    expect(await Promise.all([verdict(guard, "a"), verdict(guard, "b")])).toEqual([
      "introspection_unavailable",
      "introspection_unavailable",
    ]);
  });

  test("a token that was checked before stays usable while the server is down", async () => {
    const introspect = answering();
    const guard = guardWith(introspect);
    await guard.verify("opaque");
    introspect.mockImplementation(down);
    expect(await verdict(guard, "opaque")).toBe("accepted");
    expect(await verdict(guard, "another")).toBe("introspection_unavailable");
  });

  test("after five failures in a row the server is left alone for a while, then asked again", async () => {
    const clock = createClock();
    const introspect = vi.fn<Introspect>(down);
    const guard = guardWith(introspect, { now: clock.now });
    for (let index = 0; index < 20; index++) await verdict(guard, `token${index}`);
    expect(introspect).toHaveBeenCalledTimes(5);
    clock.advance(1);
    introspect.mockImplementation(async () => active());
    expect(await verdict(guard, "token0")).toBe("accepted");
    introspect.mockImplementation(down);
    expect(await verdict(guard, "x1")).toBe("introspection_unavailable");
    expect(introspect).toHaveBeenCalledTimes(7);
  });

  test("one token that the server chokes on does not shut out the others", async () => {
    const introspect: Introspect = async (one) => {
      if (one.startsWith("poison")) throw new Error("status 500");
      return active();
    };
    const guard = guardWith(introspect);
    for (let index = 0; index < 20; index++) {
      expect(await verdict(guard, `poison${index}`)).toBe("introspection_unavailable");
      expect(await verdict(guard, `good${index}`)).toBe("accepted");
    }
  });

  test("those who wait for their turn when an outage begins are not kept waiting", async () => {
    const introspect = vi.fn<Introspect>(down);
    const guard = guardWith({ introspect, maxConcurrent: 2 });
    const verdicts = await Promise.all(Array.from({ length: 500 }, (_, index) => verdict(guard, `t${index}`)));
    expect(new Set(verdicts)).toEqual(new Set(["introspection_unavailable"]));
    expect(introspect.mock.calls.length).toBeLessThanOrEqual(6);
  });
});

describe("configuration", () => {
  const introspect = answering();
  test.each<[string, unknown, GuardOptions?]>([
    ["introspection", "https://issuer.test/introspect"],
    ["introspection.introspect", { introspect: "x" }],
    ["introspection.cache", { introspect, cache: 60 }],
    ["introspection.audienceClaim", { introspect, audienceClaim: "off" }],
    ["introspection.maxAge", { introspect, maxAge: -1 }],
    ["introspection.maxAge", { introspect, maxAge: Number.NaN }],
    ["introspection.maxEntries", { introspect, maxEntries: Number.POSITIVE_INFINITY }],
    ["introspection.maxConcurrent", { introspect, maxConcurrent: 0 }],
    ["introspection.timeout", { introspect, timeout: 0 }],
    ["introspection.issuer", { introspect, issuer: "https://stranger.test/" }],
    ["introspection.issuer", { introspect }, { issuer: [issuer, "https://b.test/"], keys: {} }],
    ["introspection.issuer", { introspect }, { issuer: () => undefined, keys: {} }],
  ])("a wrong %s is refused at creation", (option, introspection, changes) => {
    const create = () => guardWith(introspection as Introspect, changes);
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(`${option} `);
  });
});
