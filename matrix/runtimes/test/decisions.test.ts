// One and the same decision about every hostile token, key and proof, whatever the runtime and whatever does its cryptography.
import * as library from "gatewarden";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importJwk } from "../../../packages/gatewarden/src/keys/key.js";
import { decideAll, decideAtOnce } from "../run/decide.mjs";
import { verifyAll } from "../run/verify.mjs";
import type { Decision } from "./support/case.js";
import { createDocument } from "./support/document.js";
import type { Answers, Questions } from "./support/runtime.js";
import { isLeftOut, runtimes, titleOf } from "./support/runtimes.js";
import { createScratch, type Scratch } from "./support/scratch.js";
import { stricter } from "./support/stricter.js";
import { readSignatures } from "./support/vectors.js";

const questions: Questions = { document: await createDocument(), vectors: readSignatures() };
const { document, vectors } = questions;
const leftOut = runtimes.filter(isLeftOut).map(({ name }) => name);
if (leftOut.length > 0) console.warn(`Left out, since it is not installed: ${leftOut.join(", ")}`);

let scratch: Scratch;
/** What this Node.js decides, with the library's sources: what all others are held against. */
let ours: Answers;

beforeAll(async () => {
  scratch = await createScratch();
  ours = {
    decisions: await decideAll(library, document),
    atOnce: await decideAtOnce(library, document, "tokens"),
    signatures: await verifyAll({ importJwk }, vectors),
  };
});
afterAll(() => scratch.remove());

test("The cases are the hostile ones, and there are enough of them", () => {
  expect(document.cases.length).toBeGreaterThan(1150);
  expect(new Set(ours.decisions.map(({ verdict }) => verdict)).size).toBeGreaterThan(40);
});

test("What is known beforehand about a case is decided here", () => {
  const wrong = document.cases.filter(
    ({ expected }, index) => expected !== undefined && expected !== ours.decisions[index]?.verdict,
  );
  expect(wrong).toEqual([]);
});

const noVectors = vectors.length === 0 ? " (there are none: GATEWARDEN_VECTORS names no folder of them)" : "";

describe.each(runtimes)("$name", (runtime) => {
  const title = titleOf(runtime);

  describe.skipIf(isLeftOut(runtime))(title, () => {
    let theirs: Answers;
    beforeAll(async () => {
      theirs = await runtime.answer(questions, scratch);
    });

    test("decides every case as Node.js does, down to the challenge", () => {
      expect(theirs.decisions).toHaveLength(ours.decisions.length);
      const differences = theirs.decisions.filter((decision, index) => !isSame(decision, ours.decisions[index]));
      const known = stricter.filter((one) => one.runtime.test(runtime.name));
      expect(Object.fromEntries(differences.map(({ name, verdict }) => [name, verdict]))).toEqual(
        Object.fromEntries(known.map((one) => [one.case, one.verdict])),
      );
    });

    test("decides the same about all tokens at once", () => {
      const verdicts = ours.decisions.filter((_, index) => document.cases[index]?.guard === "tokens");
      expect(theirs.atOnce).toEqual(verdicts.map(({ verdict }) => verdict));
    });

    test.skipIf(vectors.length === 0)(`verifies what others' vectors call valid, and nothing else${noVectors}`, () => {
      expect(theirs.signatures).toHaveLength(ours.signatures.length);
      const differences = theirs.signatures.flatMap((answer, index) =>
        answer === ours.signatures[index] ? [] : [[vectors[index]?.name, answer, ours.signatures[index]]],
      );
      expect(differences).toEqual([]);
    });
  });
});

function isSame(one: Decision, other: Decision | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
