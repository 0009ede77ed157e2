// NestJS: a module with a global guard, `@Need()` for what a handler needs, `@Public()` for no
// check, `@Auth()` for the facts.
import { createParamDecorator, type DynamicModule, type ExecutionContext, Module } from "@nestjs/common";
import { APP_GUARD, HttpAdapterHost, ModuleRef, ModulesContainer } from "@nestjs/core";
import type { Endpoint } from "../endpoint/endpoint.js";
import {
  type AccessTokenClaims,
  type Awaitable,
  ConfigError,
  type Auth as CoreAuth,
  type Requirement,
} from "../index.js";
import { readFacts } from "./_nest-call.js";
import { GatewardenGuard, type GatewardenModuleOptions, guardToken, optionsToken } from "./_nest-guard.js";
import { toDecorator } from "./_nest-need.js";
import { GuardReach } from "./_nest-reach.js";
import type { NodeRequest, NodeResponse } from "./_node.js";
import { type NeedArgument, type NeedOptions, readNeed } from "./_protect.js";
import { serveNode } from "./_serve-node.js";

export type { GatewardenModuleOptions, NeedOptions };
export { GatewardenGuard, guardToken };

/** Options of the module when they come from other providers. */
export interface GatewardenModuleAsyncOptions extends Pick<DynamicModule, "imports"> {
  readonly inject?: readonly (string | symbol | (abstract new (...args: never[]) => unknown))[];
  // biome-ignore lint/suspicious/noExplicitAny: any type that `inject` names.
  readonly useFactory: (...dependencies: any[]) => Awaitable<GatewardenModuleOptions>;
}

const onlyToken: unique symbol = Symbol("gatewarden.only");
const reachToken: unique symbol = Symbol("gatewarden.reach");

type Decorator = MethodDecorator & ClassDecorator;
type NeedArguments = NeedArgument<Requirement | NeedOptions>;

/** What a handler, or every handler of a class, needs beyond a valid token. */
export interface NeedDecorator {
  /**
   * `@Need(permission("read:admin"))`, `@Need({ optional: true })`. Needs add up: those of a
   * method, its class, base classes and the methods that it overrides must all be met. A token is
   * optional only if each of them says so. `@nestjs/swagger` documents the sum under the scheme
   * `oauth2`, and the names of checks as `x-gatewarden-checks`; for an inherited handler, with the
   * needs of the class that declares it.
   */
  (...need: NeedArguments): Decorator;
  /**
   * A need that replaces others: `@Need.replace(permission("read:own"))`. On a method, it replaces
   * those of its class, base classes and overridden methods; on a class, those of its base classes.
   * Another `@Need()` on the same target adds to it.
   */
  readonly replace: (...need: NeedArguments) => Decorator;
}

/**
 * What a handler, or every handler of a class, needs beyond a valid token:
 * `@Need(permission("read:admin"))`. Needs of method, class and base classes add up;
 * `@Need.replace(permission("read:own"))` replaces them.
 */
export const Need: NeedDecorator = Object.assign((...need: NeedArguments) => toDecorator({ needs: [readNeed(need)] }), {
  replace: (...need: NeedArguments) => toDecorator({ needs: [readNeed(need)], replaces: true }),
});

/**
 * Makes the handler, or every handler of the class, public: no token is checked. On a method it
 * opens what the class protects; on a class it opens the handlers without `@Need()`. It is
 * inherited neither by a derived class nor by an overriding method. Throws `ConfigError` beside
 * `@Need()` on the same target.
 */
export function Public(): Decorator {
  return toDecorator({ isPublic: true });
}

/**
 * Facts from the verified token of this call, as a handler's parameter. Undefined if an anonymous
 * call was admitted, if the handler is `@Public()`, and for GraphQL fields without
 * `fieldResolverEnhancers: ["guards"]`, for which Nest runs no guard.
 */
export const Auth: (...pipes: readonly never[]) => ParameterDecorator = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => readFacts(context),
);

/**
 * The facts of `@Auth()`, for interceptors and for guards that run after the check:
 * `readAuth(context)?.subject`. Facts belong to one call: undefined in any other, and whenever
 * `@Auth()` is undefined. Pass the type of the claims: `readAuth<Claims>(context)`.
 */
export function readAuth<Claims = AccessTokenClaims>(context: ExecutionContext): CoreAuth<Claims> | undefined {
  return readFacts(context) as CoreAuth<Claims> | undefined;
}

/** The type of the parameter that `@Auth()` fills. */
export type Auth<Claims = AccessTokenClaims> = CoreAuth<Claims>;

/**
 * `imports: [GatewardenModule.forRoot({ guard })]` protects every handler of the application;
 * `@Public()` opens one. This includes gateways and messages in Nest 11, and microservices
 * connected without `inheritAppConfig: true`. The module is global.
 *
 * The application fails to start with a `ConfigError` in three cases: the module is imported twice;
 * its options depend on the request; or Nest runs no guards for fields
 * (`fieldResolverEnhancers: ["guards"]`) and a GraphQL field has a `@Need()` or resolves an entity
 * of a federated schema.
 */
// biome-ignore lint/complexity/noStaticOnlyClass: Nest modules are classes with static methods.
export class GatewardenModule {
  static forRoot(options: GatewardenModuleOptions): DynamicModule {
    return GatewardenModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: GatewardenModuleAsyncOptions): DynamicModule {
    return {
      module: GatewardenModule,
      // Lets every module name the guard.
      global: true,
      imports,
      providers: [
        { provide: optionsToken, useFactory, inject: [...inject] as never[] },
        { provide: guardToken, useFactory: ({ guard }: GatewardenModuleOptions) => guard, inject: [optionsToken] },
        { provide: onlyToken, useFactory: requireOnlyModule, inject: [HttpAdapterHost] },
        GatewardenGuard,
        { provide: APP_GUARD, useExisting: GatewardenGuard },
        {
          provide: reachToken,
          useFactory: (modules: ModulesContainer, own: ModuleRef) => new GuardReach(modules, own),
          inject: [ModulesContainer, ModuleRef],
        },
      ],
      exports: [optionsToken, guardToken, GatewardenGuard],
    };
  }
}
Module({})(GatewardenModule);

const protectedApps = new WeakSet<HttpAdapterHost>();

/**
 * Two guards could read two tokens from one call, and a handler would see only one's facts
 * (CWE-488).
 */
function requireOnlyModule(host: HttpAdapterHost): true {
  if (protectedApps.has(host)) throw new ConfigError(second);
  protectedApps.add(host);
  return true;
}

const second = {
  option: "GatewardenModule",
  problem: "is imported twice in one application, where the first protects every handler already",
  example: "imports: [GatewardenModule.forRoot({ guard })] in the root module only",
};

/**
 * Serves an endpoint of `gatewarden/logout` or `gatewarden/signals` as a middleware, which Nest
 * runs before every guard: `app.use("/backchannel-logout", serveEndpoint(logout))`, or
 * `consumer.apply(serveEndpoint(logout)).forRoutes("backchannel-logout")`. The endpoint itself
 * checks what its caller sends.
 */
export function serveEndpoint(endpoint: Endpoint): (request: NodeRequest, response: NodeResponse) => void {
  return (request, response) => serveNode(endpoint, request, response);
}
