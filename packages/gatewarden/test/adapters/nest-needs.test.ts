// What a Nest handler needs where several decorators, and its class, say something of it.
import { Controller, Get, type Type } from "@nestjs/common";
import { ApiBearerAuth, ApiExtension } from "@nestjs/swagger";
import { describe, expect, test } from "vitest";
import { Need, Public } from "../../src/adapters/nest.js";
import { all, ConfigError, check, permission } from "../../src/index.js";
import { cleanUpAfterEach, operationOf, securityOf, statusesOf } from "./_nest-app.js";

cleanUpAfterEach();

describe("needs add up", () => {
  @Need(permission("class"))
  @Controller("sum")
  class SumController {
    @Get("inherits")
    inherits() {}

    @Need(permission("method"))
    @Get("both")
    both() {}

    @Need(permission("one"))
    @Need(permission("two"))
    @Get("several")
    several() {}

    @Need()
    @Get("token")
    token() {}

    @Need({ optional: true })
    @Get("optional")
    optional() {}

    @Need.replace(permission("method"))
    @Get("replaces")
    replaces() {}

    @Need.replace({ optional: true })
    @Get("replaces-by-optional")
    replacesByOptional() {}

    @Need(permission("other"))
    @Need.replace(permission("method"))
    @Get("replaces-and-adds")
    replacesAndAdds() {}

    @Public()
    @Get("open")
    open() {}
  }

  test.each<[string, string, (readonly string[] | undefined)[], number[]]>([
    ["a class's need holds for its handlers", "inherits", [undefined, [], ["class"]], [401, 403, 200]],
    ["a method's need adds to its class's", "both", [["method"], ["class"], ["class", "method"]], [403, 403, 200]],
    [
      "decorators on one method add up",
      "several",
      [
        ["class", "one"],
        ["class", "two"],
        ["class", "one", "two"],
      ],
      [403, 403, 200],
    ],
    ["a need of a token only takes nothing away", "token", [[], ["class"]], [403, 200]],
    ["a token is not optional where the class demands one", "optional", [undefined, [], ["class"]], [401, 403, 200]],
    ["replace takes the place of the class's need", "replaces", [undefined, ["class"], ["method"]], [401, 403, 200]],
    ["replace makes a token optional", "replaces-by-optional", [undefined, []], [200, 200]],
    [
      "what stands beside replace adds to it",
      "replaces-and-adds",
      [["method"], ["other"], ["method", "other"]],
      [403, 403, 200],
    ],
    ["a public method opens what its class protects", "open", [undefined, []], [200, 200]],
  ])("%s", async (_name, path, callers, expected) => {
    expect(await statusesOf(SumController, `/sum/${path}`, ...callers)).toEqual(expected);
  });

  @Need({ optional: true })
  @Controller("optional")
  class OptionalController {
    @Get("inherits")
    inherits() {}

    @Need({ optional: true, requirement: permission("a") })
    @Get("both")
    both() {}

    @Need(permission("a"))
    @Get("demands")
    demands() {}
  }

  test.each<[string, string, number[]]>([
    ["a token is optional where each need says so", "inherits", [200, 200, 200]],
    ["a token that is there must grant what an optional need asks", "both", [200, 403, 200]],
    ["a token is demanded where one need demands it", "demands", [401, 403, 200]],
  ])("%s", async (_name, path, expected) => {
    expect(await statusesOf(OptionalController, `/optional/${path}`, undefined, [], ["a"])).toEqual(expected);
  });

  test("decorators on one class add up", async () => {
    @Need(permission("one"))
    @Need(permission("two"))
    @Controller()
    class TwiceController {
      @Get("twice")
      twice() {}
    }
    expect(await statusesOf(TwiceController, "/twice", ["one"], ["two"], ["one", "two"])).toEqual([403, 403, 200]);
    expect(await securityOf(TwiceController, "/twice")).toEqual([{ oauth2: ["one", "two"] }]);
  });

  test("a method's need closes what its class opens", async () => {
    @Public()
    @Controller("opened")
    class OpenedController {
      @Get("open")
      open() {}

      @Need(permission("a"))
      @Get("closed")
      closed() {}
    }
    expect(await statusesOf(OpenedController, "/opened/open", undefined)).toEqual([200]);
    expect(await statusesOf(OpenedController, "/opened/closed", undefined, [], ["a"])).toEqual([401, 403, 200]);
    expect(await securityOf(OpenedController, "/opened/open")).toEqual([{}]);
    expect(await securityOf(OpenedController, "/opened/closed")).toEqual([{ oauth2: ["a"] }]);
  });

  test("a need holds below a decorator that puts another function in the method's place", async () => {
    const Wrapped: MethodDecorator = (_target, _key, descriptor) => {
      const method = descriptor.value as unknown as (...args: unknown[]) => unknown;
      descriptor.value = function (this: unknown, ...args: unknown[]) {
        return method.apply(this, args);
      } as never;
    };
    @Controller()
    class WrappedController {
      @Get("wrapped")
      @Wrapped
      @Need(permission("a"))
      wrapped() {}
    }
    expect(await statusesOf(WrappedController, "/wrapped", [], ["a"])).toEqual([403, 200]);
  });

  test.each<[string, readonly (MethodDecorator & ClassDecorator)[]]>([
    ["Public below", [Need(permission("a")), Public()]],
    ["Public above", [Public(), Need(permission("a"))]],
    ["replace", [Public(), Need.replace({ optional: true })]],
  ])("Public and Need on one target contradict each other: %s", (_name, decorators) => {
    const decorateMethod = () => {
      class Decorated {
        method() {}
      }
      const descriptor = Object.getOwnPropertyDescriptor(Decorated.prototype, "method") as PropertyDescriptor;
      for (const decorate of decorators) decorate(Decorated.prototype, "method", descriptor);
    };
    const decorateClass = () => {
      class Decorated {}
      for (const decorate of decorators) decorate(Decorated);
    };
    expect(decorateMethod).toThrow(ConfigError);
    expect(decorateClass).toThrow(ConfigError);
  });

  test.each<[string, readonly unknown[]]>([
    ["undefined", [undefined]],
    ["a misspelt option", [{ optinal: true }]],
    ["a second argument", [permission("a"), permission("b")]],
  ])("%s is a ConfigError, also where it replaces", (_name, need) => {
    expect(() => Need(...(need as never))).toThrow(ConfigError);
    expect(() => Need.replace(...(need as never))).toThrow(ConfigError);
  });

  test("a property is no handler", () => {
    class Decorated {}
    const decorate = Need(permission("a")) as PropertyDecorator;
    expect(() => decorate(Decorated.prototype, "property")).toThrow(ConfigError);
  });
});

