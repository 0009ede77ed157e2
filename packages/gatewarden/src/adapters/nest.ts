// NestJS: a module with a global guard, `@Need()` for what a handler needs, `@Public()` for none, `@Auth()` for what was found.
import {
  type CanActivate,
  createParamDecorator,
  type DynamicModule,
  type ExecutionContext,
  HttpException,
  Module,
  RequestMethod,
  SetMetadata,
} from "@nestjs/common";
import { APP_GUARD, HttpAdapterHost, Reflector } from "@nestjs/core";
import {
  type AccessTokenClaims,
  AuthError,
  type Awaitable,
  type Auth as CoreAuth,
  type Guard,
  type GuardRequest,
  isPreflight,
  type OpenApiSecurity,
  type Outcome,
  type Refusal,
  type Requirement,
  toNeedArgument,
} from "../index.js";
import { type Call, keepFacts, readFacts, toCall } from "./_nest-call.js";
import { joinChallenges, readHeaders, toGuardRequest, toLaterRequest } from "./_node.js";
import { type CheckedNeed, type NeedArgument, type NeedOptions, readNeed, toSecurity } from "./_protect.js";

export type { NeedOptions };

/** Options of the module. */
export interface GatewardenModuleOptions {
  // biome-ignore lint/suspicious/noExplicitAny: a guard of whatever claims; handlers name them: `@Auth() auth: Auth<Claims>`.
  readonly guard: Guard<any>;
  /**
   * The token of a call that is no HTTP request: a message of a microservice, an event of a socket.
   * Without it such calls are refused, save for sockets of Socket.IO, whose handshake is read.
   * Undefined is a call without a token. Anything else that is not a string is refused with
   * `credentials_malformed`, and a function that throws or rejects with `check_failed`.
   */
  readonly readToken?: (context: ExecutionContext) => Awaitable<string | undefined>;
}

/** Options of the module when they come from other providers. */
export interface GatewardenModuleAsyncOptions extends Pick<DynamicModule, "imports"> {
  readonly inject?: readonly (string | symbol | (abstract new (...args: never[]) => unknown))[];
  // biome-ignore lint/suspicious/noExplicitAny: whatever `inject` names.
  readonly useFactory: (...dependencies: any[]) => Awaitable<GatewardenModuleOptions>;
}

const needKey = "gatewarden:need";
const swaggerKey = "swagger/apiSecurity";
const optionsToken: unique symbol = Symbol("gatewarden.options");

type Decorator = MethodDecorator & ClassDecorator;

/**
 * What a handler, or every handler of a class, needs beyond a valid token: `@Need(permission("read:admin"))`, `@Need({ optional: true })`. The
 * one on a method replaces the one on its class. `@nestjs/swagger` documents it under the security scheme named `oauth2`.
 */
export function Need(...need: NeedArgument<Requirement | NeedOptions>): Decorator {
  const checked = readNeed(need);
  return both(SetMetadata(needKey, checked), document(toSecurity(checked, "oauth2")));
}

/** The handler, or every handler of the class, may be called by anybody; no token is looked at. */
export function Public(): Decorator {
  return both(SetMetadata(needKey, "public"), document([{}]));
}

/**
 * Facts from the verified token of this very call, as a handler's parameter. Undefined where an
 * anonymous call was let in, where the handler is `@Public()`, and where Nest runs no guard, as for
 * GraphQL fields without `fieldResolverEnhancers: ["guards"]`.
 */
export const Auth: (...pipes: readonly never[]) => ParameterDecorator = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => readFacts(context),
);

/** The type of the parameter that `@Auth()` fills. */
export type Auth<Claims = AccessTokenClaims> = CoreAuth<Claims>;

/** `imports: [GatewardenModule.forRoot({ guard })]` protects every handler of the application; `@Public()` opens one. */
// biome-ignore lint/complexity/noStaticOnlyClass: Nest knows modules as classes with such methods.
export class GatewardenModule {
  static forRoot(options: GatewardenModuleOptions): DynamicModule {
    return GatewardenModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: GatewardenModuleAsyncOptions): DynamicModule {
    return {
      module: GatewardenModule,
      imports,
      providers: [
        { provide: optionsToken, useFactory, inject: [...inject] as never[] },
        {
          provide: APP_GUARD,
          useFactory: (options: GatewardenModuleOptions, reflector: Reflector, host: HttpAdapterHost) =>
            new AuthGuard(options, reflector, host),
          inject: [optionsToken, Reflector, HttpAdapterHost],
        },
      ],
    };
  }
}
Module({})(GatewardenModule);

