// The endpoint for back-channel logout: what it ends, what it answers, and what it never does.
import { describe, expect, test, vi } from "vitest";
import { ConfigError, createGuard, createRevocationList } from "../../src/index.js";
import { createLogoutEndpoint, type LogoutEvent, type LogoutOptions } from "../../src/logout/logout.js";
import { createClock, start } from "../support/clock.js";
import { issuer, options, token, verdict } from "../support/keys.js";
import { clientId, createLogoutBench, formHeaders, logoutToken, postForm, toForm, verdictOf } from "./_logout-token.js";

describe("A logout ends (§2.7)", () => {
  test("the session that the token names, and leaves the user's other session", async () => {
    const { guard, post } = createLogoutBench();
    const [first, second] = [token({ sid: "s1" }), token({ sid: "s2" })];
    expect(await verdict(guard, first)).toBe("accepted");
    expect((await post(logoutToken({ sid: "s1" }))).status).toBe(200);
    expect([await verdict(guard, first), await verdict(guard, second)]).toEqual(["token_revoked", "accepted"]);
  });

  test("later tokens of that session too, which a refresh token may still bring", async () => {
    const { guard, post, clock } = createLogoutBench();
    await post(logoutToken());
    clock.advance(60);
    expect(await verdict(guard, token({ sid: "s1", iat: start + 60, exp: start + 600 }))).toBe("token_revoked");
  });

  test("every session of the user where the token has no sid, and leaves a later login", async () => {
    const { guard, post, clock } = createLogoutBench();
    const before = [token({ sid: "s1" }), token({ sid: "s2", iat: start }), token({ iat: undefined })];
    expect((await post(logoutToken({ sid: undefined }))).status).toBe(200);
    expect(await Promise.all(before.map((one) => verdict(guard, one)))).toEqual(before.map(() => "token_revoked"));
    clock.advance(10);
    expect(await verdict(guard, token({ sid: "s3", iat: start + 1 }))).toBe("accepted");
    expect(await verdict(guard, token({ sub: "user|2" }))).toBe("accepted");
  });

  test("every session of the user with `ends: user`, where access tokens have no sid", async () => {
    const { guard, post } = createLogoutBench({ ends: "user" });
    const withoutSid = token();
    expect((await post(logoutToken({ sid: "s1" }))).status).toBe(200);
    expect(await verdict(guard, withoutSid)).toBe("token_revoked");
  });

  test("nothing with `ends: user` and no sub, and says so", async () => {
    const { list, post } = createLogoutBench({ ends: "user" });
    const answer = await post(logoutToken({ sub: undefined }));
    expect([answer.status, verdictOf(answer)]).toEqual([400, "claim_missing (sub)"]);
    expect(list.size).toBe(0);
  });

  test("tokens of the issuer that logged the user out, and of no other", async () => {
    const other = "https://other.test/";
    const issuers = [issuer, other].map((name) => ({ issuer: name, keys: { jwks: ownJwks } }));
    const { guard, post } = createLogoutBench({}, { issuer: issuers, keys: {} });
    await post(logoutToken({ sid: undefined }));
    expect(await verdict(guard, token())).toBe("token_revoked");
    expect(await verdict(guard, token({ iss: other }))).toBe("accepted");
  });

  test("them for as long as access tokens live: a day, or as configured", async () => {
    const revoke = vi.fn();
    await createLogoutBench({ revocations: { revoke } }).post(logoutToken());
    await createLogoutBench({ revocations: { revoke }, tokenLifetime: 3600 }).post(logoutToken());
    expect(revoke.mock.calls).toEqual([
      [{ issuer, sid: "s1", expiresAt: start + 86_400 }],
      [{ issuer, sid: "s1", expiresAt: start + 3600 }],
    ]);
  });
});

const { jwks: ownJwks } = await import("../support/keys.js");

