// Fails on purpose: run by `failure-list.test.ts` alone.
import { beforeAll, describe, expect, it } from "vitest";

describe("A sum", () => {
  it("is right", () => expect(1 + 1).toBe(2));
  it("is wrong", () => expect(1 + 1).toBe(3));
});

describe("A set-up that gives up", () => {
  beforeAll(() => new Promise(() => {}), 1);

  it("is skipped", () => {});
  it("is skipped too", () => {});
});
