// Claims of any shape, against a judge that asks for each name alone whether it is granted: written
// apart from the reader, so that both would have to be wrong.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findGrantProblem, type GrantFormat, readNames, readPath } from "../../src/requirements/read-grants.js";
import type { JsonObject } from "../../src/token/json.js";

const formats: readonly GrantFormat[] = ["list", "text", "keys", "blanks", "commas", "blanks or list"];
const candidates = ["admin", "user", "Admin", "a b", "a,b", "__proto__", "toString", ""];

const word = fc.constantFrom(
  ...candidates,
  " admin",
  "admin ",
  "admin,user",
  "admin user",
  "admin, user",
  ",",
  "\tadmin",
);
const scalar = fc.oneof(word, fc.constantFrom(true, false, null, 0, 1));
const held = fc.oneof(scalar, fc.constantFrom<unknown>({}, [], { org: "x" }, ["org"]));
const object = fc
  .array(fc.tuple(fc.constantFrom(...candidates), held), { maxLength: 4 })
  .map((entries) => JSON.parse(`{${toMembers(entries)}}`) as unknown);
const claim = fc.oneof(scalar, fc.array(fc.oneof(word, scalar, object), { maxLength: 4 }), object);

/** A member named `__proto__` stays a member, as in JSON. */
function toMembers(entries: readonly (readonly [string, unknown])[]): string {
  const last = new Map(entries);
  return [...last].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join();
}

const isTextOnly = (value: unknown): value is string[] =>
  Array.isArray(value) && value.filter((one) => typeof one !== "string").length === 0;

/** Whether the claim grants this one name, by what `docs/claims.md` says of the format. */
function grants(value: unknown, format: GrantFormat, name: string): boolean {
  const takesList = format === "list" || format === "text" || format === "blanks or list";
  if (takesList && isTextOnly(value)) return value.indexOf(name) >= 0;
  if (typeof value === "string") {
    if (name === "") return false;
    if (format === "text") return value === name;
    if (format === "blanks" || format === "blanks or list")
      return ` ${value} `.includes(` ${name} `) && !/ /.test(name);
    if (format === "commas") return new RegExp(`(^|,) *${name} *(,|$)`).test(value) && !/,/.test(name);
    return false;
  }
  if (format !== "keys" || typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const verdicts = Object.values(value).map((one: unknown) => judgeHeld(one));
  return (
    !verdicts.includes("unknown") &&
    Object.entries(value).some(([key, one]) => key === name && judgeHeld(one) === "yes")
  );
}

function judgeHeld(value: unknown): "yes" | "no" | "unknown" {
  if (value === true) return "yes";
  if (value === false) return "no";
  const text = JSON.stringify(value);
  return /^[{[]/.test(text) && text.length > 2 ? "yes" : "unknown";
}

describe("A claim of any shape", () => {
  test.each(formats)("grants by the format %s what the judge grants, and nothing else", (format) => {
    fc.assert(
      fc.property(claim, (value) => {
        const names = readNames(value, format);
        for (const name of candidates)
          expect([name, names.includes(name)]).toEqual([name, grants(value, format, name)]);
        expect(Object.isFrozen(names)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(formats)("that has a problem by the format %s grants nothing, and the problem quotes nothing", (format) => {
    fc.assert(
      fc.property(claim, (value) => {
        const problem = findGrantProblem({ claim: value }, "claim", format);
        if (problem === undefined) return;
        expect(readNames(value, format)).toEqual([]);
        expect(problem.problem).not.toMatch(/admin|user|__proto__|toString|org/);
      }),
      { numRuns: 500 },
    );
  });

  test("is found by a path as by following its members one by one", () => {
    const step = fc.constantFrom("a", "b", "0", "length", "__proto__", "constructor");
    fc.assert(
      fc.property(
        fc.dictionary(step, fc.jsonValue({ maxDepth: 3 })),
        fc.array(step, { minLength: 1, maxLength: 3 }),
        (claims, path) => {
          let expected: unknown = claims;
          for (const name of path) {
            const descriptor: PropertyDescriptor | undefined =
              typeof expected === "object" && expected !== null && !Array.isArray(expected)
                ? Object.getOwnPropertyDescriptor(expected, name)
                : undefined;
            expected = descriptor?.value;
          }
          const actual = readPath(claims as JsonObject, path);
          expect(typeof actual === "symbol" ? undefined : actual).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("Blanks around names between commas", () => {
  // So many that the square of them would not end within any test's time.
  const blanks = " ".repeat(500_000);

  test("are cut off in steps in proportion to the text's length (CWE-1333)", () => {
    expect(readNames(`a${blanks}b,${blanks}admin${blanks}`, "commas")).toEqual([`a${blanks}b`, "admin"]);
  });

  test("are blanks alone: a tab is part of a name", () => {
    expect(readNames(" a ,\tb, ,c", "commas")).toEqual(["a", "\tb", "c"]);
  });
});
