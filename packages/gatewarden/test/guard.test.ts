// The road as a whole: what passes, what is published, what waits, and what never crosses from one guard or issuer to another.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import {
  type Auth,
  AuthError,
  createGuard,
  type Decision,
  decisionChannelName,
  type GuardOptions,
  permission,
} from "../src/index.js";
import { createClock } from "./support/clock.js";
import { createKey, forge } from "./support/forge.js";
import { startIssuer } from "./support/issuer-server.js";
import { audience, bearer, ec, guardWith, options, refusalOf, token, verdict, verdictOf } from "./support/keys.js";

const noCredentials = { method: "GET", url: "/", headers: {} };
/** A promise that is no `Promise` of this realm, as other libraries have them. */
const foreignPromise = (then: (resolve: (value: unknown) => void, reject: (error: Error) => void) => void): object => ({
  then,
});
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe("An optional check", () => {
  const guard = guardWith();
  const optionally = (headers: Record<string, string>) =>
    guard.attempt({ method: "GET", url: "/", headers }, { optional: true });

  test("lets a request without credentials pass as anonymous", async () => {
    expect(await optionally({})).toBeUndefined();
  });

  test("gives the facts of a good token", async () => {
    expect(await optionally({ authorization: `Bearer ${token()}` })).toMatchObject({ subject: "user|1" });
  });

  test.each([
    ["an expired token", `Bearer ${token({ exp: 1 })}`],
    ["an unsigned token", `Bearer ${token().split(".").slice(0, 2).join(".")}.`],
    ["an opaque token", "Bearer abc"],
    ["a malformed header", "Bearer"],
    ["two tokens", `Bearer ${token()}, Bearer ${token()}`],
    ["another scheme", "Basic dTpw"],
  ])("refuses %s all the same", async (_name, authorization) => {
    expect(await optionally({ authorization })).toBeInstanceOf(AuthError);
  });

  test("still demands what is required of a token that is there", async () => {
    const request = bearer(token());
    const outcome = await guard.attempt(request, { requirement: permission("a"), optional: true });
    expect(outcome).toMatchObject({ reason: "permission_missing" });
  });
});

describe("check and verify", () => {
  test("always return promises, and reject with AuthError", async () => {
    const guard = guardWith();
    for (const answer of [guard.check(noCredentials), guard.verify("")]) {
      expect(answer).toBeInstanceOf(Promise);
      await expect(answer).rejects.toBeInstanceOf(AuthError);
    }
  });

  test.each([undefined, null, 5, {}, ["a.b.c"]])("let nobody in for the token %j", async (wrong) => {
    expect(await verdict(guardWith(), wrong as unknown as string)).not.toBe("accepted");
  });

  test.each([undefined, null, {}])("let nobody in for the request %j", async (wrong) => {
    expect(await verdictOf(guardWith().check(wrong as never))).not.toBe("accepted");
  });
});

describe("attempt", () => {
  test("answers without a promise when the key is at hand", () => {
    const guard = guardWith();
    expect(guard.attempt(bearer(token()))).toMatchObject({ subject: "user|1" });
    expect(guard.attempt(noCredentials)).toMatchObject({ reason: "credentials_missing" });
    expect(guard.attempt(bearer(token({ exp: 1 })))).toMatchObject({ reason: "expired" });
    expect(guard.attempt(bearer(token()), permission("a"))).toMatchObject({ reason: "permission_missing" });
  });

  test("answers without a promise through a schema that needs none", () => {
    const guard = createGuard(options({ claims: z.looseObject({ sub: z.string() }) }));
    expect(guard.attempt(bearer(token()))).toMatchObject({ subject: "user|1" });
  });

  test("never throws, not even when the clock does", async () => {
    const guard = guardWith({
      now: () => {
        throw new Error("no clock");
      },
    });
    expect(await guard.attempt(bearer(token()))).toMatchObject({ reason: "check_failed", status: 500 });
  });
});

