// Conditions in code: true passes, false refuses, and anything else refuses everywhere.
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import {
  type AuthError,
  all,
  any,
  ConfigError,
  check,
  checkRequirement,
  claim,
  createGuard,
  createVocabulary,
  type Decision,
  not,
  permission,
  type Requirement,
  scope,
  toOpenApiChecks,
  toOpenApiSecurity,
} from "../../src/index.js";
import { toLogFields } from "../../src/monitoring/log-fields.js";
import { bearer, guardWith, options, refusalOf, token, verdict } from "../support/keys.js";

const guard = guardWith();
const rich = token({ limit: 1001, scope: "a" });
const poor = token({ limit: 1000, scope: "a" });
const overLimit = check("limit over 1000", ({ limit }) => Number(limit) > 1000);
const wrong = <Value>(value: unknown): Value => value as Value;

describe("A check", () => {
  test("passes a token whose claims meet the condition", async () => {
    expect(await verdict(guard, rich, overLimit)).toBe("accepted");
  });

  test("refuses the nearest token that does not, with 403 and its name in the details only", async () => {
    const error = await refusalOf(guard.verify(poor, overLimit));
    expect(error).toMatchObject({ reason: "condition_not_met", status: 403, error: "insufficient_scope" });
    expect(error.details).toEqual({ name: "limit over 1000" });
    expect(JSON.stringify(guard.refusal(error))).not.toContain("limit");
  });

  test.each<[string, Requirement, string, string]>([
    ["all", all(scope("a"), overLimit), "accepted", "condition_not_met"],
    ["any", any(scope("b"), overLimit), "accepted", "requirement_not_met"],
    ["not", not(overLimit), "requirement_not_met", "accepted"],
    ["not of any", not(any(overLimit, scope("b"))), "requirement_not_met", "accepted"],
    ["not not", not(not(overLimit)), "accepted", "requirement_not_met"],
  ])("works within %s", async (_name, requirement, whenTrue, whenFalse) => {
    expect(await verdict(guard, rich, requirement)).toBe(whenTrue);
    expect(await verdict(guard, poor, requirement)).toBe(whenFalse);
  });

  test("stands beside the names of a vocabulary", async () => {
    const { scope: declared } = createVocabulary({ scopes: ["a"] });
    expect(await verdict(guard, rich, all(declared("a"), overLimit))).toBe("accepted");
  });

  test("is evaluated at each presentation of a known token", async () => {
    let isOpen = true;
    const now = check("open", () => isOpen);
    expect(await verdict(guard, rich, now)).toBe("accepted");
    expect(await verdict(guard, rich, now)).toBe("accepted");
    isOpen = false;
    expect(await verdict(guard, rich, now)).toBe("condition_not_met");
  });
});

describe("The claims of a check", () => {
  test("are frozen, so that one request cannot change them for the next", async () => {
    const change = check("changes", (claims) => {
      Object.assign(claims, { limit: 5000 });
      return true;
    });
    expect(await verdict(guard, poor, change)).toBe("check_failed");
    expect(await verdict(guard, poor, overLimit)).toBe("condition_not_met");
  });

  test("are the output of the schema, with its type", async () => {
    const claims = z.object({ limit: z.coerce.string() });
    const typed = check("limit as text", ({ limit }: z.infer<typeof claims>) => limit.length === 4);
    expect((await createGuard(options({ claims })).verify(rich, typed)).claims.limit).toBe("1001");
  });
});