describe("The same logout token again", () => {
  test("is answered 200 and is not carried out twice (§2.6 step 8)", async () => {
    const events: LogoutEvent[] = [];
    const revoke = vi.fn();
    const { post } = createLogoutBench({ revocations: { revoke }, onLogout: (event) => events.push(event) });
    const one = logoutToken();
    expect([(await post(one)).status, (await post(one)).status]).toEqual([200, 200]);
    expect(revoke).toHaveBeenCalledTimes(1);
    expect(events.map(({ outcome }) => outcome)).toEqual(["done", "repeated"]);
  });

  test("may be signed anew for the second delivery", async () => {
    const { post, list } = createLogoutBench();
    const [one, again] = [logoutToken(), logoutToken()];
    expect(one).not.toBe(again);
    expect([(await post(one)).status, (await post(again)).status]).toEqual([200, 200]);
    expect(list.size).toBe(1);
  });

  test("never ends a later login, even in a process that does not remember it", async () => {
    const { guard, list, clock, post } = createLogoutBench({ ends: "user" });
    const one = logoutToken();
    await post(one);
    clock.advance(30);
    const later = token({ iat: start + 20 });
    const restarted = createLogoutEndpoint(guard, { clientId, revocations: list, ends: "user" });
    expect((await postForm(restarted, toForm(one))).status).toBe(200);
    expect(await verdict(guard, later)).toBe("accepted");
  });

  test("is carried out after an attempt that failed", async () => {
    const revoke = vi.fn().mockRejectedValueOnce(new Error("down"));
    const { post } = createLogoutBench({ revocations: { revoke } });
    const one = logoutToken();
    expect([(await post(one)).status, (await post(one)).status]).toEqual([400, 200]);
    expect(revoke).toHaveBeenCalledTimes(2);
  });

  test("is another one if it only shares the jti, and is refused", async () => {
    const { post, list } = createLogoutBench();
    await post(logoutToken());
    expect(verdictOf(await post(logoutToken({ sid: "s2" })))).toBe("claim_invalid (jti)");
    expect(list.size).toBe(1);
  });

  test("of another issuer may have the same jti", async () => {
    const other = "https://other.test/";
    const issuers = [issuer, other].map((name) => ({ issuer: name, keys: { jwks: ownJwks } }));
    const { post } = createLogoutBench({}, { issuer: issuers, keys: {} });
    await post(logoutToken());
    expect((await post(logoutToken({ iss: other }))).status).toBe(200);
  });

  test("is forgotten when ten thousand others have come, and memory stays bounded", async () => {
    const { createRecentEvents } = await import("../../src/events/recent-events.js");
    const recent = createRecentEvents(2);
    for (const jti of ["a", "b", "c"]) await recent.remember(issuer, jti, `h.${jti}.s`);
    expect([await recent.compare(issuer, "a", "h.a.s"), await recent.compare(issuer, "c", "h.c.t")]).toEqual([
      "new",
      "repeated",
    ]);
    expect(await recent.compare(issuer, "c", "h.d.s")).toBe("other");
    // An id of any length takes the same room, and two long ones stay apart.
    const long = "x".repeat(10_000);
    await recent.remember(issuer, `${long}1`, "h.l.s");
    expect([
      await recent.compare(issuer, `${long}1`, "h.l.s"),
      await recent.compare(issuer, `${long}2`, "h.l.s"),
    ]).toEqual(["repeated", "new"]);
  });
});

describe("The answer (§2.8)", () => {
  test("to a logout is 200, without a body, and is never stored", async () => {
    const answer = await createLogoutBench().post(logoutToken());
    expect(answer).toEqual({ status: 200, headers: { "cache-control": "no-store" }, body: undefined });
  });

  test("to an invalid request is 400 with error and error_description, without a value of the token", async () => {
    const answer = await createLogoutBench().post(logoutToken({ aud: "secret-client" }));
    expect(answer).toEqual({
      status: 400,
      headers: { "cache-control": "no-store", "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify({
        error: "invalid_request",
        error_description: "The logout token was refused: audience_mismatch (aud)",
      }),
    });
  });

  test.each<[string, Partial<LogoutOptions>, object, string]>([
    [
      "the list is full or down",
      {
        revocations: {
          revoke: () => {
            throw new Error("secret");
          },
        },
      },
      {},
      "revocation_unavailable",
    ],
    [
      "the store rejects",
      {
        revocations: {
          revoke: async () => {
            throw new Error("secret");
          },
        },
      },
      {},
      "revocation_unavailable",
    ],
    [
      "the issuer's keys cannot be fetched",
      {},
      {
        keys: undefined,
        fetch: async () => {
          throw new Error("secret");
        },
      },
      "keys_unavailable",
    ],
  ])("is 400 and says that a retry makes sense when %s", async (_name, changes, guardChanges, reason) => {
    const events: LogoutEvent[] = [];
    const { post } = createLogoutBench({ ...changes, onLogout: (event) => events.push(event) }, guardChanges);
    const answer = await post(logoutToken());
    expect([answer.status, verdictOf(answer)]).toEqual([400, reason]);
    expect(JSON.parse(answer.body ?? "").error).toBe("temporarily_unavailable");
    expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
    expect(answer.body).not.toContain("secret");
    expect(events).toMatchObject([{ outcome: "failed" }]);
  });

  test.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])("to %s is 405", async (method) => {
    const { endpoint } = createLogoutBench();
    const answer = await postForm(endpoint, toForm(logoutToken()), { method });
    expect([answer.status, answer.headers["allow"]]).toEqual([405, "POST"]);
  });
});

