// The operator's cut-off: who may use it, what it ends, and what is written down.
import { describe, expect, test, vi } from "vitest";
import { all, ConfigError, createGuard, createRevocationList, permission, stepUp } from "../../src/index.js";
import { type CutOffEntry, type CutOffOptions, createCutOffEndpoint } from "../../src/logout/logout.js";
import { createClock, start } from "../support/clock.js";
import { issuer, jwks, options, token, verdict } from "../support/keys.js";

const requirement = permission("revoke:tokens");
const operator = token({ sub: "operator|1", azp: "console", permissions: ["revoke:tokens"] });
const other = "https://other.test/";

function createBench(changes: Partial<CutOffOptions> = {}, guardChanges: object = {}) {
  const clock = createClock();
  const list = createRevocationList({ now: clock.now });
  const guard = createGuard(options({ revocation: list, now: clock.now, ...guardChanges }));
  const entries: CutOffEntry[] = [];
  const audit = (entry: CutOffEntry) => entries.push(entry);
  const endpoint = createCutOffEndpoint(guard, { requirement, revocations: list, audit, ...changes });
  const send = async (
    body: unknown,
    { bearer = operator, method = "POST", type = "application/json" }: Record<string, string> = {},
  ) => {
    const headers = { "content-type": type, ...(bearer && { authorization: `Bearer ${bearer}` }) };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await endpoint.handle({
      guardRequest: { method, url: "/cut-off", headers },
      readBody: async (maxBytes) => (text.length > maxBytes ? { problem: "too_large" } : { text }),
    });
    return { ...answer, json: answer.body === undefined ? undefined : JSON.parse(answer.body) };
  };
  return { clock, list, guard, entries, send };
}

const reason = "stolen laptop";

describe("A cut-off ends", () => {
  const claims = { sub: "user|1", sid: "s1", jti: "t1", azp: "app" };
  const neighbour = { sub: "user|2", sid: "s2", jti: "t2", azp: "app-2" };

  test.each<[string, object, string]>([
    ["a user", { sub: "user|1" }, "accepted"],
    ["a session", { sid: "s1" }, "accepted"],
    ["a token", { jti: "t1" }, "accepted"],
    ["a client", { client: "app" }, "accepted"],
    ["a whole issuer", { wholeIssuer: true }, "token_revoked"],
    ["everything", { everything: true }, "token_revoked"],
  ])("%s", async (_name, target, verdictOfNeighbour) => {
    const { guard, send } = createBench();
    expect(await verdict(guard, token(claims))).toBe("accepted");
    const answer = await send({ ...target, reason });
    expect(answer.status).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(await verdict(guard, token(claims))).toBe("token_revoked");
    expect(await verdict(guard, token(neighbour))).toBe(verdictOfNeighbour);
  });

  test("what was issued up to now, the clock tolerance included, and no later login", async () => {
    const { guard, clock, send } = createBench();
    expect((await send({ sub: "user|1", reason })).json).toEqual({ issuedBefore: start + 5 });
    clock.advance(10);
    expect(await verdict(guard, token({ iat: start + 5 }))).toBe("token_revoked");
    expect(await verdict(guard, token({ iat: start + 6 }))).toBe("accepted");
  });

  test("also the operator's own token, where it is among the rest", async () => {
    const { guard, send } = createBench();
    await send({ everything: true, reason });
    expect(await verdict(guard, operator)).toBe("token_revoked");
    expect((await send({ everything: true, reason })).status).toBe(401);
  });

  test("tokens of the issuer that is named, and of all with everything", async () => {
    const issuers = [issuer, other].map((name) => ({ issuer: name, keys: { jwks } }));
    const { guard, send } = createBench({}, { issuer: issuers, keys: {} });
    expect((await send({ sub: "user|1", reason })).json.error_description).toContain("issuer must be given");
    expect((await send({ sub: "user|1", issuer: other, reason })).status).toBe(200);
    expect([await verdict(guard, token()), await verdict(guard, token({ iss: other }))]).toEqual([
      "accepted",
      "token_revoked",
    ]);
    await send({ everything: true, reason });
    expect(await verdict(guard, token())).toBe("token_revoked");
  });
});

