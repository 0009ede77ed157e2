// The road is one list: each step stands after those it needs, and both drivers take the same steps in the same order.
import { describe, expect, test } from "vitest";
import { configure } from "../../src/configuration/configure.js";
import { AuthError } from "../../src/errors.js";
import { type Collector, collectAll } from "../../src/road/collect.js";
import { type Rule, type Step, stopAtFirst, toRules } from "../../src/road/step.js";
import { createSteps } from "../../src/road/steps.js";
import { claimRules } from "../../src/token/claims.js";
import { headerRules } from "../../src/token/header.js";

const config = configure({
  issuer: "https://issuer.test/",
  audience: "https://api.test",
  introspection: async () => ({ active: false }),
  dpop: { mode: "allowed" },
  env: {},
});
const { arrival, signed, opaque, use } = createSteps(config);
const ways = {
  "of a JWT": [...arrival, ...signed, ...use],
  "of an opaque token": [...arrival, ...opaque, ...use],
};

describe.each(Object.entries(ways))("The road %s", (_name, steps) => {
  test("has each step after the steps that it needs", () => {
    for (const [index, { name, needs }] of steps.entries()) {
      const before = steps.slice(0, index).map((step) => step.name);
      expect(before, name).toEqual(expect.arrayContaining([...needs]));
    }
  });

  test("names each step once", () => {
    const names = steps.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

test("takes the steps in the order that SECURITY.md and ARCHITECTURE.md tell", () => {
  expect(ways["of a JWT"].map(({ name }) => name)).toEqual([
    ...["credentials", "token", "issuer", "header", "keys", "signature", "claims", "schema", "auth", "memory"],
    ...["confirmation", "certificate", "proof", "proof key", "proof signature", "proof claims", "proof rules"],
    ...["proof use", "revocation", "requirement"],
  ]);
  const rulesOf = (name: string) => signed.find((step) => step.name === name)?.rules;
  expect([rulesOf("header"), rulesOf("claims")]).toEqual([headerRules, claimRules]);
});

test("leaves a trace only where a later request must see it: what is remembered, and what is used up", () => {
  expect(ways["of a JWT"].filter(({ leavesTrace }) => leavesTrace).map(({ name }) => name)).toEqual([
    "memory",
    "proof use",
  ]);
});

type Seen = string[];
const refusal = new AuthError("expired");
const rule =
  (name: string, answer: ReturnType<Rule<Seen>> = undefined): Rule<Seen> =>
  (seen) => {
    seen.push(name);
    return answer;
  };
const later = <Value>(value: Value) => Promise.resolve(value);

describe("Stopping at the first refusal", () => {
  test.each([
    ["at once", [rule("a"), rule("b", refusal), rule("c")], ["a", "b"], refusal],
    ["later", [rule("a", later(undefined)), rule("b", later(refusal)), rule("c")], ["a", "b"], refusal],
    ["nowhere", [rule("a", later(undefined)), rule("b")], ["a", "b"], undefined],
  ] as const)("%s, takes no rule after it", async (_name, rules, expected, outcome) => {
    const seen: Seen = [];
    expect(await stopAtFirst(rules, seen)).toBe(outcome);
    expect(seen).toEqual(expected);
  });

  test("passes on what a rule throws, and takes no rule after it", async () => {
    const seen: Seen = [];
    const fail: Rule<Seen> = () => {
      throw refusal;
    };
    expect(() => stopAtFirst([fail, rule("b")], seen)).toThrow(refusal);
    await expect(stopAtFirst([rule("a", Promise.reject(refusal)), rule("b")], seen)).rejects.toBe(refusal);
    expect(seen).toEqual(["a"]);
  });

  test("takes the one rule that stands for all of a step, where there is one", () => {
    const step = { name: "one", needs: [], rules: [rule("a", refusal)] };
    const [plain, quick] = [toRules([step]), toRules([{ ...step, atOnce: rule("b") }])];
    expect([stopAtFirst(plain, []), stopAtFirst(quick, [])]).toEqual([refusal, undefined]);
  });
});

describe("Collecting all refusals", () => {
  const step = (name: string, needs: readonly string[], ...rules: readonly Rule<Seen>[]): Step<Seen> => ({
    name,
    needs,
    rules,
  });

  async function collect(
    steps: readonly Step<Seen>[],
    ended: Collector<Seen>["ended"] = (_step, isPassed) => isPassed,
  ) {
    const [seen, refused]: [Seen, string[]] = [[], []];
    await collectAll(steps, seen, { refused: ({ reason }, { name }) => refused.push(`${name} ${reason}`), ended });
    return { seen, refused };
  }

  test("takes every rule of a step, whether it answers at once, later, or throws", async () => {
    const fail: Rule<Seen> = () => {
      throw new TypeError("broken");
    };
    const rules = [rule("a", refusal), rule("b", later(refusal)), fail, rule("c", Promise.reject(refusal)), rule("d")];
    const { seen, refused } = await collect([step("one", [], ...rules)]);
    expect(seen).toEqual(["a", "b", "c", "d"]);
    expect(refused).toEqual(["one expired", "one expired", "one check_failed", "one expired"]);
  });

  test("skips a step that needs one which did not pass, and those that need the skipped one", async () => {
    const steps = [
      step("one", [], rule("1", refusal)),
      step("two", ["one"], rule("2")),
      step("three", ["two"], rule("3")),
      step("four", [], rule("4")),
    ];
    expect((await collect(steps)).seen).toEqual(["1", "4"]);
    expect((await collect(steps, () => true)).seen).toEqual(["1", "2", "3", "4"]);
  });

  test("leaves out a step that leaves a trace", async () => {
    const { seen } = await collect([{ ...step("one", [], rule("1")), leavesTrace: true }, step("two", [], rule("2"))]);
    expect(seen).toEqual(["2"]);
  });
});
