// NestJS: a module with a global guard, `@Need()` for what a handler needs, `@Public()` for none,
// `@Auth()` for what was found.
import { createParamDecorator, type DynamicModule, type ExecutionContext, Module } from "@nestjs/common";
import { APP_GUARD, HttpAdapterHost, ModuleRef, ModulesContainer } from "@nestjs/core";
import {
  type AccessTokenClaims,
  type Awaitable,
  ConfigError,
  type Auth as CoreAuth,
  type Requirement,
} from "../index.js";
import { readFacts } from "./_nest-call.js";
import { GatewardenGuard, type GatewardenModuleOptions, optionsToken } from "./_nest-guard.js";
import { toDecorator } from "./_nest-need.js";
import { GuardReach } from "./_nest-reach.js";
import { type NeedArgument, type NeedOptions, readNeed } from "./_protect.js";

export type { GatewardenModuleOptions, NeedOptions };
export { GatewardenGuard };

/** Options of the module when they come from other providers. */
export interface GatewardenModuleAsyncOptions extends Pick<DynamicModule, "imports"> {
  readonly inject?: readonly (string | symbol | (abstract new (...args: never[]) => unknown))[];
  // biome-ignore lint/suspicious/noExplicitAny: whatever `inject` names.
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
   * method, of its class, of base classes and of the methods that it overrides must all be met. A
   * token is optional only where each of them says so. `@nestjs/swagger` documents the sum under
   * the scheme `oauth2`; an inherited handler with the needs of the class that declares it.
   */
  (...need: NeedArguments): Decorator;
  /**
   * A need in place of others: `@Need.replace(permission("read:own"))`. On a method, in place of
   * what its class, base classes and overridden methods say; on a class, in place of what its base
   * classes say. Another `@Need()` on the same target adds to it.
   */
  readonly replace: (...need: NeedArguments) => Decorator;
}

/**
 * What a handler, or every handler of a class, needs beyond a valid token:
 * `@Need(permission("read:admin"))`. Needs of method, class and base classes add up;
 * `@Need.replace(permission("read:own"))` stands in their place.
 */
export const Need: NeedDecorator = Object.assign((...need: NeedArguments) => toDecorator({ needs: [readNeed(need)] }), {
  replace: (...need: NeedArguments) => toDecorator({ needs: [readNeed(need)], replaces: true }),
});

/**
 * The handler, or every handler of the class, may be called by anybody; no token is looked at. On a
 * method it opens what the class protects; on a class it opens the handlers without `@Need()`. A
 * derived class does not inherit it from its base class, nor an overriding method from what it
 * overrides. Throws `ConfigError` beside `@Need()` on the same target.
 */
export function Public(): Decorator {
  return toDecorator({ isPublic: true });
}

/**
 * Facts from the verified token of this very call, as a handler's parameter. Undefined where an
 * anonymous call was let in, where the handler is `@Public()`, and for GraphQL fields without
 * `fieldResolverEnhancers: ["guards"]`, for which Nest runs no guard.
 */
export const Auth: (...pipes: readonly never[]) => ParameterDecorator = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => readFacts(context),
);

/**
 * What `@Auth()` shows, for interceptors and for guards that run after the check:
 * `readAuth(context)?.subject`. Facts belong to one call: undefined in any other, and where `@Auth()`
 * is undefined. Name the type of the claims: `readAuth<Claims>(context)`.
 */
export function readAuth<Claims = AccessTokenClaims>(context: ExecutionContext): CoreAuth<Claims> | undefined {
  return readFacts(context) as CoreAuth<Claims> | undefined;
}

/** The type of the parameter that `@Auth()` fills. */
export type Auth<Claims = AccessTokenClaims> = CoreAuth<Claims>;

/**
 * `imports: [GatewardenModule.forRoot({ guard })]` protects every handler of the application;
 * `@Public()` opens one. Gateways and messages are protected in Nest 11 as well, and those of
 * microservices that are connected without `inheritAppConfig: true`. The module is global.
 *
 * The application does not start, with a `ConfigError`, where the module is imported twice, where its
 * options depend on the request, and where a GraphQL field has a `@Need()` or resolves an entity of a
 * federated schema while Nest runs no guards for fields (`fieldResolverEnhancers: ["guards"]`).
 */
// biome-ignore lint/complexity/noStaticOnlyClass: Nest knows modules as classes with such methods.
export class GatewardenModule {
  static forRoot(options: GatewardenModuleOptions): DynamicModule {
    return GatewardenModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: GatewardenModuleAsyncOptions): DynamicModule {
    return {
      module: GatewardenModule,
      // So that every module may name the guard.
      global: true,
      imports,
      providers: [
        { provide: optionsToken, useFactory, inject: [...inject] as never[] },
        { provide: onlyToken, useFactory: requireOnlyModule, inject: [HttpAdapterHost] },
        GatewardenGuard,
        { provide: APP_GUARD, useExisting: GatewardenGuard },
        {
          provide: reachToken,
          useFactory: (modules: ModulesContainer, own: ModuleRef) => new GuardReach(modules, own),
          inject: [ModulesContainer, ModuleRef],
        },
      ],
      exports: [optionsToken, GatewardenGuard],
    };
  }
}
Module({})(GatewardenModule);

const protectedApps = new WeakSet<HttpAdapterHost>();

/** Two guards may read two tokens from one call, and a handler sees one's facts (CWE-488). */
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