/** The guard that the module puts before every handler. Refusals are `HttpException` with the `AuthError` as their `cause`. */
class AuthGuard implements CanActivate {
  readonly #options: GatewardenModuleOptions;
  readonly #reflector: Reflector;
  readonly #host: HttpAdapterHost;

  constructor(options: GatewardenModuleOptions, reflector: Reflector, host: HttpAdapterHost) {
    this.#options = options;
    this.#reflector = reflector;
    this.#host = host;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const need = this.#reflector.getAllAndOverride<CheckedNeed | "public" | undefined>(needKey, targets);
    let found: CoreAuth<unknown> | undefined;
    try {
      if (need !== "public") found = await this.#check(context, need ?? readNeed([]));
    } finally {
      keepFacts(context, found);
    }
    return true;
  }

  /** Throws `HttpException` where the call is refused. */
  async #check(context: ExecutionContext, need: CheckedNeed): Promise<CoreAuth<unknown> | undefined> {
    const call = toCall(context);
    const request = call.request
      ? toGuardRequest(call.request, call.request.originalUrl)
      : await this.#readMessage(context, call);
    if (request instanceof AuthError) throw this.#refuse(request, call.response);
    // Only a handler for OPTIONS gets preflights: one for all methods would run for anybody who sends two headers.
    if (isPreflight(request) && isForOptions(context)) return undefined;
    const outcome: Outcome<unknown> = await this.#options.guard.attempt(request, ...toNeedArgument(need));
    if (outcome instanceof AuthError) throw this.#refuse(outcome, call.response);
    this.#setHeaders(call.response, this.#options.guard.responseHeaders(request) ?? {});
    return outcome;
  }

  /** The token may be any value that a client sent, so it is never coerced (CWE-248). */
  async #readMessage(context: ExecutionContext, { opening }: Call): Promise<GuardRequest | AuthError> {
    let token: unknown;
    try {
      token = await this.#options.readToken?.(context);
    } catch (cause) {
      return new AuthError("check_failed", { cause });
    }
    const authorization = token === undefined ? undefined : `Bearer ${typeof token === "string" ? token : ""}`;
    if (opening) return toLaterRequest(opening, authorization ?? readHeaders(opening)["authorization"]);
    return { method: "POST", url: "/", headers: { authorization } };
  }

  #refuse(error: AuthError, response: unknown): HttpException {
    const { headers, body, status } = this.#options.guard.refusal(error);
    this.#setHeaders(response, headers);
    const exception = new HttpException({ ...body }, status, { cause: error });
    exception.message = error.message;
    return exception;
  }

  #setHeaders(response: unknown, headers: Refusal["headers"]): void {
    const adapter = this.#host.httpAdapter;
    for (const [name, value] of response ? Object.entries(headers) : []) {
      const all = name === "www-authenticate" ? joinChallenges(adapter.getHeader?.(response, name), value) : value;
      adapter.setHeader(response, name, all as string);
    }
  }
}

function isForOptions(context: ExecutionContext): boolean {
  return Reflect.getMetadata("method", context.getHandler()) === RequestMethod.OPTIONS;
}

type Decorate = (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => unknown;

function both(...decorators: readonly unknown[]): Decorator {
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    for (const decorate of decorators as readonly Decorate[]) decorate(target, key, descriptor);
  };
}

/** On a class, each handler that says nothing itself is documented: `@nestjs/swagger` would add the class's security to the handler's. */
function document(security: OpenApiSecurity): Decorate {
  return (target, _key, descriptor) => {
    for (const handler of descriptor ? [descriptor.value] : handlersOf(target)) {
      if (!Reflect.hasOwnMetadata(swaggerKey, handler)) Reflect.defineMetadata(swaggerKey, security, handler);
    }
  };
}

function handlersOf(target: object): object[] {
  const { prototype } = target as { readonly prototype: object };
  const values = Object.values(Object.getOwnPropertyDescriptors(prototype)).map(({ value }): unknown => value);
  return values.filter((value): value is object => typeof value === "function" && value !== target);
}