describe("The request (§2.5)", () => {
  test.each([
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=UTF-8",
    "Application/X-WWW-Form-Urlencoded;charset=utf-8",
  ])("is taken as %s", async (type) => {
    const { endpoint } = createLogoutBench();
    const headers = { "content-type": type };
    expect((await postForm(endpoint, toForm(logoutToken()), { headers })).status).toBe(200);
  });

  test.each([
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded-x",
    "text/plain; application/x-www-form-urlencoded",
    "",
  ])("is not taken as %s, and its body is not read", async (type) => {
    const { endpoint } = createLogoutBench();
    const readBody = vi.fn();
    const headers = { "content-type": type };
    const answer = await endpoint.handle({ guardRequest: { method: "POST", url: "/", headers }, readBody });
    expect(answer.status).toBe(400);
    expect(readBody).not.toHaveBeenCalled();
  });

  const good = encodeURIComponent(logoutToken());
  test.each([
    ["with another parameter beside it", `state=1&logout_token=${good}`, 200],
    ["with blanks written as plus around nothing", `logout_token=${good}&x=+`, 200],
    ["without the parameter", "token=x", 400],
    ["with the parameter in other capitals", `Logout_Token=${good}`, 400],
    ["with an empty parameter", "logout_token=", 400],
    ["with the parameter twice, even alike", `logout_token=${good}&logout_token=${good}`, 400],
    ["with an empty body", "", 400],
    ["with more than 32 KiB", `pad=${"x".repeat(40_000)}&logout_token=${good}`, 400],
  ])("%s", async (_name, text, status) => {
    expect((await postForm(createLogoutBench().endpoint, text)).status).toBe(status);
  });

  test.each<[string, unknown, number]>([
    ["an object of the parser", { logout_token: logoutToken() }, 200],
    ["an object without a class", Object.assign(Object.create(null), { logout_token: logoutToken() }), 200],
    ["a list of two", { logout_token: [logoutToken(), logoutToken()] }, 400],
    ["an object", { logout_token: { toString: () => logoutToken() } }, 400],
    ["an inherited member (CWE-1321)", Object.create({ logout_token: logoutToken() }), 400],
    ["a list", [logoutToken()], 400],
    ["a number", 5, 400],
  ])("that a body parser has read as %s", async (_name, parsed, status) => {
    const { endpoint } = createLogoutBench();
    const guardRequest = { method: "POST", url: "/", headers: formHeaders };
    expect((await endpoint.handle({ guardRequest, readBody: async () => ({ parsed }) })).status).toBe(status);
  });

  test("needs no access token, and none that it carries counts", async () => {
    const { endpoint } = createLogoutBench();
    const headers = { ...formHeaders, authorization: "Bearer nonsense", cookie: "session=1" };
    expect((await postForm(endpoint, toForm(logoutToken()), { headers })).status).toBe(200);
  });
});

describe("A token of another kind that the issuer signed is no logout token (§4.1)", () => {
  test.each([
    ["an access token", { aud: "https://api.test", scope: "a", events: undefined }],
    ["an ID token", { nonce: "n", events: undefined }],
    [
      "a security event token",
      { events: { "https://schemas.openid.net/secevent/caep/event-type/session-revoked": {} } },
    ],
  ])("%s", async (_name, changes) => {
    expect((await createLogoutBench().post(logoutToken(changes))).status).toBe(400);
  });

  test("and a logout token is no access token", async () => {
    const { guard } = createLogoutBench();
    expect(await verdict(guard, logoutToken({ aud: "https://api.test" }))).toBe("logout_token");
  });
});

