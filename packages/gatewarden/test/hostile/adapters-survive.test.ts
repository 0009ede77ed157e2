// Every adapter in a process of its own, under values of each JSON type in each position that a
// client writes: the process lives on, and later requests are answered (CWE-248, CWE-20).
import { readdirSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import type { Attack, Target } from "./_attack.js";
import { createProgram } from "./_program.js";
import { type Survivor, survivors } from "./_survivors.js";

test("every adapter is in the table", () => {
  const adapters = readdirSync(new URL("../../src/adapters", import.meta.url));
  const names = adapters.filter((name) => !/^_|openapi/.test(name)).map((name) => name.replace(/\.ts$/, ""));
  const tested = survivors.map(({ name }) => name);
  // Two servers speak GraphQL. What `next` adds runs only inside Next.js, whose server reads the
  // request: see adapters/next.test.ts and examples/next/test.
  const elsewhere = ["graphql", "next"];
  expect(names.filter((name) => !elsewhere.includes(name) && !tested.includes(name))).toEqual([]);
});

const byName = survivors.map((survivor): [string, Survivor] => [survivor.name, survivor]);

describe.each(byName)("gatewarden/%s lives on, whatever stands in", (name, { ask, attacks }) => {
  const program = createProgram(name);
  afterAll(() => program.stop());

  const byPosition = attacks.map((attack): [string, Attack] => [attack.position, attack]);
  test.each(byPosition)("%s", { timeout: 120_000 }, async (_position, { shots }) => {
    const { ports, ...hello } = await program.hello();
    for (const port of ports) {
      const target: Target = { ...hello, port };
      for (const { label, fire } of shots(target)) {
        const failure = await fire(target).catch((error: unknown) => String(error));
        const end = await program.isAlive();
        expect({ label, end, failure }).toEqual({ label, end: undefined, failure: undefined });
      }
      const answers = await Promise.all([target.good, target.forged, undefined].map((token) => ask(target, token)));
      expect(answers).toEqual(["in", "out", "out"]);
    }
  });
});
