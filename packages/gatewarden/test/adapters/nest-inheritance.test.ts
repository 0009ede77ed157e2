// What a Nest handler needs where its class derives from another.
import { Controller, Get, type Type } from "@nestjs/common";
import { describe, expect, test } from "vitest";
import { Auth, Need, Public } from "../../src/adapters/nest.js";
import { permission } from "../../src/index.js";
import { cleanUpAfterEach, statusesOf } from "./_nest-app.js";

cleanUpAfterEach();

describe("inheritance only ever adds", () => {
  @Need(permission("base"))
  class NeedyBase {
    @Get("inherited")
    inherited() {}

    @Get("overridden")
    overridden() {}

    @Need(permission("method"))
    @Get("demanding")
    demanding() {}

    @Public()
    @Get("open")
    open() {}

    @Need.replace(permission("instead"))
    @Get("replaced")
    replaced() {}
  }

  @Controller()
  class Undecorated extends NeedyBase {
    @Get("overridden")
    override overridden() {}

    @Get("demanding")
    override demanding() {}
  }

  @Need(permission("derived"))
  @Controller()
  class Derived extends NeedyBase {
    @Get("open")
    override open() {}

    @Get("replaced")
    override replaced() {}
  }

  @Need.replace(permission("derived"))
  @Controller()
  class Replacing extends NeedyBase {}

  @Public()
  @Controller()
  class Opening extends NeedyBase {
    @Get("own")
    own() {}
  }

  test.each<[string, Type, string, (readonly string[] | undefined)[], number[]]>([
    ["a base class's need protects what is inherited", Undecorated, "inherited", [[], ["base"]], [403, 200]],
    ["a base class's need protects what overrides", Undecorated, "overridden", [[], ["base"]], [403, 200]],
    [
      "a base method's need protects what overrides it",
      Undecorated,
      "demanding",
      [["base"], ["method"], ["base", "method"]],
      [403, 403, 200],
    ],
    ["a public method that is inherited stays open", Undecorated, "open", [undefined], [200]],
    [
      "a derived class's need adds to what it inherits",
      Derived,
      "inherited",
      [["base"], ["derived"], ["base", "derived"]],
      [403, 403, 200],
    ],
    [
      "a public base method does not open what overrides it",
      Derived,
      "open",
      [undefined, ["derived"], ["base", "derived"]],
      [401, 403, 200],
    ],
    [
      "what a base method replaces stays replaced, and the derived class adds",
      Derived,
      "replaced",
      [["derived"], ["instead"], ["derived", "instead"]],
      [403, 403, 200],
    ],
    [
      "a derived class replaces explicitly",
      Replacing,
      "inherited",
      [undefined, ["base"], ["derived"]],
      [401, 403, 200],
    ],
    [
      "replacing on a class keeps what methods need",
      Replacing,
      "demanding",
      [["derived"], ["derived", "method"]],
      [403, 200],
    ],
    ["a derived class closes a method that is open where it stands", Replacing, "open", [undefined], [401]],
    ["a derived class opens explicitly", Opening, "own", [undefined], [200]],
    ["opening a class keeps what methods need", Opening, "demanding", [undefined, ["method"]], [401, 200]],
  ])("%s", async (_name, controller, path, callers, expected) => {
    expect(await statusesOf(controller, `/${path}`, ...callers)).toEqual(expected);
  });

  @Public()
  @Controller("base")
  class PublicBase {
    @Get("handler")
    handler(@Auth() auth: Auth | undefined) {
      return auth?.subject ?? "none";
    }
  }

  @Controller("derived")
  class DerivedOfPublic extends PublicBase {}

  @Public()
  @Controller("derived")
  class PublicDerived extends PublicBase {}

  test("a public base class opens itself, and no class that derives from it", async () => {
    expect(await statusesOf(PublicBase, "/base/handler", undefined)).toEqual([200]);
    expect(await statusesOf(DerivedOfPublic, "/derived/handler", undefined, [])).toEqual([401, 200]);
    expect(await statusesOf(PublicDerived, "/derived/handler", undefined)).toEqual([200]);
  });

  test("two classes that inherit one handler keep their own needs for it", async () => {
    @Need(permission("one"))
    @Controller("one")
    class One extends NeedyBase {}
    @Need(permission("two"))
    @Controller("two")
    class Two extends NeedyBase {}
    expect(await statusesOf(One, "/one/inherited", ["base", "one"], ["base", "two"])).toEqual([200, 403]);
    expect(await statusesOf(Two, "/two/inherited", ["base", "one"], ["base", "two"])).toEqual([403, 200]);
  });

  test("a method that a mixin copies takes its need along", async () => {
    @Controller()
    class Mixed {}
    const descriptor = Object.getOwnPropertyDescriptor(NeedyBase.prototype, "demanding") as PropertyDescriptor;
    Object.defineProperty(Mixed.prototype, "demanding", descriptor);
    expect(await statusesOf(Mixed, "/demanding", [], ["method"])).toEqual([403, 200]);
  });
});
