// One suite that asks every adapter the same questions over real sockets. An adapter's test file mounts `routes` in its framework and calls
// `describeConformance`. A new kind of question is one more function in `questions`.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askAccess, askOptional, askPreflight, askRefusals, askStepUp } from "./questions/answers.js";
import { askBody, askHeadersAndHook, askLoad } from "./questions/behaviour.js";
import { askDpop, askMtls } from "./questions/bound.js";
import { askDevelopment } from "./questions/development.js";
import { askOutage } from "./questions/outages.js";
import type { Adapter } from "./support/application.js";
import { type Bench, createBench } from "./support/bench.js";

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
