// What a decision tells its listeners beyond the outcome, and what it costs while there are none.
import { createHash } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createGuard, type Decision, decisionChannelName, type GuardOptions } from "../../src/index.js";
import { bearer, guardWith, issuer, options, refusalOf, token, verdictOf } from "../support/keys.js";

let decisions: Decision[];
beforeEach(() => {
  decisions = [];
});
afterEach(() => vi.restoreAllMocks());

const record = (changes: GuardOptions = {}) =>
  guardWith({ onDecision: (decision) => void decisions.push(decision), ...changes });

describe("While nobody listens", () => {
  test("no clock is read for it", async () => {
    const guard = guardWith();
    const known = bearer(token());
    // What verifies a signature may look at the clock; what knows the token already has no reason to.
    for (let n = 0; n < 3; n++) await guard.check(known);
    const now = vi.spyOn(performance, "now");
    await guard.check(known);
    await verdictOf(guard.check({ method: "GET", url: "/", headers: {} }));
    expect(now).not.toHaveBeenCalled();
  });
});

describe("The duration of a check", () => {
  test("is in seconds, from the beginning to the decision", async () => {
    const now = vi.spyOn(performance, "now").mockReturnValue(1000);
    const isRevoked = () => {
      now.mockReturnValue(1250);
      return false;
    };
    await record({ revocation: { isRevoked } }).check(bearer(token()));
    expect(decisions[0]?.duration).toBe(0.25);
  });

  test("is measured for listeners of the channel, too", async () => {
    const listener = (message: unknown) => void decisions.push(message as Decision);
    subscribe(decisionChannelName, listener);
    await guardWith().check(bearer(token()));
    unsubscribe(decisionChannelName, listener);
    expect(decisions[0]?.duration).toBeGreaterThanOrEqual(0);
  });

  test("is unknown to a listener who came while the check was under way", async () => {
    const guard = guardWith({ revocation: { isRevoked: () => Promise.resolve(false) } });
    const checked = guard.check(bearer(token()));
    guard.listen({ onDecision: (decision) => void decisions.push(decision) });
    await checked;
    expect(decisions).toMatchObject([{ outcome: "accepted", duration: undefined }]);
  });
});

describe("The issuer of a decision", () => {
  const issuerAfter = async (answer: Promise<unknown>) => {
    await verdictOf(answer);
    return decisions.at(-1)?.issuer;
  };

  test.each([
    ["an accepted token", token(), issuer],
    ["an expired token", token({ exp: 1 }), issuer],
    ["a token of an issuer that is not trusted", token({ iss: "https://evil.test/" }), undefined],
    ["a token whose issuer is not a string", token({ iss: [issuer] }), undefined],
    ["something that is no token", "x.y.z", undefined],
    ["an opaque token that nobody introspects", "opaque", undefined],
  ])("of %s is a configured one or none", async (_name, token, expected) => {
    const guard = record();
    expect(await issuerAfter(guard.check(bearer(token)))).toBe(expected);
    expect(await issuerAfter(guard.verify(token))).toBe(expected);
  });

  test("of an opaque token is the one that introspects it", async () => {
    const guard = record({ introspection: async () => ({ active: false }) });
    expect(await issuerAfter(guard.verify("opaque"))).toBe(issuer);
  });

  test("of an accepted token is known where issuers are looked up, and a refused one asks no look-up", async () => {
    const { keys } = options();
    const resolve = vi.fn((iss: string) => (iss === issuer ? { issuer, ...(keys && { keys }) } : undefined));
    const { keys: _keys, ...others } = options();
    const guard = createGuard({ ...others, issuer: resolve, onDecision: (one) => void decisions.push(one) });
    expect(await issuerAfter(guard.verify(token()))).toBe(issuer);
    const asked = resolve.mock.calls.length;
    expect(await issuerAfter(guard.verify(token({ exp: 1 })))).toBeUndefined();
    expect(resolve).toHaveBeenCalledTimes(asked);
  });

  test("of a request without credentials is none", async () => {
    expect(await issuerAfter(record().check({ method: "GET", url: "/", headers: {} }))).toBeUndefined();
  });
});

describe("The fingerprint of a decision", () => {
  test("is the beginning of the token's SHA-256, however the token came", async () => {
    const text = token();
    const guard = record();
    await guard.check(bearer(text));
    await guard.verify(text);
    const hash = createHash("sha256").update(text).digest("base64url");
    for (const { fingerprint } of decisions) expect(hash.startsWith(fingerprint ?? "-")).toBe(true);
    expect(decisions[0]?.fingerprint).toHaveLength(16);
  });

  test("is there for a refused token, and not where there was none", async () => {
    const guard = record();
    await refusalOf(guard.verify("x"));
    await guard.attempt({ method: "GET", url: "/", headers: {} }, { optional: true });
    expect(decisions.map(({ fingerprint }) => typeof fingerprint)).toEqual(["string", "undefined"]);
  });
});

describe("A decision that is printed", () => {
  test("shows no token, and no claim of a refused one", async () => {
    const text = token();
    const guard = record();
    await guard.check(bearer(text));
    await refusalOf(guard.check(bearer(token({ sub: "personal", exp: 1 }))));
    for (const decision of decisions) {
      const printed = JSON.stringify(decision) + inspect(decision, { depth: 10, showHidden: true });
      expect(printed).not.toContain("personal");
      expect(printed).not.toContain(text.slice(0, 30));
    }
  });
});

describe("Listeners", () => {
  test("that are added later hear what comes until they stop, beside the option's own", async () => {
    const guard = record();
    const heard: string[] = [];
    const stop = guard.listen({ onDecision: ({ outcome }) => void heard.push(outcome) });
    await guard.verify(token());
    stop();
    stop();
    await guard.verify(token());
    expect(heard).toEqual(["accepted"]);
    expect(decisions).toHaveLength(2);
  });

  test("may be the same function twice, and each stops for itself", async () => {
    const guard = guardWith();
    const listener = (decision: Decision) => void decisions.push(decision);
    const [stop] = [guard.listen({ onDecision: listener }), guard.listen({ onDecision: listener })];
    await guard.verify(token());
    stop?.();
    await guard.verify(token());
    expect(decisions).toHaveLength(3);
  });
});