describe("the OpenAPI document", () => {
  class Base {
    @Need(permission("z:base"))
    @Get("overridden")
    overridden() {}
  }

  @Need(permission("a:class"))
  @Controller()
  class DocumentedController extends Base {
    @Get("inherits")
    inherits() {}

    @Need(permission("b:method"))
    @Get("both")
    both() {}

    @Need.replace({ optional: true, requirement: permission("c:own") })
    @Get("replaces")
    replaces() {}

    @Need({ optional: true })
    @Get("demanded")
    demanded() {}

    @Public()
    @Get("open")
    open() {}

    @Get("overridden")
    override overridden() {}

    @ApiBearerAuth("own")
    @Get("own")
    own() {}
  }

  @Controller()
  class DefaultController {
    @Get("default")
    unmarked() {}

    @ApiBearerAuth("mine")
    @Get("mine")
    mine() {}

    helper() {}
  }

  @ApiBearerAuth("whole")
  @Controller()
  class WholeController {
    @Get("whole")
    whole() {}
  }

  class BaseController {
    @Get("inherited")
    inherited() {}
  }

  @Controller("derived")
  class DerivedController extends BaseController {}

  test.each<[string, Type, string, object[]]>([
    ["a handler without decorators, which the module protects", DefaultController, "/default", [{ oauth2: [] }]],
    ["a handler that a class inherits", DerivedController, "/derived/inherited", [{ oauth2: [] }]],
    ["a handler of which the application says something itself", DefaultController, "/mine", [{ mine: [] }]],
    ["a class of which the application says something itself", WholeController, "/whole", [{ whole: [] }]],
  ])("says that a token is needed by %s", async (_what, controller, path, security) => {
    expect(await securityOf(controller, path)).toEqual(security);
    expect(await statusesOf(controller, path, undefined, [])).toEqual([401, 200]);
  });

  test.each<[string, object[]]>([
    ["inherits", [{ oauth2: ["a:class"] }]],
    ["both", [{ oauth2: ["a:class", "b:method"] }]],
    ["replaces", [{}, { oauth2: ["c:own"] }]],
    ["demanded", [{ oauth2: ["a:class"] }]],
    ["open", [{}]],
    ["overridden", [{ oauth2: ["a:class", "z:base"] }]],
    ["own", [{ own: [] }]],
  ])("says what is checked before %s", async (path, security) => {
    expect(await securityOf(DocumentedController, `/${path}`)).toEqual(security);
  });

  const adult = check("adult", (claims) => Number(claims["age"]) >= 18);
  const paid = check("paid", (claims) => claims["paid"] === true);

  @Need(adult)
  @Controller()
  class CheckedController {
    @Get("inherits")
    inherits() {}

    @Need(all(permission("read:a"), paid))
    @Get("both")
    both() {}

    @Need.replace(permission("read:a"))
    @Get("replaces")
    replaces() {}

    @Public()
    @Get("open")
    open() {}

    @ApiExtension("x-above", "a")
    @Need(paid)
    @ApiExtension("x-below", "b")
    @Get("beside")
    beside() {}

    @ApiBearerAuth("own")
    @Get("own")
    own() {}
  }

  const none = { "x-gatewarden-checks": undefined };
  test.each<[string, object]>([
    ["inherits", { "x-gatewarden-checks": ["adult"] }],
    ["both", { "x-gatewarden-checks": ["paid", "adult"], security: [{ oauth2: ["read:a"] }] }],
    ["replaces", none],
    ["open", none],
    ["beside", { "x-gatewarden-checks": ["paid", "adult"], "x-above": "a", "x-below": "b" }],
    ["own", { ...none, security: [{ own: [] }] }],
  ])("names what is checked in code before %s", async (path, expected) => {
    const { security, ...operation } = { ...(await operationOf(CheckedController, `/${path}`)) };
    expect({ ...none, ...operation, security }).toMatchObject(expected);
  });
});
