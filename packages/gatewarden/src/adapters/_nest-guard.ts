// Nest: the guard that runs before handlers.
import type { ServerResponse } from "node:http";
import { type CanActivate, type ExecutionContext, HttpException, HttpStatus, Inject, Injectable } from "@nestjs/common";
import { HttpAdapterHost } from "@nestjs/core";
import {
  AuthError,
  type Awaitable,
  type Auth as CoreAuth,
  type Need as CoreNeed,
  type Guard,
  type GuardRequest,
  isPreflight,
  type LastArgument,
  type Outcome,
  type Refusal,
} from "../index.js";
import { exposedHeaders, toExposed } from "./_exposed.js";
import { type Call, keepFacts, toCall, toStream } from "./_nest-call.js";
import { toMessageException } from "./_nest-exception.js";
import { requireHandlerNeed } from "./_nest-need.js";
import { joinChallenges, type NodeResponse, toGuardRequest, toLaterRequest } from "./_node.js";
import { readNeed } from "./_protect.js";
import { createNodeSignal, type SignalTerms } from "./_signal.js";

/** Options of the module. */
export interface GatewardenModuleOptions {
  // biome-ignore lint/suspicious/noExplicitAny: any claims; handlers type `Auth<Claims>`.
  readonly guard: Guard<any>;
  /**
   * Reads the token of a call that is not an HTTP request: a message of a microservice, an event of
   * a socket. Without it such calls are refused, except Socket.IO sockets, whose handshake is read.
   * Undefined means no token. Any other value that is not a string is refused with
   * `credentials_malformed`. A function that throws or rejects refuses with `check_failed`.
   */
  readonly readToken?: (context: ExecutionContext) => Awaitable<string | undefined>;
}

export const optionsToken: unique symbol = Symbol("gatewarden.options");

/**
 * The injection token of the application's `Guard`: `@Inject(guardToken) guard: Guard`. Tests
 * replace it: `overrideProvider(guardToken).useValue(createGuard(issuer.guardOptions))`.
 */
export const guardToken: unique symbol = Symbol("gatewarden.guard");

/** Nest creates one context for all guards of one call. */
const checks = new WeakMap<ExecutionContext, Promise<boolean>>();

/**
 * The module's guard, by name. `GatewardenModule` runs it before every handler of the application,
 * so `@UseGuards(GatewardenGuard)` is never required, and never checks a call twice. Tests replace
 * it everywhere: `overrideProvider(GatewardenGuard).useValue({ canActivate })`.
 *
 * Refuses with an exception whose `cause` is the `AuthError`: an `HttpException` over HTTP, a
 * `WsException` over sockets, an `RpcException` over messages. The latter two send the client
 * `{ status: "error", reason, message }`.
 */
export class GatewardenGuard implements CanActivate {
  readonly #options: GatewardenModuleOptions;
  readonly #host: HttpAdapterHost;
  readonly #guard: Guard<unknown>;

  constructor(options: GatewardenModuleOptions, host: HttpAdapterHost, guard: Guard<unknown> = options.guard) {
    this.#options = options;
    this.#host = host;
    this.#guard = guard;
  }

  /** A second check of one call would see its DPoP proof as a replay (RFC 9449 §11.1). */
  canActivate(context: ExecutionContext): Promise<boolean> {
    const known = checks.get(context);
    if (known) return known;
    const check = this.#activate(context);
    checks.set(context, check);
    return check;
  }

  async #activate(context: ExecutionContext): Promise<boolean> {
    const need = requireHandlerNeed(context.getClass(), context.getHandler());
    let found: CoreAuth<unknown> | undefined;
    try {
      if (need !== "public") found = await this.#check(context, need);
    } finally {
      keepFacts(context, found);
    }
    return true;
  }

  /** Throws if the call is refused. */
  async #check(context: ExecutionContext, need: LastArgument<CoreNeed>): Promise<CoreAuth<unknown> | undefined> {
    const call = toCall(context);
    const request = await this.#readRequest(context, call);
    if (request instanceof AuthError) throw await this.#refuse(request, call, context);
    // Any client can send a preflight, so it must not reach a handler that needs a token (CWE-862).
    if (isPreflight(request)) throw new HttpException("", HttpStatus.NO_CONTENT);
    const outcome: Outcome<unknown> = await this.#guard.attempt(request, ...need);
    if (outcome instanceof AuthError) throw await this.#refuse(outcome, call, context);
    this.#setHeaders(call.response, this.#guard.responseHeaders(request));
    const stream = outcome && toStream(context);
    if (stream) cutWithToken({ guard: this.#guard, requirement: readNeed(need).requirement, auth: outcome }, stream);
    return outcome;
  }

  #readRequest(context: ExecutionContext, call: Call): Awaitable<GuardRequest | AuthError> {
    if (call.watched) return call.watched;
    return call.request ? toGuardRequest(call.request, call.request.originalUrl) : this.#readMessage(context, call);
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
    if (opening) return toLaterRequest(opening, authorization);
    return { method: "POST", url: "/", headers: { authorization } };
  }

  async #refuse(error: AuthError, { response }: Call, context: ExecutionContext): Promise<Error> {
    const { headers, body, status } = this.#guard.refusal(error);
    const exceptionOfMessage = await toMessageException(context.getType(), error, body);
    if (exceptionOfMessage) return exceptionOfMessage;
    this.#setHeaders(response, headers);
    // `statusCode` and `message` are what clients of Nest read.
    const told = { statusCode: status, message: body.error_description, ...body };
    const exception = new HttpException(told, status, { cause: error });
    exception.message = error.message;
    return exception;
  }

  #setHeaders(response: unknown, headers: Refusal["headers"] | undefined): void {
    if (!response || headers === undefined) return;
    const adapter = this.#host.httpAdapter;
    adapter.setHeader(response, exposedHeaders, toExposed(adapter.getHeader?.(response, exposedHeaders), headers));
    for (const [name, value] of Object.entries(headers)) {
      const all = name === "www-authenticate" ? joinChallenges(adapter.getHeader?.(response, name), value) : value;
      adapter.setHeader(response, name, all as string);
    }
  }
}

/**
 * Server-sent events end with their token. The connection is cut, which Nest notices as it does a
 * client that left: an answer that was ended would break at the handler's next event.
 */
function cutWithToken(terms: SignalTerms<unknown>, response: NodeResponse): void {
  createNodeSignal(terms, response).addEventListener("abort", () => (response as ServerResponse).destroy());
}
Injectable()(GatewardenGuard);
Inject(optionsToken)(GatewardenGuard, undefined, 0);
Inject(HttpAdapterHost)(GatewardenGuard, undefined, 1);
Inject(guardToken)(GatewardenGuard, undefined, 2);
