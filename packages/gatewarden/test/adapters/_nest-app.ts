// A Nest application for tests that ask whose facts a handler sees.
import "reflect-metadata";
import { type CallHandler, type ExecutionContext, Module, type NestInterceptor, type Type } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { DocumentBuilder, SwaggerModule } from "@nestjs/swagger";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { type Auth, GatewardenModule, type GatewardenModuleOptions } from "../../src/adapters/nest.js";
import {
  type Need as CoreNeed,
  createGuard,
  type Guard,
  type GuardRequest,
  type LastArgument,
} from "../../src/index.js";
import { createTestIssuer, type TestIssuer } from "../../src/testing/test-issuer.js";
import { originOf } from "../support/listen.js";
import { call } from "../support/request.js";

export const issuer: TestIssuer = createTestIssuer();
export const guard: Guard = createGuard(issuer.guardOptions);

export function token(sub: string, permissions: string[] = []): string {
  return issuer.token({ sub, permissions });
}

/** A guard that counts how often it is asked. */
export function countAttempts(): { readonly counted: Guard; readonly count: () => number } {
  let attempts = 0;
  const counted = Object.create(guard, {
    attempt: {
      value: (request: GuardRequest, ...need: LastArgument<CoreNeed>) => {
        attempts += 1;
        return guard.attempt(request, ...need);
      },
    },
    refusal: { value: guard.refusal.bind(guard) },
    responseHeaders: { value: guard.responseHeaders.bind(guard) },
  });
  return { counted, count: () => attempts };
}

/** What is closed after each test, the last one first. */
export const running: (() => unknown)[] = [];

/** Closes what a test left running. No promise may have rejected unhandled: that would end the process. */
export function cleanUpAfterEach(): void {
  const rejections: unknown[] = [];
  const note = (reason: unknown) => rejections.push(reason);
  beforeAll(() => void process.on("unhandledRejection", note));
  afterAll(() => void process.off("unhandledRejection", note));
  afterEach(async () => {
    for (const close of running.splice(0).reverse()) await close();
    expect(rejections.splice(0)).toEqual([]);
  });
  beforeEach(() => {
    turnstile = undefined;
  });
}

/** Holds the first call until the second one has run its handler. */
class Turnstile {
  #calls = 0;
  #open: () => void = () => undefined;
  #opened = new Promise<void>((resolve) => {
    this.#open = resolve;
  });

  async wait(): Promise<void> {
    this.#calls += 1;
    if (this.#calls === 1) await this.#opened;
  }

  release(): void {
    if (this.#calls > 1) this.#open();
  }
}

let turnstile: Turnstile | undefined;

/** Lets calls overlap: the first one waits between check and handler until the second was handled. */
export function holdFirstCall(): void {
  turnstile = new Turnstile();
}

/** Runs between the check and the handler, as an interceptor that looks something up would. */
export class WaitingInterceptor implements NestInterceptor {
  async intercept(_context: ExecutionContext, next: CallHandler) {
    await turnstile?.wait();
    return next.handle();
  }
}

/** What a handler answers: who it was told is calling. */
export function answer(auth: Auth | undefined): string {
  turnstile?.release();
  return auth?.subject ?? "none";
}

export type Payload = string | { readonly token?: unknown } | undefined;

/** The token of a message, whatever the client wrote there. */
export function readToken(context: ExecutionContext): string | undefined {
  const payload: Payload =
    context.getType() === "ws" ? context.switchToWs().getData() : context.switchToRpc().getData();
  return (typeof payload === "object" ? payload.token : payload) as string | undefined;
}

/** `readToken` functions that break. */
export const failing: [string, NonNullable<GatewardenModuleOptions["readToken"]>][] = [
  [
    "throws",
    () => {
      throw new Error("a secret of the application");
    },
  ],
  ["rejects", () => Promise.reject(new Error("a secret of the application"))],
];

/** What an application is made of, besides the module under test. */
export interface Parts {
  readonly controllers?: Type[];
  readonly providers?: Type[];
  readonly imports?: NonNullable<Parameters<typeof Module>[0]["imports"]>;
}

export async function startApp(
  { imports = [], ...others }: Parts,
  options: Partial<GatewardenModuleOptions> = {},
  adapt: (app: NestExpressApplication) => void = () => undefined,
): Promise<NestExpressApplication> {
  class AppModule {}
  Module({ ...others, imports: [GatewardenModule.forRoot({ guard, ...options }), ...imports] })(AppModule);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: false });
  adapt(app);
  await app.listen(0, "127.0.0.1");
  running.push(() => app.close());
  return app;
}

export async function startHttp(...terms: Parameters<typeof startApp>): Promise<string> {
  return originOf((await startApp(...terms)).getHttpServer());
}

/** What the handler answers to callers with the permissions; undefined is a caller without a token. */
export async function statusesOf(
  controller: Type,
  path: string,
  ...callers: (readonly string[] | undefined)[]
): Promise<number[]> {
  const url = `${await startHttp({ controllers: [controller] })}${path}`;
  return Promise.all(
    callers.map(async (permissions) => {
      const headers = permissions && issuer.headers({ sub: "alice", permissions });
      return (await call(url, headers && { headers })).status;
    }),
  );
}

/** What the OpenAPI document says of a handler. */
export async function securityOf(controller: Type, path: string): Promise<object[] | undefined> {
  return (await operationOf(controller, path))?.security;
}

/** The operation of a handler in the OpenAPI document. */
export async function operationOf(controller: Type, path: string) {
  const app = await startApp({ controllers: [controller] });
  return SwaggerModule.createDocument(app, new DocumentBuilder().build()).paths[path]?.get;
}
