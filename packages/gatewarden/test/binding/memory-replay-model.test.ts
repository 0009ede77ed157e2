// The store in memory beside a twin that forgets nothing: however the clocks run, what was taken once is never taken again.
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { createMemoryReplayStore } from "../../src/index.js";
import { start } from "../support/clock.js";
import { createTwoClocks, type TwoClocks } from "../support/two-clocks.js";

afterEach(() => {
  vi.restoreAllMocks();
});

const lifetime = 65;
const tolerance = 5;

type Step =
  | { readonly kind: "pass" | "step" | "suspend"; readonly seconds: number }
  /** New proofs of a key, dated by a client whose clock is off by so much. */
  | { readonly kind: "send"; readonly holder: number; readonly skew: number; readonly count: number }
  /** Proofs that were sent before, whatever became of them. */
  | { readonly kind: "replay"; readonly age: number };

const seconds = fc.oneof(
  fc.double({ min: 0, max: 3, noNaN: true }),
  fc.integer({ min: 0, max: 200 }),
  fc.constantFrom(3600, 86_400),
);
const signed = fc.tuple(seconds, fc.boolean()).map(([size, isBack]) => (isBack ? -size : size));
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("pass", "suspend"), seconds }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("step"), seconds: signed }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("send"),
      holder: fc.nat(3),
      skew: fc.double({ min: -lifetime, max: tolerance, noNaN: true }),
      count: fc.constantFrom(1, 2, 120),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("replay"), age: fc.nat(400) }) },
) as fc.Arbitrary<Step>;

interface Proof {
  readonly id: string;
  readonly expiresAt: number;
  readonly holder: string;
}

/** What the guard would ask the store about: proofs that are neither stale nor from the future. */
function isAsked({ expiresAt }: Proof, clocks: TwoClocks): boolean {
  return clocks.now() < expiresAt && expiresAt - lifetime - tolerance <= clocks.now() + tolerance;
}

function run(capacity: number, script: readonly Step[]): void {
  vi.restoreAllMocks();
  const clocks = createTwoClocks();
  const store = createMemoryReplayStore({ capacity, now: clocks.now });
  const sent: Proof[] = [];
  const taken = new Set<string>();
  const add = (proof: Proof): void => {
    let isNew = false;
    try {
      isNew = isAsked(proof, clocks) && true === store.add(proof.id, proof.expiresAt, proof.holder);
    } catch {
      // Full, or a key's share: refused.
    }
    if (isNew) {
      expect(taken).not.toContain(proof.id);
      taken.add(proof.id);
    }
    expect(store.size).toBeLessThanOrEqual(capacity);
  };
  for (const step of script) {
    if (step.kind === "send") {
      for (let n = 0; n < step.count; n++) {
        const expiresAt = clocks.now() + step.skew + lifetime;
        const proof = { id: `proof-${sent.length}`, expiresAt, holder: `key-${step.holder}` };
        sent.push(proof);
        add(proof);
      }
    } else if (step.kind === "replay") {
      const proof = sent.at(-1 - step.age) ?? sent[0];
      if (proof) add(proof);
    } else clocks[step.kind](step.seconds);
  }
  // At the end each of them once more, at its own time: the clock may be set to any moment.
  for (const proof of sent) {
    clocks.step(proof.expiresAt - lifetime - clocks.now());
    add(proof);
  }
}

test.each([2, 150, 1000])("no proof is taken twice by a store for %i, however the clocks run", (capacity) => {
  fc.assert(
    fc.property(fc.array(steps, { minLength: 1, maxLength: 40 }), (script) => run(capacity, script)),
    { numRuns: 150 },
  );
});

test("an honest client whose clock is right gets in as long as the clock runs evenly", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 90, noNaN: true }), { maxLength: 60 }), (pauses) => {
      vi.restoreAllMocks();
      const clocks = createTwoClocks();
      const store = createMemoryReplayStore({ capacity: 200, now: clocks.now });
      for (const [index, pause] of pauses.entries()) {
        clocks.pass(pause);
        expect(store.add(`proof-${index}`, clocks.now() + lifetime, "key")).toBe(true);
      }
      expect(clocks.now()).toBeGreaterThanOrEqual(start);
    }),
    { numRuns: 200 },
  );
});