describe("The listener", () => {
  test("hears what was revoked, or why not, and no token", async () => {
    const events: LogoutEvent[] = [];
    const { post } = createLogoutBench({ onLogout: (event) => events.push(event) });
    await post(logoutToken());
    await post("nonsense");
    expect(events).toEqual([
      { outcome: "done", revocation: { issuer, sid: "s1", expiresAt: start + 86_400 } },
      { outcome: "refused", error: expect.objectContaining({ reason: "token_opaque" }) },
    ]);
    expect(JSON.stringify(events)).not.toContain("nonsense");
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("broken");
      },
    ],
  ])("that %s changes nothing", async (_name, onLogout) => {
    const { post, list } = createLogoutBench({ onLogout });
    expect((await post(logoutToken())).status).toBe(200);
    expect(list.size).toBe(1);
  });
});

describe("Options", () => {
  const guard = createGuard(options());
  const revocations = createRevocationList();
  const usual: LogoutOptions = { clientId, revocations, ends: "session" };
  const create = (changes: object, over: unknown = guard) =>
    createLogoutEndpoint(over as never, { ...usual, ...changes });

  test.each([
    ["clientId", { clientId: "" }],
    ["clientId", { clientId: [] }],
    ["clientId", { clientId: ["a", 5] }],
    ["clientId", { clientId: undefined }],
    ["revocations", { revocations: undefined }],
    ["revocations", { revocations: { isRevoked: () => false } }],
    ["ends", { ends: undefined }],
    ["ends", { ends: "all" }],
    ["tokenLifetime", { tokenLifetime: 0 }],
    ["tokenLifetime", { tokenLifetime: Number.NaN }],
    ["tokenLifetime", { tokenLifetime: "3600" }],
    ["maxTokenAge", { maxTokenAge: -1 }],
    ["expiry", { expiry: "never" }],
    ["algorithms", { algorithms: [] }],
    ["algorithms", { algorithms: ["HS256"] }],
    ["algorithms", { algorithms: ["none"] }],
    ["onLogout", { onLogout: "log" }],
    ["clientID", { clientID: "x" }],
  ])("%s is refused as %o", (option, changes) => {
    expect(() => create(changes)).toThrow(ConfigError);
    expect(() => create(changes)).toThrow(option);
  });

  test.each([[5], [null], [{}], [Object.create(guard)]])("another guard is refused: %o", (over) => {
    expect(() => create({}, over)).toThrow("guard");
  });

  test("a guard whose options are a function is taken, and fails closed until it has them", async () => {
    const clock = createClock();
    let given: ReturnType<typeof options> | undefined;
    const lazy = createGuard(() => {
      if (given === undefined) throw new Error("not yet");
      return given;
    });
    const endpoint = createLogoutEndpoint(lazy, usual);
    const answer = await postForm(endpoint, toForm(logoutToken()));
    expect([answer.status, verdictOf(answer)]).toEqual([400, "check_failed"]);
    given = options({ now: clock.now });
    expect((await postForm(endpoint, toForm(logoutToken()))).status).toBe(200);
  });

  test("`expiry: optional` takes a logout token without exp, but not an old or an expired one", async () => {
    const { post } = createLogoutBench({ expiry: "optional", maxTokenAge: 120 });
    expect(verdictOf(await post(logoutToken({ exp: undefined })))).toBe("done");
    expect(verdictOf(await post(logoutToken({ exp: undefined, jti: "2", iat: start - 126 })))).toBe(
      "token_too_old (iat)",
    );
    expect(verdictOf(await post(logoutToken({ exp: start - 6, jti: "3", iat: start - 60 })))).toBe("expired (exp)");
  });

  test("`algorithms` may differ from those of access tokens", async () => {
    const guardChanges = { algorithms: ["RS256"] as const };
    expect(verdictOf(await createLogoutBench({}, guardChanges).post(logoutToken()))).toBe(
      "algorithm_not_allowed (alg)",
    );
    expect(verdictOf(await createLogoutBench({ algorithms: ["ES256"] }, guardChanges).post(logoutToken()))).toBe(
      "done",
    );
    expect(verdictOf(await createLogoutBench({ algorithms: ["RS256"] }).post(logoutToken()))).toBe(
      "algorithm_not_allowed (alg)",
    );
  });

  test("issuers that are looked up are asked for by the token's iss", async () => {
    const resolve = vi.fn((iss: string) => (iss === issuer ? { issuer, keys: { jwks: ownJwks } } : undefined));
    const { post } = createLogoutBench({}, { issuer: resolve, keys: {} } as never);
    expect(verdictOf(await post(logoutToken()))).toBe("done");
    expect(verdictOf(await post(logoutToken({ iss: "https://other.test/" })))).toBe("issuer_untrusted (iss)");
  });
});
