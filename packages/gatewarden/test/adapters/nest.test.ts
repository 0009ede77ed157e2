import "reflect-metadata";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { ApolloDriver, type ApolloDriverConfig } from "@nestjs/apollo";
import {
  All,
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Header,
  HttpException,
  Module,
  Options,
  Post,
  Req,
  type Type,
} from "@nestjs/common";
import { type HttpAdapterHost, NestFactory } from "@nestjs/core";
import { ExecutionContextHost } from "@nestjs/core/helpers/execution-context-host.js";
import { GraphQLModule, Query, Resolver } from "@nestjs/graphql";
import { ClientProxyFactory, MessagePattern, type MicroserviceOptions, Transport } from "@nestjs/microservices";
import type { NestExpressApplication } from "@nestjs/platform-express";
import type { Request, Response } from "express";
import { text } from "express";
import { firstValueFrom } from "rxjs";
import { type Socket, Server as SocketServer } from "socket.io";
import { io as connectSocket } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  Auth,
  GatewardenGuard,
  GatewardenModule,
  type GatewardenModuleOptions,
  Need,
  Public,
} from "../../src/adapters/nest.js";
import { AuthError, ConfigError, catalogue, createGuard, type Guard, permission } from "../../src/index.js";
import { originOf, type TlsTerms, toTlsOptions } from "../support/listen.js";
import { call } from "../support/request.js";
import { answerOf, earlierChallenge, earlierExposed, type Route, routes, type Setting } from "./_application.js";
import { toBody } from "./_bench.js";
import { describeConformance } from "./_conformance.js";

const verbs = { GET: Get, POST: Post, OPTIONS: Options };

/** One controller with a handler per route, decorated as `@Get(path) @Need(need)` would. */
function createController(): Type {
  class RoutesController {}
  Controller()(RoutesController);
  routes.forEach((route: Route, index) => {
    const name = `route${index}`;
    const handler = (auth: Auth | undefined, request: Request) =>
      answerOf(auth, route.method === "POST" ? request.body : undefined);
    Object.defineProperty(RoutesController.prototype, name, { value: handler, configurable: true, writable: true });
    const descriptor = Object.getOwnPropertyDescriptor(RoutesController.prototype, name) as PropertyDescriptor;
    Auth()(RoutesController.prototype, name, 0);
    Req()(RoutesController.prototype, name, 1);
    verbs[route.method](route.path)(RoutesController.prototype, name, descriptor);
    Header("content-type", "application/json")(RoutesController.prototype, name, descriptor);
    if (route.need.length > 0) Need(...route.need)(RoutesController.prototype, name, descriptor);
  });
  return RoutesController;
}

@Catch(HttpException)
class ReshapeFilter implements ExceptionFilter {
  catch(exception: HttpException, host: ArgumentsHost) {
    const response = host.switchToHttp().getResponse<Response>();
    const { cause } = exception;
    response.status(exception.getStatus()).json({ problem: cause instanceof AuthError ? cause.reason : "other" });
  }
}

async function createApp(controllers: Type[], guard: Guard, tls?: TlsTerms): Promise<NestExpressApplication> {
  class AppModule {}
  Module({ imports: [GatewardenModule.forRoot({ guard })], controllers })(AppModule);
  return NestFactory.create<NestExpressApplication>(AppModule, {
    logger: false,
    bodyParser: false,
    ...(tls && { httpsOptions: toTlsOptions(tls) }),
  });
}

async function startApp(controllers: Type[], { guard, reshape, tls }: Setting) {
  const app = await createApp(controllers, guard, tls);
  app.use("/earlier-challenge", (_request: Request, response: Response, next: () => void) => {
    response.set("www-authenticate", earlierChallenge);
    response.set("access-control-expose-headers", earlierExposed);
    next();
  });
  app.use(text());
  if (reshape) app.useGlobalFilters(new ReshapeFilter());
  await app.listen(0, "127.0.0.1");
  return { origin: originOf(app.getHttpServer()), close: () => app.close() };
}

describeConformance("gatewarden/nest", {
  cannot: {
    checkBeforeBody: "Nest's guards run after Express's body parsers",
    checkTwice: "the module's guard runs once for each handler",
  },
  postStatus: 201,
  body: (reason) => ({
    statusCode: catalogue[reason].status,
    message: catalogue[reason].description,
    ...toBody(reason),
  }),
  start: (setting) => startApp([createController()], setting),
});

