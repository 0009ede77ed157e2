// The guard by its name, what later code asks of a call, and what clients without HTTP are told.
import {
  type CallHandler,
  type CanActivate,
  Controller,
  type DynamicModule,
  type ExecutionContext,
  Get,
  Module,
  type NestInterceptor,
  type Type,
  UseGuards,
  UseInterceptors,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { MessagePattern } from "@nestjs/microservices";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { Test, type TestingModuleBuilder } from "@nestjs/testing";
import { SubscribeMessage, WebSocketGateway } from "@nestjs/websockets";
import { io, type Socket } from "socket.io-client";
import { describe, expect, test } from "vitest";
import {
  Auth,
  GatewardenGuard,
  GatewardenModule,
  type GatewardenModuleOptions,
  guardToken,
  Need,
  Public,
  readAuth,
} from "../../src/adapters/nest.js";
import { createGuard, permission } from "../../src/index.js";
import { createTestIssuer } from "../../src/testing/test-issuer.js";
import { originOf } from "../support/listen.js";
import { call } from "../support/request.js";
import { answer, cleanUpAfterEach, countAttempts, guard, issuer, readToken, running, token } from "./_nest-app.js";
import { startMicroservice } from "./_nest-service.js";

cleanUpAfterEach();

let seen: (string | undefined)[] = [];

class SeeingGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    seen.push(readAuth(context)?.subject);
    return true;
  }
}

class SeeingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    seen.push(readAuth(context)?.subject);
    return next.handle();
  }
}

@UseGuards(GatewardenGuard, SeeingGuard)
@UseInterceptors(SeeingInterceptor)
@Controller()
class NamedController {
  @UseGuards(GatewardenGuard)
  @Get("named")
  named(@Auth() auth: Auth) {
    return answer(auth);
  }

  @Need(permission("write"))
  @Get("write")
  write(@Auth() auth: Auth) {
    return answer(auth);
  }

  @Public()
  @Get("open")
  open(@Auth() auth: Auth | undefined) {
    return answer(auth);
  }
}

@UseGuards(SeeingGuard, GatewardenGuard)
@UseInterceptors(SeeingInterceptor)
@WebSocketGateway()
class NamedGateway {
  @UseGuards(GatewardenGuard)
  @SubscribeMessage("who")
  who(@Auth() auth: Auth) {
    return { event: "who", data: answer(auth) };
  }

  @Need(permission("write"))
  @SubscribeMessage("write")
  write(@Auth() auth: Auth) {
    return { event: "write", data: answer(auth) };
  }
}

/** The classes stand in a module that does not import the one under test. */
async function start(options: Partial<GatewardenModuleOptions>, adapt = (builder: TestingModuleBuilder) => builder) {
  seen = [];
  class SettingsModule {}
  Module({ providers: [{ provide: "settings", useValue: { guard, readToken, ...options } }], exports: ["settings"] })(
    SettingsModule,
  );
  const protection: DynamicModule = GatewardenModule.forRootAsync({
    imports: [SettingsModule],
    inject: ["settings"],
    useFactory: async (settings: GatewardenModuleOptions) => settings,
  });
  class FeatureModule {}
  Module({ controllers: [NamedController], providers: [NamedGateway] })(FeatureModule);
  const imports: (DynamicModule | Type)[] = [FeatureModule, protection];
  const testing = await adapt(Test.createTestingModule({ imports })).compile();
  const app = testing.createNestApplication<NestExpressApplication>({ logger: false });
  await app.listen(0, "127.0.0.1");
  running.push(() => app.close());
  return originOf(app.getHttpServer());
}

function connect(origin: string): Socket {
  const client = io(origin, { transports: ["websocket"], reconnection: false });
  running.push(() => client.close());
  return client;
}

const next = <Answer>(client: Socket, event: string) =>
  new Promise<Answer>((resolve) => client.once(event, (value: Answer) => resolve(value)));

async function ask(client: Socket, event: string, payload: object): Promise<unknown> {
  const answered = Promise.race([next(client, event), next(client, "exception")]);
  client.emit(event, payload);
  return answered;
}

describe("@UseGuards(GatewardenGuard)", () => {
  test("checks a request once, with what the handler needs", async () => {
    const { counted, count } = countAttempts();
    const origin = await start({ guard: counted });
    const headers = issuer.headers({ sub: "alice" });
    expect((await call(`${origin}/named`, { headers })).text).toBe("alice");
    expect(count()).toBe(1);
    expect((await call(`${origin}/named`)).status).toBe(401);
    expect((await call(`${origin}/write`, { headers })).status).toBe(403);
    expect(count()).toBe(3);
    expect((await call(`${origin}/open`)).text).toBe("none");
    expect(count()).toBe(3);
  });

  test("checks an event once, with what the handler needs", async () => {
    const { counted, count } = countAttempts();
    const client = connect(await start({ guard: counted }));
    expect(await ask(client, "who", { token: token("alice") })).toBe("alice");
    expect(count()).toBe(1);
    expect(await ask(client, "write", { token: token("alice") })).toMatchObject({ reason: "permission_missing" });
    expect(await ask(client, "write", { token: token("alice", ["write"]) })).toBe("alice");
    expect(count()).toBe(3);
  });

  test("takes the same DPoP proof only once, and not as a replay of itself", async () => {
    const bound = createGuard({ ...issuer.guardOptions, dpop: { mode: "required" } });
    const origin = await start({ guard: bound });
    const url = `${origin}/named`;
    const headers = issuer.dpopClient().headers({ url }, { sub: "alice" });
    expect((await call(url, { headers })).text).toBe("alice");
    expect((await call(url, { headers })).status).toBe(401);
  });
});

