// Handlers that Nest's global guards do not reach by themselves: they are checked, or nothing starts.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ApolloDriver, type ApolloDriverConfig } from "@nestjs/apollo";
import { Controller, type DynamicModule, Get, Module, type Type } from "@nestjs/common";
import { NestFactory, REQUEST } from "@nestjs/core";
import { GraphQLModule, Query, ResolveField, ResolveReference, Resolver } from "@nestjs/graphql";
import { ClientProxyFactory, MessagePattern, type MicroserviceOptions, Transport } from "@nestjs/microservices";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { firstValueFrom } from "rxjs";
import { describe, expect, test } from "vitest";
import { Auth, GatewardenModule, Need, Public } from "../../src/adapters/nest.js";
import { ConfigError, permission } from "../../src/index.js";
import { originOf } from "../support/listen.js";
import { call } from "../support/request.js";
import { answer, cleanUpAfterEach, countAttempts, guard, issuer, readToken, running, token } from "./_nest-app.js";

cleanUpAfterEach();

abstract class InheritedMessages {
  @MessagePattern("inherited")
  inherited(@Auth() auth: Auth) {
    return answer(auth);
  }
}

@Controller()
class HybridController extends InheritedMessages {
  @MessagePattern("default")
  default(@Auth() auth: Auth) {
    return answer(auth);
  }

  @Need(permission("write"))
  @MessagePattern("write")
  write(@Auth() auth: Auth) {
    return answer(auth);
  }

  @Public()
  @MessagePattern("open")
  open(@Auth() auth: Auth | undefined) {
    return answer(auth);
  }

  @Get("http")
  http(@Auth() auth: Auth) {
    return answer(auth);
  }
}

type HybridOptions = Parameters<NestExpressApplication["connectMicroservice"]>[1];

async function createApp(protection: DynamicModule | undefined, controllers: Type[]) {
  class AppModule {}
  Module({ imports: protection ? [protection] : [], controllers })(AppModule);
  const options = { logger: false, abortOnError: false } as const;
  const app = await NestFactory.create<NestExpressApplication>(AppModule, options);
  running.push(() => app.close());
  return app;
}

async function startHybrid(
  hybrid: HybridOptions,
  counted = guard,
  protection: DynamicModule | undefined = GatewardenModule.forRoot({ guard: counted, readToken }),
) {
  const app = await createApp(protection, [HybridController]);
  const options = { host: "127.0.0.1", port: 0 };
  const service = app.connectMicroservice<MicroserviceOptions>({ transport: Transport.TCP, options }, hybrid);
  // In this order, as Nest documents it: messages come in before the application is initialized.
  await app.startAllMicroservices();
  await app.listen(0, "127.0.0.1");
  const { port } = service.unwrap<Server>().address() as AddressInfo;
  const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: "127.0.0.1", port } });
  running.push(() => client.close());
  const send = (pattern: string, message: object) => firstValueFrom(client.send<string>(pattern, message));
  return { send, origin: originOf(app.getHttpServer()) };
}

const hybrids: [string, HybridOptions][] = [
  ["its own configuration", {}],
  ["the application's configuration", { inheritAppConfig: true }],
  ["its initialization deferred", { deferInitialization: true }],
];

describe.each(hybrids)("a microservice that is connected with %s", (_name, hybrid) => {
  test.each(["default", "inherited", "write"])("refuses %s without a token", async (pattern) => {
    const { send } = await startHybrid(hybrid);
    await expect(send(pattern, {})).rejects.toMatchObject({ reason: "credentials_missing" });
  });

  test("checks what a handler needs, and runs it with its caller's facts", async () => {
    const { send } = await startHybrid(hybrid);
    await expect(send("write", { token: token("alice") })).rejects.toMatchObject({ reason: "permission_missing" });
    expect(await send("write", { token: token("alice", ["write"]) })).toBe("alice");
    expect(await send("default", { token: token("bob") })).toBe("bob");
    expect(await send("open", {})).toBe("none");
  });

  test("checks each message and each request once", async () => {
    const { counted, count } = countAttempts();
    const { send, origin } = await startHybrid(hybrid, counted);
    expect(await send("default", { token: token("alice") })).toBe("alice");
    expect(count()).toBe(1);
    await expect(send("default", {})).rejects.toMatchObject({ status: "error" });
    expect(count()).toBe(2);
    const { text } = await call(`${origin}/http`, { headers: issuer.headers({ sub: "alice" }) });
    expect([text, count()]).toEqual(["alice", 3]);
  });
});