describe("decorators", () => {
  let tenant: Tenant;
  let guard: Guard;
  beforeAll(async () => {
    tenant = await createTenant({ port: 0 });
    guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience });
  });
  afterAll(() => tenant.close());

  @Controller("preflights")
  class PreflightController {
    @All("all")
    all() {
      return "in";
    }

    @Options("token")
    token() {
      return "in";
    }

    @Need(permission("read:admin"))
    @Options("permission")
    permission() {
      return "in";
    }

    @Need({ optional: true })
    @Options("optional")
    optional() {
      return "in";
    }

    @Public()
    @Options("public")
    public() {
      return "answered by the handler";
    }
  }

  const preflight = { origin: "https://app.acme.com", "access-control-request-method": "GET" };

  test.each(["all", "token", "permission", "optional"])(
    "a handler that looks at tokens (%s) does not run for a preflight, which anybody can send",
    async (path) => {
      const { origin, close } = await startApp([PreflightController], { guard, reshape: false });
      const url = `${origin}/preflights/${path}`;
      expect(await call(url, { method: "OPTIONS", headers: preflight })).toMatchObject({ status: 204, text: "" });
      // With a token too: who asks is a browser that has not sent the request yet.
      const { access_token } = await tenant.token({ as: "carol", permissions: ["read:admin"] });
      const headers = { authorization: `Bearer ${access_token}` };
      const both = await call(url, { method: "OPTIONS", headers: { ...headers, ...preflight } });
      expect(both).toMatchObject({ status: 204, text: "" });
      expect(await call(url, { method: "OPTIONS", headers })).toMatchObject({ status: 200, text: "in" });
      await close();
    },
  );

  test("a public handler for OPTIONS answers preflights", async () => {
    const { origin, close } = await startApp([PreflightController], { guard, reshape: false });
    const answer = await call(`${origin}/preflights/public`, { method: "OPTIONS", headers: preflight });
    expect(answer).toMatchObject({ status: 200, text: "answered by the handler" });
    await close();
  });

  test("CORS of the application answers preflights before the guard", async () => {
    const app = await createApp([PreflightController], guard);
    app.enableCors({ origin: "https://app.acme.com" });
    await app.listen(0, "127.0.0.1");
    const url = `${originOf(app.getHttpServer())}/preflights/permission`;
    const { status, headers } = await call(url, { method: "OPTIONS", headers: preflight });
    expect([status, headers["access-control-allow-origin"]]).toEqual([204, "https://app.acme.com"]);
    await app.close();
  });

  test("a second import in one application is a ConfigError, and one in another application is not", async () => {
    class AppModule {}
    const imports = [GatewardenModule.forRoot({ guard }), GatewardenModule.forRoot({ guard })];
    Module({ imports })(AppModule);
    await expect(NestFactory.create(AppModule, { logger: false, abortOnError: false })).rejects.toThrow(ConfigError);
    const first = await startApp([PreflightController], { guard, reshape: false });
    const other = await startApp([PreflightController], { guard, reshape: false });
    expect((await call(`${other.origin}/preflights/all`)).status).toBe(401);
    await first.close();
    await other.close();
  });

  test("the module that several modules import is one module", async () => {
    const once = GatewardenModule.forRoot({ guard });
    class FeatureModule {}
    Module({ imports: [once] })(FeatureModule);
    class AppModule {}
    Module({ imports: [once, FeatureModule], controllers: [PreflightController] })(AppModule);
    const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: false, abortOnError: false });
    await app.listen(0, "127.0.0.1");
    expect((await call(`${originOf(app.getHttpServer())}/preflights/all`)).status).toBe(401);
    await app.close();
  });

  test("a variable that turned out undefined is no need", () => {
    expect(() => Need(...([undefined] as never))).toThrow(ConfigError);
  });
});

