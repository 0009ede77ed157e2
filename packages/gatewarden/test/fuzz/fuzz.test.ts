// A short run of the differential fuzzing against jose, over the sources and with another seed each time. `npm run fuzz` runs longer ones.
import { randomInt } from "node:crypto";
import process from "node:process";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createRandom } from "../../fuzz/random.mjs";
import { report } from "../../fuzz/report.mjs";
import { stricter } from "../../fuzz/rules.mjs";
import { runCases } from "../../fuzz/run.mjs";

const cases = 20_000;
const seed = Number(process.env["GATEWARDEN_FUZZ_SEED"] ?? randomInt(2 ** 32));

// Keys that are left out of a set are what is tested here; each would warn.
beforeAll(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterAll(() => void vi.restoreAllMocks());

describe("Whatever the guard and jose decide differently", () => {
  it(`is explained by a rule with a name (${cases} cases, seed ${seed})`, { timeout: 120_000 }, async () => {
    const started = Date.now();
    const tally = await runCases({ seed, first: 0, step: 1, end: cases });
    const text = report(tally, { seed, seconds: (Date.now() - started) / 1000 });
    console.log(text.split("\n").slice(0, 2).join("; "), `(seed ${seed})`);
    expect(tally.unexplainedCount, text).toBe(0);
    expect(tally.cases).toBe(cases);
    expect(Object.keys(tally.explained)).toEqual(expect.arrayContaining(stricter.map(({ name }) => name)));
  });

  it("is sought among tokens of which many are good and many are bad", async () => {
    const { accepted, refused, explained, reasons } = await runCases({ seed: 1, first: 0, step: 1, end: 2000 });
    expect(accepted).toBeGreaterThan(300);
    expect(refused).toBeGreaterThan(600);
    expect(Object.keys(explained).length).toBeGreaterThan(12);
    expect(Object.keys(reasons).length).toBeGreaterThan(15);
  });
});

describe("A case", () => {
  it("is made of the seed and its index alone", () => {
    const numbers = (seed: number, index: number) => {
      const random = createRandom(seed, index);
      return Array.from({ length: 20 }, () => random.below(1000));
    };
    expect(numbers(7, 3)).toEqual(numbers(7, 3));
    expect(numbers(7, 4)).not.toEqual(numbers(7, 3));
    expect(numbers(8, 3)).not.toEqual(numbers(7, 3));
  });
});
