// The evaluation alone: broken data inside of a composition is never taken for "not met".
import { describe, expect, test } from "vitest";
import type { Requirement } from "../../src/index.js";
import { evaluate } from "../../src/requirements/evaluate.js";

const grants = {
  permissions: ["a"],
  scopes: [],
  roles: [],
  organizationId: undefined,
  tokenClaims: {},
  claims: {},
  problemOf: () => undefined,
};
const broken = { type: "permision", names: ["b"] } as unknown as Requirement;
const moment = { now: () => 0, clockTolerance: 5 };
const held: Requirement = { type: "permission", names: ["a"] };

describe("Data of an unknown type", () => {
  test.each<[string, Requirement]>([
    ["alone", broken],
    ["within not", { type: "not", of: broken }],
    ["within not not", { type: "not", of: { type: "not", of: broken } }],
    ["within all", { type: "all", of: [held, broken] }],
    ["within any, in front of one that holds", { type: "any", of: [broken, held] }],
    ["within not any", { type: "not", of: { type: "any", of: [broken] } }],
    ["within not all", { type: "not", of: { type: "all", of: [broken] } }],
  ])("lets nobody in %s", (_name, requirement) => {
    expect(evaluate(requirement, grants, moment)?.reason).toBe("check_failed");
  });
});
