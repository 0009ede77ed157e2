import { describe, expect, expectTypeOf, test } from "vitest";
import { ConfigError, createVocabulary, permission, scope } from "../../src/index.js";

const names = createVocabulary({ permissions: ["read:admin", "write:admin"], scopes: ["openid"] });

describe("createVocabulary", () => {
  test("makes the same requirements as the functions for any name", () => {
    expect(names.permission("read:admin", "write:admin")).toEqual(permission("read:admin", "write:admin"));
    expect(names.scope("openid")).toEqual(scope("openid"));
  });

  test("knows the declared names only, without `as const`", () => {
    expectTypeOf<Parameters<typeof names.permission>[number]>().toEqualTypeOf<"read:admin" | "write:admin">();
  });

  test("refuses a misspelt name in the editor and at start-up", () => {
    // @ts-expect-error: the whole point. A name that nobody declared does not compile.
    expect(() => names.permission("read:admni")).toThrow(ConfigError);
  });

  test("refuses every name of a kind that was not declared", () => {
    // @ts-expect-error: no roles were declared, so no role is one of them.
    expect(() => names.role("editor")).toThrow(/The role "editor" is not declared/);
  });
});