test("the same classes in an application without the module are checked by no guard, as before", async () => {
  await startHybrid({});
  class NoModule {}
  const { send } = await startHybrid({}, guard, { module: NoModule });
  expect(await send("default", {})).toBe("none");
  // And with it again, in one more application of this process.
  const { counted, count } = countAttempts();
  const again = await startHybrid({}, counted);
  expect(await again.send("default", { token: token("alice") })).toBe("alice");
  expect(count()).toBe(1);
});

test("options that depend on the request do not start: Nest would run the guard for no handler", async () => {
  const protection = GatewardenModule.forRootAsync({ inject: [REQUEST], useFactory: () => ({ guard }) });
  const start = async () => (await createApp(protection, [HybridController])).init();
  await expect(start()).rejects.toThrow(/request-scoped/);
});

describe("a GraphQL field", () => {
  @Resolver("Person")
  class OnField {
    @Need(permission("read:salary"))
    @ResolveField("salary")
    readSalary(@Auth() auth: Auth) {
      return answer(auth);
    }
  }

  @Need(permission("read:salary"))
  @Resolver("Person")
  class OnClass {
    @ResolveField("salary")
    readSalary(@Auth() auth: Auth) {
      return answer(auth);
    }
  }

  class OnDerivedClass extends OnField {}
  Resolver("Person")(OnDerivedClass);

  @Resolver("Person")
  class OnReference {
    @ResolveReference()
    readSalary() {
      return {};
    }
  }

  @Resolver("Person")
  class WithoutNeed {
    @ResolveField("salary")
    readSalary() {
      return "from a query that was checked";
    }
  }

  @Need(permission("read:salary"))
  @Resolver("Person")
  class Opened {
    @Public()
    @ResolveReference()
    readReference() {
      return {};
    }

    @Public()
    @ResolveField("salary")
    readSalary() {
      return "open";
    }

    @ResolveField()
    __resolveType() {
      return "Person";
    }
  }

  @Resolver()
  class PersonQuery {
    @Query("person")
    person() {
      return {};
    }
  }

  const typeDefs = "type Person { salary: String } type Query { person: Person }";

  async function start(resolver: Type, settings: Partial<ApolloDriverConfig> = {}) {
    class PersonModule {}
    Module({ providers: [resolver, PersonQuery] })(PersonModule);
    class OtherModule {}
    Module({})(OtherModule);
    const toInclude = { PersonModule, OtherModule };
    const include = settings.include?.map((name) => toInclude[name as unknown as keyof typeof toInclude]);
    const graphql = GraphQLModule.forRootAsync<ApolloDriverConfig>({
      driver: ApolloDriver,
      useFactory: async () => ({ typeDefs, playground: false, ...settings, ...(include && { include }) }),
    });
    class AppModule {}
    const imports = [GatewardenModule.forRoot({ guard }), graphql, PersonModule, OtherModule];
    Module({ imports })(AppModule);
    const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: false, abortOnError: false });
    await app.listen(0, "127.0.0.1");
    running.push(() => app.close());
    const headers = { "content-type": "application/json", ...issuer.headers({ sub: "alice" }) };
    const body = JSON.stringify({ query: "{ person { salary } }" });
    return (await call(`${originOf(app.getHttpServer())}/graphql`, { method: "POST", headers, body })).json;
  }

  test.each<[string, Type]>([
    ["itself", OnField],
    ["its class", OnClass],
    ["its base class", OnDerivedClass],
    ["nothing, and it is a federated entity that no query was checked for", OnReference],
  ])("whose need stands on %s does not start where Nest runs no guard for fields", async (_name, resolver) => {
    const refused = start(resolver);
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(/\.readSalary.*fieldResolverEnhancers: \["guards"\]/);
    await expect(start(resolver, { fieldResolverEnhancers: ["interceptors"] })).rejects.toThrow(ConfigError);
    await expect(start(resolver, { include: ["PersonModule" as never] })).rejects.toThrow(ConfigError);
  });

  test("is checked where Nest runs guards for fields", async () => {
    expect(await start(OnField, { fieldResolverEnhancers: ["guards"] })).toMatchObject({
      data: { person: { salary: null } },
    });
  });

  test("without a need of its own starts, and so does a public one", async () => {
    const data = { person: { salary: "from a query that was checked" } };
    expect(await start(WithoutNeed)).toEqual({ data });
    expect(await start(Opened)).toEqual({ data: { person: { salary: "open" } } });
  });

  test("of a module that no schema includes starts", async () => {
    expect(await start(OnField, { include: ["OtherModule" as never] })).toEqual({ data: { person: null } });
  });
});
