// One suite that asks every adapter the same questions over real sockets. An adapter's test file mounts `routes` in its framework and calls
// `describeConformance`. A new kind of question is one more function in `questions`.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Adapter } from "./_application.js";
import { type Bench, createBench } from "./_bench.js";
import { askAccess, askOptional, askPreflight, askRefusals, askStepUp } from "./_questions/answers.js";
import { askBody, askHeadersAndHook, askLoad } from "./_questions/behaviour.js";
import { askDpop, askMtls } from "./_questions/bound.js";
import { askDevelopment } from "./_questions/development.js";
import { askOutage } from "./_questions/outages.js";

/** Asks an adapter every question. */
export function describeConformance(name: string, adapter: Adapter): void {
  describe(`${name} answers as every adapter does`, () => {
    const bench = createBench(adapter);
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    beforeAll(() => void process.on("unhandledRejection", note));
    afterAll(() => void process.off("unhandledRejection", note));
    for (const ask of questions) ask(bench);
    test("no promise was left to reject unhandled", () => expect(rejections).toEqual([]));
  });
}

const questions: readonly ((bench: Bench) => void)[] = [
  askAccess,
  askRefusals,
  askStepUp,
  askOutage,
  askDevelopment,
  askOptional,
  askPreflight,
  askHeadersAndHook,
  askBody,
  askLoad,
  askDpop,
  askMtls,
];