describe("The body of a cut-off is read completely or refused:", () => {
  test.each<[string, unknown]>([
    ["no target", { reason }],
    ["two targets", { sub: "a", sid: "b", reason }],
    ["no reason", { sub: "a" }],
    ["an empty reason", { sub: "a", reason: "" }],
    ["a reason that is too long", { sub: "a", reason: "x".repeat(1001) }],
    ["a member that is not known", { sub: "a", reason, until: 5 }],
    ["a member of Object's own", { sub: "a", reason, constructor: 5 }],
    ["an empty target", { sub: "", reason }],
    ["a number as target", { sub: 5, reason }],
    ["a list as target", { sub: ["a"], reason }],
    ["everything as text", { everything: "true", reason }],
    ["everything as false", { everything: false, reason }],
    ["everything with an issuer", { everything: true, issuer, reason }],
    ["an issuer that is not this API's", { sub: "a", issuer: "https://issuer.test", reason }],
    ["a number as issuer", { sub: "a", issuer: 5, reason }],
    ["a list", [{ sub: "a", reason }]],
    ["text", '"a"'],
    ["nothing", ""],
    ["what is not JSON", "{"],
    ["one name twice (RFC 8259 §4)", '{"sub":"a","sub":"b","reason":"c"}'],
    ["more than 8 KiB", { sub: "a", reason, pad: "x".repeat(9000) }],
  ])("%s", async (_name, body) => {
    const { list, send, entries } = createBench();
    const answer = await send(body);
    expect([answer.status, answer.json.error]).toEqual([400, "invalid_request"]);
    expect(list.size).toBe(0);
    expect(entries).toMatchObject([{ outcome: "refused", operator: { subject: "operator|1" }, target: undefined }]);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", ""])("as %s (CWE-352)", async (type) => {
    const { list, send } = createBench();
    expect((await send({ everything: true, reason }, { type })).status).toBe(400);
    expect(list.size).toBe(0);
  });
});

describe("Who may cut off:", () => {
  test.each<[string, string, number]>([
    ["no token", "", 401],
    ["an unsound token", "nonsense", 401],
    ["an expired token", token({ exp: start - 10, permissions: ["revoke:tokens"] }), 401],
    ["a token without the permission", token(), 403],
  ])("not %s", async (_name, bearer, status) => {
    const { list, send } = createBench();
    const answer = await send({ everything: true, reason }, { bearer });
    expect(answer.status).toBe(status);
    expect(answer.headers["www-authenticate"]).toBeDefined();
    expect(list.size).toBe(0);
  });

  test("the body is not read before the operator's token is checked", async () => {
    const { guard } = createBench();
    const endpoint = createCutOffEndpoint(guard, { requirement, revocations: { revoke: vi.fn() }, audit: vi.fn() });
    const readBody = vi.fn();
    await endpoint.handle({ guardRequest: { method: "POST", url: "/", headers: {} }, readBody });
    expect(readBody).not.toHaveBeenCalled();
  });

  test("a preflight of a console in a browser runs nothing", async () => {
    const { guard } = createBench();
    const endpoint = createCutOffEndpoint(guard, { requirement, revocations: { revoke: vi.fn() }, audit: vi.fn() });
    const headers = { origin: "https://console.test", "access-control-request-method": "POST" };
    const answer = await endpoint.handle({ guardRequest: { method: "OPTIONS", url: "/", headers }, readBody: vi.fn() });
    expect(answer.status).toBe(204);
  });

  test("another method is answered 405", async () => {
    expect((await createBench().send({}, { method: "GET" })).status).toBe(405);
  });
});