describe("A decision", () => {
  const record = (changes: GuardOptions = {}) => {
    const decisions: Decision[] = [];
    const guard = guardWith({ onDecision: (decision) => void decisions.push(decision), ...changes });
    return { guard, decisions };
  };

  test("is published once for each check, whatever comes of it", async () => {
    const { guard, decisions } = record();
    const needed = permission("a");
    await guard.check(bearer(token()));
    await guard.verify(token({ permissions: ["a"] }), needed);
    await verdictOf(guard.check(bearer(token()), needed));
    await verdictOf(guard.check(bearer(token({ exp: 1 }))));
    await guard.attempt(noCredentials, { requirement: needed, optional: true });
    await guard.attempt(noCredentials, needed);
    expect(decisions).toMatchObject([
      { outcome: "accepted", auth: expect.anything(), requirement: undefined },
      { outcome: "accepted", auth: expect.anything(), requirement: needed },
      { outcome: "refused", error: expect.objectContaining({ reason: "permission_missing" }), requirement: needed },
      { outcome: "refused", error: expect.objectContaining({ reason: "expired" }), requirement: undefined },
      { outcome: "anonymous" },
      { outcome: "refused", error: expect.objectContaining({ reason: "credentials_missing" }), requirement: needed },
    ]);
  });

  test("reaches each listener of the channel, once", async () => {
    const heard: unknown[] = [];
    const listener = (message: unknown) => void heard.push(message);
    subscribe(decisionChannelName, listener);
    await guardWith().check(bearer(token()));
    await verdict(guardWith(), "x");
    unsubscribe(decisionChannelName, listener);
    await guardWith().check(bearer(token()));
    expect(heard).toMatchObject([{ outcome: "accepted" }, { outcome: "refused", error: { reason: "token_opaque" } }]);
  });

  test("carries the very refusal that the caller gets", async () => {
    const { guard, decisions } = record();
    const error = await refusalOf(guard.verify("x"));
    expect(decisions).toMatchObject([{ error }]);
    expect(decisions[0]?.outcome === "refused" && decisions[0].error).toBe(error);
  });

  test("is published for checks that had to wait, too", async () => {
    const schema = z.looseObject({}).refine(async () => true);
    const { guard, decisions } = record({ claims: schema });
    await guard.check(bearer(token()));
    expect(decisions).toHaveLength(1);
  });
});

describe("A listener that fails", () => {
  const rejections = vi.fn();

  afterEach(() => {
    process.off("unhandledRejection", rejections);
    vi.restoreAllMocks();
  });

  test.each<[string, () => unknown]>([
    [
      "by throwing",
      () => {
        throw new Error("SECRET");
      },
    ],
    ["by rejecting", () => Promise.reject(new Error("SECRET"))],
    [
      "by throwing something that is no error",
      () => {
        throw "SECRET";
      },
    ],
  ])("%s changes nothing for the request, and the operator is warned", async (_name, listener) => {
    process.on("unhandledRejection", rejections);
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const guard = guardWith({ onDecision: listener as () => void });
    expect(await verdict(guard, token())).toBe("accepted");
    expect(await verdict(guard, token({ exp: 1 }))).toBe("expired");
    expect(await guard.attempt(noCredentials, { optional: true })).toBeUndefined();
    await settle();
    expect(rejections).not.toHaveBeenCalled();
    expect(warnings).toHaveBeenCalledTimes(3);
    expect(JSON.stringify(warnings.mock.calls)).not.toContain("SECRET");
  });
});

describe("A claims schema", () => {
  const plan = "https://acme.com/plan";
  const schema = z.object({ sub: z.string(), [plan]: z.enum(["free", "pro"]) });

  test("types and narrows the claims that a handler gets", async () => {
    const auth = await createGuard(options({ claims: schema })).verify(token({ [plan]: "pro", secret: 1 }));
    const typed: "free" | "pro" = auth.claims[plan] as "free" | "pro";
    expect([typed, auth.claims]).toEqual(["pro", { sub: "user|1", [plan]: "pro" }]);
    expect(auth.expiresAt).toBeTypeOf("number");
  });

  test("that is not satisfied refuses the token, and the refusal names the claim but no value", async () => {
    const guard = createGuard(options({ claims: schema }));
    const error = await refusalOf(guard.verify(token({ [plan]: "SECRET" })));
    expect([error.reason, error.status, error.details.name]).toEqual(["claims_rejected", 401, plan]);
    expect(JSON.stringify([error, error.details, guard.refusal(error)])).not.toContain("SECRET");
  });

  test.each([
    ["accepts", true, "accepted"],
    ["refuses", false, "claims_rejected"],
  ])("may take its time: it %s", async (_name, good, expected) => {
    const slow = z.looseObject({}).refine(() => new Promise<boolean>((resolve) => setTimeout(resolve, 5, good)));
    expect(await verdict(createGuard(options({ claims: slow })), token())).toBe(expected);
  });

  test.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["rejects", () => Promise.reject(new Error("broken"))],
    ["answers undefined", () => undefined],
    ["answers null", () => null],
    ["answers true", () => true],
    ["answers an empty object", () => ({})],
    ["promises undefined", () => Promise.resolve(undefined)],
    ["promises an empty object", () => Promise.resolve({})],
    ["answers a promise of another kind that rejects", () => foreignPromise((_resolve, reject) => reject(new Error()))],
  ])("that %s lets nobody in", async (_name, validate) => {
    const claims = { "~standard": { version: 1 as const, vendor: "test", validate: validate as never } };
    expect(await verdict(guardWith({ claims }), token())).toBe("check_failed");
  });

  test.each([
    ["accepts", { value: { sub: "s" } }, "accepted"],
    ["refuses", { issues: [{ message: "no" }] }, "claims_rejected"],
  ])("that answers with a promise of another kind is waited for: it %s", async (_name, result, expected) => {
    const validate = () => foreignPromise((resolve) => void setTimeout(resolve, 1, result)) as never;
    const guard = guardWith({ claims: { "~standard": { version: 1, vendor: "test", validate } } });
    expect(await verdict(guard, token())).toBe(expected);
    expect(await verdict(guard, token(), permission("a"))).not.toBe("accepted");
  });

  test("is not asked about tokens that are refused anyway", async () => {
    const validate = vi.fn();
    const guard = guardWith({ claims: { "~standard": { version: 1, vendor: "test", validate } } });
    await verdict(guard, token({ exp: 1 }));
    await verdict(guard, token({ aud: "https://other" }));
    expect(validate).not.toHaveBeenCalled();
  });
});