describe("overrideProvider(GatewardenGuard)", () => {
  const letIn = (builder: TestingModuleBuilder) =>
    builder.overrideProvider(GatewardenGuard).useValue({ canActivate: () => true });

  test("replaces the guard for requests and events, also where @UseGuards names it", async () => {
    const { counted, count } = countAttempts();
    const origin = await start({ guard: counted }, letIn);
    expect((await call(`${origin}/named`)).text).toBe("none");
    expect((await call(`${origin}/write`)).text).toBe("none");
    expect(await ask(connect(origin), "write", {})).toBe("none");
    expect(count()).toBe(0);
  });

  test("leaves what was not replaced: overrideGuard replaces only where @UseGuards names it", async () => {
    const origin = await start({}, (builder) =>
      builder.overrideGuard(GatewardenGuard).useValue({ canActivate: () => true }),
    );
    expect((await call(`${origin}/named`)).status).toBe(401);
  });
});

describe("guardToken", () => {
  test("lets a test replace the guard, which then checks everywhere", async () => {
    const other = createTestIssuer({ issuer: "https://other.test/" });
    const origin = await start({}, (builder) =>
      builder.overrideProvider(guardToken).useValue(createGuard(other.guardOptions)),
    );
    expect((await call(`${origin}/named`, { headers: other.headers({ sub: "alice" }) })).text).toBe("alice");
    expect((await call(`${origin}/named`, { headers: issuer.headers({ sub: "alice" }) })).status).toBe(401);
    const client = connect(origin);
    expect(await ask(client, "who", { token: other.token({ sub: "bob" }) })).toBe("bob");
    expect(await ask(client, "who", { token: token("bob") })).toMatchObject({ reason: "issuer_untrusted" });
  });

  test("gives the guard to other providers, also that of forRootAsync", async () => {
    const made = createGuard(issuer.guardOptions);
    const module = GatewardenModule.forRootAsync({ useFactory: async () => ({ guard: made }) });
    const context = await NestFactory.createApplicationContext(module, { logger: false });
    expect(context.get(guardToken)).toBe(made);
    await context.close();
  });
});

describe("readAuth", () => {
  test("shows guards and interceptors after the check what was found, and of this call only", async () => {
    const origin = await start({});
    await call(`${origin}/named`, { headers: issuer.headers({ sub: "alice" }) });
    await call(`${origin}/open`, { headers: issuer.headers({ sub: "bob" }) });
    expect(seen.splice(0)).toEqual(["alice", "alice", undefined, undefined]);
    const client = connect(origin);
    await ask(client, "who", { token: token("alice") });
    await ask(client, "who", {});
    await ask(client, "who", { token: token("bob") });
    expect(seen).toEqual(["alice", "alice", "bob", "bob"]);
  });
});

describe("a client without HTTP is told", () => {
  const refused = token("alice", ["read"]);

  @Controller()
  class WriteController {
    @Need(permission("write"))
    @MessagePattern("write")
    write() {
      return "in";
    }
  }

  test("over a socket why it was refused, and nothing of the token", async () => {
    const client = connect(await start({}));
    const told = await ask(client, "write", { token: refused });
    expect(told).toEqual({ status: "error", reason: "permission_missing", message: expect.any(String) });
    expect(JSON.stringify(told)).not.toMatch(/alice|read|Internal/);
  });

  test("over a microservice why it was refused, and nothing of the token", async () => {
    const { send } = await startMicroservice({ readToken }, [WriteController]);
    const told: unknown = await send("write", { token: refused }).catch((error: unknown) => error);
    expect(told).toEqual({ status: "error", reason: "permission_missing", message: expect.any(String) });
    expect(JSON.stringify(told)).not.toMatch(/alice|read|Internal/);
  });

  test("what development answers say, where the guard gives them", async () => {
    const open = createGuard({ ...issuer.guardOptions, explain: "development" });
    await open.ready();
    const { send } = await startMicroservice({ readToken, guard: open }, [WriteController]);
    const told: unknown = await send("write", { token: refused }).catch((error: unknown) => error);
    expect(told).toMatchObject({ status: "error", reason: "permission_missing", fix: expect.any(String) });
  });
});
