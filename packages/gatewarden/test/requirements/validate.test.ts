// A requirement that is misspelt fails when it is written; one that was made by hand lets nobody in.
import { describe, expect, test } from "vitest";
import {
  all,
  any,
  ConfigError,
  checkRequirement,
  claim,
  not,
  organization,
  permission,
  type Requirement,
  role,
  scope,
  toOpenApiSecurity,
} from "../../src/index.js";
import { bearer, guardWith, token, verdict } from "../support/keys.js";

const guard = guardWith();
const everything = token({ permissions: ["a"], scope: "a", roles: ["a"], org_id: "a", a: "a" });
const wrong = <Value>(value: unknown): Value => value as Value;

describe("A requirement that protects nothing", () => {
  test.each<[string, () => unknown]>([
    ["permission()", () => permission()],
    ["permission of empty text", () => permission("")],
    ["permission with a blank", () => permission("a b")],
    ["permission with a quote", () => permission('a"b')],
    ["permission with a backslash", () => permission("a\\b")],
    ["permission with a line break", () => permission("a\nb")],
    ["permission beyond ASCII", () => permission("é")],
    ["permission of undefined", () => permission(wrong(undefined))],
    ["permission of a list", () => permission(wrong(["a"]))],
    ["scope()", () => scope()],
    ["scope of empty text", () => scope("")],
    ["scope of a blank", () => scope(" ")],
    ["scope with two blanks", () => scope("a  b")],
    ["scope of undefined", () => scope(wrong(undefined))],
    ["scope of a list", () => scope(wrong(["a", "b"]))],
    ["role()", () => role()],
    ["role of empty text", () => role("")],
    ["role with a blank around", () => role(" admin")],
    ["role of a number", () => role(wrong(1))],
    ["claim without a name", () => claim("", "x")],
    ["claim without a value", () => claim("a", wrong(undefined))],
    ["claim with null", () => claim("a", wrong(null))],
    ["claim with an object", () => claim("a", wrong({}))],
    ["claim with a bigint", () => claim("a", wrong(1n))],
    ["claim with NaN", () => claim("a", Number.NaN)],
    ["claim with an infinite number", () => claim("a", Number.POSITIVE_INFINITY)],
    ["organization()", () => organization()],
    ["organization of a list that turned out empty", () => organization(...[])],
    ["organization of empty text", () => organization("")],
    ["organization of undefined", () => organization(wrong(undefined))],
    ["all()", () => all()],
    ["any()", () => any()],
    ["any of undefined", () => any(wrong(undefined))],
    ["all of a list", () => all(wrong([permission("a")]))],
    ["not of undefined", () => not(wrong(undefined))],
    ["not of text", () => not(wrong("a"))],
    ["a deep mistake", () => all(permission("a"), any(not(wrong({ type: "permission", names: [] }))))],
  ])("fails where it is written: %s", (_name, make) => {
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(/For example: permission\("read:admin"\)/);
  });
});