describe("Several guards and issuers", () => {
  const other = createKey("ES256", "ec");

  test("with one kid never take each other's keys", async () => {
    const strangers = guardWith({ keys: { jwks: { keys: [other.jwk] } } });
    const foreign = token({}, { key: other, header: { alg: "ES256", kid: "ec" } });
    expect(await Promise.all([verdict(strangers, foreign), verdict(strangers, token())])).toEqual([
      "accepted",
      "signature_invalid",
    ]);
    expect(await Promise.all([verdict(guardWith(), foreign), verdict(guardWith(), token())])).toEqual([
      "signature_invalid",
      "accepted",
    ]);
  });

  test("with one issuer keep their own audience, algorithms and tolerance", async () => {
    const made = token({ exp: 1_800_000_000 - 3 });
    const guards = [{}, { audience: "urn:x" }, { algorithms: ["RS256" as const] }, { clockTolerance: 0 }].map(
      guardWith,
    );
    expect(await Promise.all(guards.map((guard) => verdict(guard, made)))).toEqual([
      "accepted",
      "audience_mismatch",
      "algorithm_not_allowed",
      "expired",
    ]);
  });

  test("fetch their own keys, also where two issuers share a kid", async () => {
    const [first, second] = await Promise.all([startIssuer(), startIssuer()]);
    first.publish([ec.jwk]);
    second.publish([other.jwk]);
    const guard = createGuard({
      issuer: [first.issuer, { issuer: second.issuer, audience: "urn:second" }],
      audience,
      now: createClock().now,
      env: {},
    });
    const sign = (key: typeof ec, iss: string, aud: string) =>
      forge({ header: { alg: "ES256", kid: "ec" }, payload: { iss, aud, exp: 1e10 }, key });
    const verdicts = [
      await verdict(guard, sign(ec, first.issuer, audience)),
      await verdict(guard, sign(other, second.issuer, "urn:second")),
      await verdict(guard, sign(other, first.issuer, audience)),
      await verdict(guard, sign(ec, second.issuer, "urn:second")),
      await verdict(guard, sign(other, second.issuer, audience)),
    ];
    expect(verdicts).toEqual(["accepted", "accepted", "signature_invalid", "signature_invalid", "audience_mismatch"]);
    expect([first.count("/jwks"), second.count("/jwks")]).toEqual([1, 1]);
    await Promise.all([first.close(), second.close()]);
  });

  test("do not fail because another issuer is down", async () => {
    const [up, down] = await Promise.all([startIssuer(), startIssuer()]);
    up.publish([ec.jwk]);
    const guard = createGuard({ issuer: [down.issuer, up.issuer], audience, now: createClock().now, env: {} });
    const sign = (iss: string) =>
      forge({ header: { alg: "ES256", kid: "ec" }, payload: { iss, aud: audience, exp: 1e10 }, key: ec });
    expect(await verdict(guard, sign(down.issuer))).toBe("keys_unavailable");
    expect(await verdict(guard, sign(up.issuer))).toBe("accepted");
    await expect(guard.ready()).rejects.toThrow();
    await Promise.all([up.close(), down.close()]);
  });

  test("give interleaved requests each their own facts", async () => {
    const guard = guardWith();
    const users = Array.from({ length: 50 }, (_, index) => `user|${index}`);
    const auths: Auth<unknown>[] = await Promise.all(users.map((sub) => guard.check(bearer(token({ sub })))));
    expect(auths.map(({ subject }) => subject)).toEqual(users);
  });
});
