// NestJS: a module with a global guard, `@Need()` for what a handler needs, `@Public()` for none,
// `@Auth()` for what was found.
import {
  type CanActivate,
  createParamDecorator,
  type DynamicModule,
  type ExecutionContext,
  HttpException,
  HttpStatus,
  Module,
} from "@nestjs/common";
import { APP_GUARD, HttpAdapterHost } from "@nestjs/core";
import {
  type AccessTokenClaims,
  AuthError,
  type Awaitable,
  ConfigError,
  type Auth as CoreAuth,
  type Need as CoreNeed,
  type Guard,
  type GuardRequest,
  isPreflight,
  type LastArgument,
  type Outcome,
  type Refusal,
  type Requirement,
} from "../index.js";
import { type Call, keepFacts, readFacts, toCall } from "./_nest-call.js";
import { readHandlerNeed, toDecorator } from "./_nest-need.js";
import { joinChallenges, readHeaders, toGuardRequest, toLaterRequest } from "./_node.js";
import { type NeedArgument, type NeedOptions, readNeed } from "./_protect.js";

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

const optionsToken: unique symbol = Symbol("gatewarden.options");
const onlyToken: unique symbol = Symbol("gatewarden.only");

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
 * anonymous call was let in, where the handler is `@Public()`, and where Nest runs no guard, as for
 * GraphQL fields without `fieldResolverEnhancers: ["guards"]`.
 */
export const Auth: (...pipes: readonly never[]) => ParameterDecorator = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => readFacts(context),
);

/** The type of the parameter that `@Auth()` fills. */
export type Auth<Claims = AccessTokenClaims> = CoreAuth<Claims>;

/**
 * `imports: [GatewardenModule.forRoot({ guard })]` protects every handler of the application;
 * `@Public()` opens one. A second import in one application throws `ConfigError`.
 */
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
        { provide: onlyToken, useFactory: refuseSecond, inject: [HttpAdapterHost] },
        {
          provide: APP_GUARD,
          useFactory: (options: GatewardenModuleOptions, host: HttpAdapterHost) => new AuthGuard(options, host),
          inject: [optionsToken, HttpAdapterHost],
        },
      ],
    };
  }
}
Module({})(GatewardenModule);

const protectedApps = new WeakSet<HttpAdapterHost>();

/** Two guards may read two tokens from one call, and a handler sees one's facts (CWE-488). */
function refuseSecond(host: HttpAdapterHost): true {
  if (protectedApps.has(host)) throw new ConfigError(second);
  protectedApps.add(host);
  return true;
}

const second = {
  option: "GatewardenModule",
  problem: "is imported twice in one application, where the first protects every handler already",
  example: "imports: [GatewardenModule.forRoot({ guard })] in the root module only",
};

/** Runs before each handler. Refusals are `HttpException` with the `AuthError` as `cause`. */
class AuthGuard implements CanActivate {
  readonly #options: GatewardenModuleOptions;
  readonly #host: HttpAdapterHost;

  constructor(options: GatewardenModuleOptions, host: HttpAdapterHost) {
    this.#options = options;
    this.#host = host;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const need = readHandlerNeed(context.getClass(), context.getHandler());
    let found: CoreAuth<unknown> | undefined;
    try {
      if (need !== "public") found = await this.#check(context, need);
    } finally {
      keepFacts(context, found);
    }
    return true;
  }

  /** Throws `HttpException` where the call is refused. */
  async #check(context: ExecutionContext, need: LastArgument<CoreNeed>): Promise<CoreAuth<unknown> | undefined> {
    const call = toCall(context);
    const request = call.request
      ? toGuardRequest(call.request, call.request.originalUrl)
      : await this.#readMessage(context, call);
    if (request instanceof AuthError) throw this.#refuse(request, call.response);
    // Anybody can send a preflight, so it runs no handler that needs a token (CWE-862).
    if (isPreflight(request)) throw new HttpException("", HttpStatus.NO_CONTENT);
    const outcome: Outcome<unknown> = await this.#options.guard.attempt(request, ...need);
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