describe("Data that only looks like a requirement", () => {
  test.each<[string, unknown]>([
    ["null", null],
    ["false", false],
    ["true", true],
    ["0", 0],
    ["empty text", ""],
    ["the name of a permission", "a"],
    ["a list of names", ["a"]],
    ["an empty list", []],
    ["an empty object", {}],
    ["a function", () => true],
    ["an unknown type", { type: "group", names: ["a"] }],
    ["a type that is inherited", { type: "toString" }],
    ["a misspelt member", { type: "permission", name: "a" }],
    ["names that are text", { type: "permission", names: "a" }],
    ["no names", { type: "permission", names: [] }],
    ["names with a hole", { type: "permission", names: new Array(1) }],
    ["names with a hole beside a name", { type: "scope", names: Object.assign(new Array(2), { 0: "a" }) }],
    ["roles with a hole", { type: "role", names: new Array(1) }],
    ["names that are array-like", { type: "role", names: { 0: "a", length: 1 } }],
    ["names that are a set", { type: "role", names: new Set(["a"]) }],
    ["a scope with a blank", { type: "scope", names: ["a b"] }],
    ["a claim without a value", { type: "claim", name: "b" }],
    ["a claim without a name", { type: "claim", value: "a" }],
    ["organizations that are empty text", { type: "organization", ids: "" }],
    ["organizations that have no length", { type: "organization", ids: { length: 0 } }],
    ["no organizations", { type: "organization" }],
    ["all of nothing", { type: "all", of: [] }],
    ["all of a hole", { type: "all", of: new Array(1) }],
    ["any of nothing", { type: "any", of: [] }],
    ["any that holds a good one and a bad one", { type: "any", of: [{ type: "scope", names: ["a"] }, {}] }],
    ["not of nothing", { type: "not" }],
    ["not of a misspelt one", { type: "not", of: { type: "permision", names: ["b"] } }],
    ["not of a list", { type: "not", of: [{ type: "permission", names: ["b"] }] }],
    ["names that are inherited", Object.assign(Object.create({ names: ["a"] }), { type: "permission" })],
    [
      "a getter, which may give others each time",
      {
        type: "permission",
        get names() {
          return ["a"];
        },
      },
    ],
    [
      "a list with a getter",
      { type: "permission", names: Object.defineProperty([], 0, { get: () => "a", enumerable: true }) },
    ],
    ["a hidden member", Object.defineProperty({ type: "permission", names: ["a"] }, "and", { value: permission("b") })],
    ["a member that a symbol names", { type: "permission", names: ["a"], [Symbol("and")]: permission("b") }],
  ])("lets nobody in: %s", async (_name, requirement) => {
    expect(await verdict(guard, everything, wrong(requirement))).toBe("check_failed");
    const outcome = await guard.attempt(bearer(everything), wrong(requirement));
    expect(outcome).toMatchObject({ reason: "check_failed", status: 500 });
  });

  test("that refers to itself lets nobody in", async () => {
    const circular: { type: string; of: unknown[] } = { type: "all", of: [] };
    circular.of.push(circular);
    expect(await verdict(guard, everything, wrong(circular))).toBe("check_failed");
  });
});

describe("A requirement", () => {
  test("made by hand works as one made by its function", async () => {
    const requirement: Requirement = { type: "all", of: [{ type: "permission", names: ["a"] }] };
    expect(await verdict(guard, everything, requirement)).toBe("accepted");
    expect(await verdict(guard, token(), requirement)).toBe("permission_missing");
  });

  test("survives being stored and read again", async () => {
    const requirement = all(permission("a"), any(scope("x"), not(role("b"))), claim("a", "a"), organization("a"));
    const read = JSON.parse(JSON.stringify(requirement)) as Requirement;
    expect(read).toEqual(requirement);
    expect(await verdict(guard, everything, read)).toBe("accepted");
  });

  test("cannot be changed once it was checked", () => {
    const requirement = all(permission("a"), not(scope("b")), organization("o"));
    const byHand = checkRequirement({ type: "any", of: [{ type: "role", names: ["r"] }] } as Requirement);
    const parts: unknown[] = [requirement, byHand];
    for (const part of parts) {
      expect(Object.isFrozen(part)).toBe(true);
      for (const member of Object.values(part as object)) {
        expect(Object.isFrozen(member)).toBe(true);
        if (typeof member === "object" && member !== null) parts.push(member);
      }
    }
  });
});

describe("OpenAPI security", () => {
  test.each<[string, Requirement | undefined, unknown]>([
    ["no requirement", undefined, [{ o: [] }]],
    ["a permission", permission("b", "a"), [{ o: ["a", "b"] }]],
    ["a scope", scope("a"), [{ o: ["a"] }]],
    ["all", all(permission("a"), scope("b"), role("r")), [{ o: ["a", "b"] }]],
    ["any", any(permission("a"), scope("b")), [{ o: ["a"] }, { o: ["b"] }]],
    ["any of equals", any(permission("a"), scope("a")), [{ o: ["a"] }]],
    ["all of any", all(any(scope("a"), scope("b")), scope("c")), [{ o: ["a", "c"] }, { o: ["b", "c"] }]],
    ["a role", role("r"), [{ o: [] }]],
    ["not", not(scope("a")), [{ o: [] }]],
  ])("of %s says what the check does", (_name, requirement, expected) => {
    expect(toOpenApiSecurity(requirement, "o")).toEqual(expected);
  });

  test("stays short however many alternatives there are", () => {
    const wide = any(...Array.from({ length: 10 }, (_, n) => scope(`s${n}`)));
    expect(toOpenApiSecurity(all(wide, wide, wide), "o").length).toBeLessThanOrEqual(16);
  });
});