describe("A check that does not say true or false refuses, and never passes", () => {
  const undecided: readonly (readonly [string, () => unknown])[] = [
    ["throws", () => wrong<{ a: { b: 1 } }>({}).a.b],
    ["throws a refusal", () => wrong<() => never>(null)()],
    ["returns a promise of true", async () => true],
    ["returns a promise that is rejected", () => Promise.reject(new Error("late"))],
    ["returns undefined", () => undefined],
    ["returns 1", () => 1],
    ["returns text", () => "true"],
    ["returns an object", () => ({})],
    ["returns true in a wrapper", () => Object(true)],
  ];
  afterEach(() => vi.restoreAllMocks());

  test.each(undecided)("%s", async (_name, predicate) => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    try {
      const broken = check("broken", wrong<() => boolean>(predicate));
      for (const requirement of [broken, not(broken), any(broken, scope("b")), all(scope("a"), broken)]) {
        const error = await refusalOf(guard.verify(rich, requirement));
        expect(error).toMatchObject({ reason: "check_failed", status: 500 });
        expect((error.cause as Error).message).toMatch(/^The check "broken" (threw|returned )/);
      }
      await new Promise(setImmediate);
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off("unhandledRejection", unhandled);
    }
  });

  test("but what stands before it in `any` may still admit", async () => {
    const broken = check(
      "broken",
      wrong<() => boolean>(() => undefined),
    );
    expect(await verdict(guard, rich, any(scope("a"), broken))).toBe("accepted");
  });
});

describe("A check is read whole or not at all", () => {
  test.each<[string, () => unknown]>([
    ["without a function", () => check("a", wrong<() => boolean>(undefined))],
    ["with a value instead of a function", () => check("a", wrong<() => boolean>(true))],
    ["without a name", () => check("", () => true)],
    ["with a name of blanks", () => check(" ", () => true)],
    ["with a line break in its name", () => check("a\nb", () => true)],
    ["with a line separator in its name", () => check("a\u2028b", () => true)],
    ["with a direction mark in its name", () => check("a\u202eb", () => true)],
    ["with a name that is not text", () => check(wrong(1), () => true)],
    ["with a long name", () => check("a".repeat(201), () => true)],
    ["without its arguments", () => check(...wrong<Parameters<typeof check>>([]))],
    ["read back from storage, where functions are lost", () => checkRequirement(JSON.parse(JSON.stringify(overLimit)))],
    ["with a member that nothing reads", () => checkRequirement(wrong({ ...overLimit, names: ["a"] }))],
  ])("%s it fails where it is written", (_name, make) => {
    expect(make).toThrow(ConfigError);
  });

  test("any printable name will do", async () => {
    expect(
      await verdict(
        guard,
        rich,
        check("Guthaben über 1 000 €", () => true),
      ),
    ).toBe("accepted");
  });
});

describe("What others learn of a check", () => {
  test("OpenAPI lists its name apart from the scopes", () => {
    const requirement = all(permission("pay"), any(overLimit, not(check("guest", () => true))), claim("a", 1));
    expect(toOpenApiSecurity(requirement, "oauth2")).toEqual([{ oauth2: ["pay"] }]);
    expect(toOpenApiChecks(requirement)).toEqual(["limit over 1000", "not: guest"]);
    expect(toOpenApiChecks(permission("pay"))).toEqual([]);
    expect(toOpenApiChecks(undefined)).toEqual([]);
  });

  test("an explanation names it, with cause and fix", async () => {
    const [finding] = await guard.explain(poor, overLimit);
    expect(finding).toMatchObject({ code: "condition_not_met", severity: "error" });
    expect(finding?.message).toContain("[limit over 1000]");
  });

  test("a log line has the reason, and for a check that throws the kind of error without its text", async () => {
    const seen: Decision[] = [];
    const listening = guardWith({ onDecision: (decision) => seen.push(decision) });
    const leaky = check("leaky", ({ sub }) => {
      throw new RangeError(`bad ${sub}`);
    });
    await listening.attempt(bearer(poor), overLimit);
    await listening.attempt(bearer(poor), leaky);
    const [refused, failed] = seen.map(toLogFields);
    expect(refused).toMatchObject({ outcome: "refused", reason: "condition_not_met", status: 403 });
    expect(failed).toMatchObject({ reason: "check_failed", cause: "TypeError" });
    expect(JSON.stringify(failed)).not.toContain("user|1");
    expect(((await listening.attempt(bearer(poor), leaky)) as AuthError).message).not.toContain("user");
  });
});