describe("calls that are no HTTP requests", () => {
  let tenant: Tenant;
  let guard: Guard;
  beforeAll(async () => {
    tenant = await createTenant({ port: 0 });
    guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience });
  });
  afterAll(() => tenant.close());

  @Controller()
  class MessageController {
    @Need(permission("read:admin"))
    @MessagePattern("admin")
    admin(@Auth() auth: Auth) {
      return auth.subject;
    }

    @Public()
    @MessagePattern("open")
    open() {
      return "open";
    }
  }

  const reasonOf = ({ cause }: Error) => cause instanceof AuthError && cause.reason;

  interface Message {
    readonly token?: string;
  }

  async function startMicroservice(readToken?: GatewardenModuleOptions["readToken"]) {
    class AppModule {}
    const controllers = [MessageController];
    Module({ imports: [GatewardenModule.forRoot({ guard, ...(readToken && { readToken }) })], controllers })(AppModule);
    const options = { host: "127.0.0.1", port: 0 };
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(AppModule, {
      ...{ transport: Transport.TCP, options, logger: false },
    });
    await app.listen();
    const { port } = app.unwrap<Server>().address() as AddressInfo;
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: "127.0.0.1", port } });
    const send = (pattern: string, message: Message) => firstValueFrom(client.send<string, Message>(pattern, message));
    const close = async () => {
      client.close();
      await app.close();
    };
    return { send, close };
  }

  test("messages are refused where nobody says how to read their token, and open ones answered", async () => {
    const { send, close } = await startMicroservice();
    const { access_token: token } = await tenant.token({ as: "alice" });
    await expect(send("admin", { token })).rejects.toMatchObject({ status: "error" });
    expect(await send("open", {})).toBe("open");
    await close();
  });

  test("messages are checked by the token that readToken finds", async () => {
    const { send, close } = await startMicroservice((context) => context.switchToRpc().getData<Message>().token);
    const token = async (permissions: string[]) => (await tenant.token({ as: "alice", permissions })).access_token;
    expect(await send("admin", { token: await token(["read:admin"]) })).toBe("auth0|alice");
    await expect(send("admin", { token: await token([]) })).rejects.toMatchObject({ status: "error" });
    await expect(send("admin", {})).rejects.toMatchObject({ status: "error" });
    await close();
  });

  test("an event of Socket.IO is checked at the host that its socket was opened at, with every reader of the token", async () => {
    const atHost = createGuard({
      audience: tenant.audience,
      issuer: {
        resolve: (iss, host) => (iss === tenant.issuer && host === "own.test" ? { issuer: iss } : undefined),
        allowPrivateNetwork: true,
        // Where no host is known, the right one: what is refused below is refused for its host.
        tenant: ({ headers }) => ("host" in headers ? String(headers["host"]) : "own.test"),
      },
    });
    const sockets = new SocketServer();
    const server = createServer();
    sockets.attach(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { access_token: token } = await tenant.token({ as: "alice" });
    const ask = async (extraHeaders: Record<string, string>, readToken?: () => string) => {
      const opened = new Promise<Socket>((resolve) => sockets.once("connection", resolve));
      const client = connectSocket(originOf(server), { extraHeaders, transports: ["websocket"], reconnection: false });
      const context = new ExecutionContextHost(
        [await opened, {}],
        MessageController,
        MessageController.prototype.admin,
      );
      context.setType("ws");
      const outcome = await new GatewardenGuard(
        { guard: atHost, ...(readToken && { readToken }) },
        {} as HttpAdapterHost,
      )
        .canActivate(context)
        .catch(reasonOf);
      client.close();
      return outcome;
    };
    const authorization = `Bearer ${token}`;
    expect(await ask({ host: "own.test", authorization })).toBe(true);
    expect(await ask({ host: "other.test", authorization })).toBe("issuer_untrusted");
    expect(await ask({ host: "own.test" }, () => token)).toBe(true);
    expect(await ask({ host: "other.test" }, () => token)).toBe("issuer_untrusted");
    expect(await ask({ host: "own.test" })).toBe("credentials_missing");
    await sockets.close();
  });

  @Resolver()
  class AdminResolver {
    @Need(permission("read:admin"))
    @Query()
    admin(@Auth() auth: Auth) {
      return auth.subject;
    }

    @Public()
    @Query()
    open() {
      return "open";
    }
  }

  test("GraphQL resolvers are checked by the HTTP request they came with", async () => {
    class AppModule {}
    const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
      ...{ driver: ApolloDriver, typeDefs: "type Query { admin: String, open: String }", playground: false },
    });
    Module({ imports: [GatewardenModule.forRoot({ guard }), graphql], providers: [AdminResolver] })(AppModule);
    const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: false });
    await app.listen(0, "127.0.0.1");
    const origin = originOf(app.getHttpServer());
    const ask = async (query: string, permissions: string[]) => {
      const { access_token } = await tenant.token({ as: "alice", permissions });
      const headers = { "content-type": "application/json", authorization: `Bearer ${access_token}` };
      return call(`${origin}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
    };
    expect((await ask("{ admin open }", ["read:admin"])).json).toEqual({
      data: { admin: "auth0|alice", open: "open" },
    });
    const refused = await ask("{ admin open }", []);
    expect(refused.json).toMatchObject({ data: { admin: null, open: "open" }, errors: [{ path: ["admin"] }] });
    expect(refused.text).toContain("The access token lacks a permission");
    expect(refused.challenge).toContain('error="insufficient_scope"');
    await app.close();
  });
});
