// Fails on purpose: run by `failure-list.test.ts` alone.
import { beforeAll, describe, expect, test } from "vitest";

describe("A sum", () => {
  test("is right", () => expect(1 + 1).toBe(2));
  test("is wrong", () => expect(1 + 1).toBe(3));
});

describe("A set-up that gives up", () => {
  beforeAll(() => new Promise(() => {}), 1);

  test("is skipped", () => {});
  test("is skipped too", () => {});
});
