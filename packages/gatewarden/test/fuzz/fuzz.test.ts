// A short run of the differential fuzzing against jose, over the sources and with another seed each time. `npm run fuzz` runs longer ones.
import { randomInt } from "node:crypto";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { checkCase, type Finding, type Judge, shrinkCase } from "../../fuzz/check-case.mjs";
import { judgeProof } from "../../fuzz/proof-cases.mjs";
import { report } from "../../fuzz/report.mjs";
import { stricter } from "../../fuzz/rules.mjs";
import { createTally, runCases } from "../../fuzz/run.mjs";
import { fuzz } from "../../fuzz/subjects.mjs";
import { judgeToken } from "../../fuzz/token-cases.mjs";

const cases = 25_000;
const seed = Number(process.env["GATEWARDEN_FUZZ_SEED"] ?? randomInt(2 ** 32));

// Keys that are left out of a set are what is tested here; each would warn.
beforeAll(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterAll(() => void vi.restoreAllMocks());

describe("Whatever the guard and jose decide differently", () => {
  test(`is explained by a rule with a name (${cases} cases, seed ${seed})`, { timeout: 120_000 }, async () => {
    const started = Date.now();
    const tallies = await fuzz({ seed, first: 0, step: 1, end: cases });
    const text = report(tallies, { seed, seconds: (Date.now() - started) / 1000 });
    console.log(text.split("\n", 1)[0], `(seed ${seed})`);
    expect([tallies.tokens.unexplainedCount, tallies.proofs.unexplainedCount], text).toEqual([0, 0]);
    expect([tallies.tokens.cases, tallies.proofs.cases]).toEqual([cases * 0.8, cases * 0.2]);
  });

  // The same cases each time: a rare rule might not turn up among others.
  test("turns up under every rule by which the guard is stricter: none is idle", {
    timeout: 120_000,
  }, async () => {
    const tally = createTally();
    await runCases(() => ({ judge: judgeToken, tally }), { seed: 1, first: 0, step: 1, end: 12_000 });
    expect(stricter.map(({ name }) => name).filter((name) => tally.explained[name] === undefined)).toEqual([]);
  });

  test.each([
    ["tokens", judgeToken, { accepted: 300, refused: 600, rules: 12, reasons: 15 }],
    ["proofs", judgeProof, { accepted: 300, refused: 600, rules: 10, reasons: 17 }],
  ])("is sought among %s of which many are good and many are bad", async (_subject, judge, least) => {
    const tally = createTally();
    await runCases(() => ({ judge, tally }), { seed: 1, first: 0, step: 1, end: 2000 });
    expect(tally.accepted).toBeGreaterThan(least.accepted);
    expect(tally.refused).toBeGreaterThan(least.refused);
    expect(Object.keys(tally.explained).length).toBeGreaterThan(least.rules);
    expect(Object.keys(tally.reasons).length).toBeGreaterThan(least.reasons);
  });
});

/** Draws twenty numbers, and objects to those of which one is 500 or more. */
const objecting: Judge = async (random) => {
  const numbers = Array.from({ length: 20 }, () => random.below(1000));
  return { ...(numbers.some((number) => number >= 500) && { problem: "too large" }), shown: numbers };
};

describe("A case", () => {
  test("is made of the seed and its index alone", async () => {
    const numbers = async (seed: number, index: number) => (await checkCase(objecting, { seed, index })).shown;
    const [first, again, next, other] = await Promise.all([numbers(7, 3), numbers(7, 3), numbers(7, 4), numbers(8, 3)]);
    expect(again).toEqual(first);
    expect(next).not.toEqual(first);
    expect(other).not.toEqual(first);
  });

  test("that shows a difference is made as small as it can be", async () => {
    const place = { seed: 7, index: 3 };
    const { shown } = await shrinkCase(objecting, place, await checkCase(objecting, place));
    expect((shown as number[]).toSorted((one, other) => one - other)).toEqual([...Array(19).fill(0), 500]);
  });

  test("is not made smaller into one with another problem", async () => {
    const judge: Judge = async (random) => {
      const number = random.below(1000);
      return { problem: number >= 500 ? "too large" : "too small", shown: [number] };
    };
    const found: Finding = { problem: "too large", shown: [999] };
    const index = (await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((one) => checkCase(judge, { seed: 1, index: one }))))
      .map(({ problem }) => problem)
      .indexOf("too large");
    expect((await shrinkCase(judge, { seed: 1, index }, found)).shown).toEqual([500]);
  });

  test("that no rule explains is counted and printed with its seed, its index and how it looks", async () => {
    const tally = createTally();
    await runCases(() => ({ judge: objecting, tally }), { seed: 7, first: 3, step: 1, end: 4 });
    expect(tally).toMatchObject({ cases: 1, accepted: 0, refused: 0, unexplainedCount: 1 });
    const text = report({ numbers: tally }, { seed: 7, seconds: 1 });
    expect(text).toContain("too large (--seed 7 --only 3); the smallest such case:");
    expect(text).toContain("500");
  });
});