describe("The audit", () => {
  test("has who, what, when and why, and no token", async () => {
    const { send, entries } = createBench();
    await send({ sub: "user|1", reason });
    const who = { issuer, subject: "operator|1", clientId: "console" };
    expect(entries).toEqual([
      { at: start, outcome: "done", operator: who, target: { issuer, sub: "user|1" }, reason, error: undefined },
    ]);
    expect(JSON.stringify(entries)).not.toContain(operator.slice(0, 20));
  });

  test("has those who tried without the permission, and not strangers, who could flood it", async () => {
    const { send, entries } = createBench();
    await send({ everything: true, reason }, { bearer: "" });
    await send({ everything: true, reason }, { bearer: "nonsense" });
    await send({ everything: true, reason }, { bearer: token() });
    expect(entries).toMatchObject([
      { outcome: "refused", operator: { subject: "user|1" }, error: { reason: "permission_missing" } },
    ]);
  });

  test("has those who tried with a token that is bound to a key: its proof is good only once", async () => {
    const { createSender, guardWith, issue, proven, prove } = await import("../support/senders.js");
    const sender = await createSender();
    const bound = await issue({ cnf: { jkt: sender.jkt } });
    const entries: CutOffEntry[] = [];
    const audit = (entry: CutOffEntry) => entries.push(entry);
    const endpoint = createCutOffEndpoint(guardWith(), { requirement, revocations: createRevocationList(), audit });
    const guardRequest = proven(bound, prove(sender, bound), { method: "POST" });
    const proof = prove(sender, bound, { claims: { htm: "POST" } });
    const headers = { ...guardRequest.headers, dpop: proof, "content-type": "application/json" };
    const answer = await endpoint.handle({ guardRequest: { ...guardRequest, headers }, readBody: vi.fn() });
    expect(answer.status).toBe(403);
    expect(entries).toMatchObject([{ outcome: "refused", operator: { subject: "user|1" } }]);
  });

  test("has those whose login is too old or too weak (RFC 9470)", async () => {
    const { send, entries } = createBench({ requirement: all(requirement, stepUp({ maxAge: 60 })) });
    const old = token({ sub: "operator|1", permissions: ["revoke:tokens"], auth_time: start - 3600 });
    expect((await send({ everything: true, reason }, { bearer: old })).status).toBe(401);
    expect(entries).toMatchObject([{ outcome: "refused", error: { reason: "authentication_too_old" } }]);
  });

  test("has a failure, which is answered 503", async () => {
    const revoke = () => {
      throw new RangeError("full");
    };
    const { send, entries } = createBench({ revocations: { revoke } });
    const answer = await send({ sub: "user|1", reason });
    expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "1"]);
    expect(entries).toMatchObject([{ outcome: "failed", error: { reason: "revocation_unavailable" } }]);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("disk full");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("disk full");
      },
    ],
  ])("that %s stops no cut-off", async (_name, audit) => {
    const { send, list } = createBench({ audit });
    expect((await send({ sub: "user|1", reason })).status).toBe(200);
    expect(list.size).toBe(1);
  });
});

describe("One operator", () => {
  test("may send so many per minute, then has to wait, whatever the wall clock does", async () => {
    const { send, clock, entries } = createBench({ perMinute: 2 });
    const statuses = [];
    for (let index = 0; index < 3; index++) statuses.push((await send({ sid: `s${index}`, reason })).status);
    expect(statuses).toEqual([200, 200, 429]);
    clock.set(start - 5);
    const limited = await send({ sid: "s", reason });
    expect([limited.status, Number(limited.headers["retry-after"])]).toEqual([429, expect.closeTo(30, -1)]);
    expect(entries.at(-1)).toMatchObject({ outcome: "limited", operator: { subject: "operator|1" } });
    clock.set(start);
    clock.advance(31);
    expect((await send({ sid: "s", reason })).status).toBe(200);
  });

  test("does not use up what another may send", async () => {
    const { send } = createBench({ perMinute: 1 });
    const second = token({ sub: "operator|2", permissions: ["revoke:tokens"] });
    expect((await send({ sid: "s", reason })).status).toBe(200);
    expect((await send({ sid: "s", reason })).status).toBe(429);
    expect((await send({ sid: "s", reason }, { bearer: second })).status).toBe(200);
  });

  test("is not forgotten for a thousand users who may not", async () => {
    const { send } = createBench({ perMinute: 1 });
    expect((await send({ sid: "s", reason })).status).toBe(200);
    for (let index = 0; index < 1001; index++) {
      await send({ sid: "s", reason }, { bearer: token({ sub: `user ${index}` }) });
    }
    expect((await send({ sid: "s", reason })).status).toBe(429);
  });

  test("is one of at most a thousand that are remembered (CWE-770)", async () => {
    const { createOperatorBudget } = await import("../../src/logout/operator-budget.js");
    const budget = createOperatorBudget(1, createClock().now);
    expect([budget.take("first"), budget.take("first")]).toEqual([0, expect.any(Number)]);
    for (let index = 0; index < 1000; index++) budget.take(`operator ${index}`);
    expect(budget.take("first")).toBe(0);
  });
});

describe("Options", () => {
  const guard = createGuard(options());
  const usual = { requirement, revocations: createRevocationList(), audit: () => undefined };
  test.each([
    [{ requirement: undefined }],
    [{ requirement: {} }],
    [{ requirement: { optional: true } }],
    [{ revocations: undefined }],
    [{ audit: undefined }],
    [{ perMinute: 0 }],
    [{ perMinute: 1.5 }],
    [{ tokenLifetime: -1 }],
    [{ requirements: requirement }],
  ])("%o is refused", (changes) => {
    expect(() => createCutOffEndpoint(guard, { ...usual, ...changes } as never)).toThrow(ConfigError);
  });
});
