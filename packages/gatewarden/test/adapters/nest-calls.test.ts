import { ApolloDriver, type ApolloDriverConfig } from "@nestjs/apollo";
import { Controller, Get, Next, type Type, UseInterceptors } from "@nestjs/common";
import { ExternalContextCreator } from "@nestjs/core";
import {
  GraphQLModule,
  GraphQLSchemaHost,
  Parent,
  Query,
  ResolveField,
  ResolveReference,
  Resolver,
} from "@nestjs/graphql";
import { EventPattern, MessagePattern } from "@nestjs/microservices";
import type { NextFunction } from "express";
import { graphql } from "graphql";
import { beforeEach, describe, expect, test } from "vitest";
import { Auth, Need, Public } from "../../src/adapters/nest.js";
import { permission } from "../../src/index.js";
import { originOf } from "../support/listen.js";
import { call } from "../support/request.js";
import {
  answer,
  cleanUpAfterEach,
  failing,
  holdFirstCall,
  issuer,
  type Payload,
  readToken,
  startApp,
  startHttp,
  token,
  WaitingInterceptor,
} from "./_nest-app.js";
import { startMicroservice } from "./_nest-service.js";

cleanUpAfterEach();

let heard: string[] = [];
beforeEach(() => {
  heard = [];
});

@UseInterceptors(WaitingInterceptor)
@Controller()
class MessageController {
  @MessagePattern("who")
  who(@Auth() auth: Auth) {
    return answer(auth);
  }

  @Public()
  @MessagePattern("open")
  open(@Auth() auth: Auth | undefined) {
    return answer(auth);
  }

  @EventPattern("heard")
  heard(@Auth() auth: Auth) {
    heard.push(answer(auth));
  }
}

/** Hears the same event, with the same context object. */
@Controller()
class PublicListener {
  @Public()
  @EventPattern("heard")
  heard(@Auth() auth: Auth | undefined) {
    heard.push(answer(auth));
  }
}

describe("a message of a microservice", () => {
  test.each<[string, (subject: string) => Payload]>([
    ["an object", (subject) => ({ token: token(subject) })],
    ["text", (subject) => token(subject)],
  ])("is run with its own caller's facts while another's waits; the payload is %s", async (_name, toPayload) => {
    const { send } = await startMicroservice({ readToken }, [MessageController]);
    holdFirstCall();
    const answers = ["alice", "bob"].map((subject) => send("who", toPayload(subject)));
    expect(await Promise.all(answers)).toEqual(["alice", "bob"]);
    expect(await send("open", {})).toBe("none");
  });

  test.each(failing)("is refused where readToken %s, and the process goes on", async (_name, broken) => {
    const { send, emit } = await startMicroservice({ readToken: broken }, [MessageController]);
    await expect(send("who", {})).rejects.toMatchObject({ status: "error" });
    await emit("heard", {});
    expect(await send("open", {})).toBe("none");
    expect(heard).toEqual([]);
  });

  test("that two handlers hear shows its caller to the protected one only", async () => {
    const { send, emit } = await startMicroservice({ readToken }, [MessageController, PublicListener]);
    await emit("heard", { token: token("alice") });
    // Answered after both have heard: messages of one connection are read in order.
    await send("open", {});
    await expect.poll(() => heard.toSorted(), { timeout: 15_000 }).toEqual(["alice", "none"]);
  });
});

describe("a GraphQL resolver", () => {
  @UseInterceptors(WaitingInterceptor)
  @Resolver("Person")
  class PersonResolver {
    @Need(permission("read"))
    @Query("person")
    person(@Auth() auth: Auth) {
      return { name: answer(auth) };
    }

    @Public()
    @Query("open")
    open(@Auth() auth: Auth | undefined) {
      return answer(auth);
    }

    @ResolveReference()
    resolveReference(@Auth() auth: Auth) {
      return answer(auth);
    }

    @Need(permission("read:salary"))
    @ResolveField("salary")
    salary(@Auth() auth: Auth, @Parent() parent: { readonly name: string }) {
      return `${parent.name} ${answer(auth)}`;
    }
  }

  @Resolver("Person")
  class UncheckedResolver {
    @Query("person")
    person() {
      return {};
    }

    @ResolveField("salary")
    salary(@Auth() auth: Auth | undefined) {
      return answer(auth);
    }
  }

  const noParams = { exchangeKeyForValue: () => undefined };
  const everything = { guards: true, filters: true, interceptors: true };

  const typeDefs = `
    type Person { name: String, salary: String }
    type Query { person: Person, open: String }
  `;

  async function start(
    settings: Partial<ApolloDriverConfig> = { fieldResolverEnhancers: ["guards"] },
    resolver = PersonResolver as Type,
  ) {
    const module = GraphQLModule.forRoot<ApolloDriverConfig>({
      ...{ driver: ApolloDriver, typeDefs, playground: false },
      ...settings,
    });
    const app = await startApp({ imports: [module], providers: [resolver] });
    const origin = originOf(app.getHttpServer());
    const ask = async (query: string, headers: object = {}) =>
      (
        await call(`${origin}/graphql`, {
          ...{ method: "POST", body: JSON.stringify({ query }) },
          headers: { "content-type": "application/json", ...headers },
        })
      ).json;
    return { app, ask };
  }

  test("sees no facts of another resolver of the same operation", async () => {
    const { ask } = await start();
    const headers = { authorization: `Bearer ${token("alice", ["read"])}` };
    expect(await ask("{ person { name } open }", headers)).toEqual({
      data: { person: { name: "alice" }, open: "none" },
    });
  });

  test("sees the facts of its own operation, where two share a context object", async () => {
    const { app } = await start();
    const { schema } = app.get(GraphQLSchemaHost);
    const contextValue: { req?: object } = {};
    const run = (source: string, headers: object) => {
      const rawHeaders = Object.entries(headers).flat();
      contextValue.req = { method: "POST", url: "/graphql", headers, rawHeaders, socket: {} };
      return graphql({ schema, source, contextValue });
    };
    holdFirstCall();
    const [alice, bob, open] = await Promise.all([
      run("{ person { name } }", issuer.headers({ sub: "alice", permissions: ["read"] })),
      run("{ person { name } }", issuer.headers({ sub: "bob", permissions: ["read"] })),
      run("{ open }", {}),
    ]);
    expect([alice.data, bob.data]).toEqual([{ person: { name: "alice" } }, { person: { name: "bob" } }]);
    expect(open.data).toEqual({ open: "none" });
  });

  test("of a federated entity sees the facts of its own request", async () => {
    const { app } = await start();
    const resolver = app.get(PersonResolver);
    const method = PersonResolver.prototype.resolveReference as (...args: never[]) => unknown as () => unknown;
    const decorated = "__routeArguments__";
    const resolve = app
      .get(ExternalContextCreator)
      .create(resolver, method, method.name, decorated, noParams, undefined, undefined, everything, "graphql");
    const headers = issuer.headers({ sub: "alice" });
    const req = { method: "POST", url: "/graphql", headers, rawHeaders: Object.entries(headers).flat(), socket: {} };
    // As subgraphs call it: the reference, the context, and an info that all references share.
    const info = {};
    expect(await resolve({}, { req }, info)).toBe("alice");
    await expect(resolve({}, {}, info)).rejects.toThrow();
  });

  test("of a field is checked for its own need, where Nest runs guards for fields", async () => {
    const { ask } = await start();
    const headers = { authorization: `Bearer ${token("alice", ["read"])}` };
    const refused = await ask("{ person { name salary } }", headers);
    expect(refused).toMatchObject({ data: { person: { name: "alice", salary: null } } });
    const both = { authorization: `Bearer ${token("alice", ["read", "read:salary"])}` };
    expect((await ask("{ person { name salary } }", both)).data).toEqual({
      person: { name: "alice", salary: "alice alice" },
    });
  });

  test("that was never checked sees no facts", async () => {
    const { ask } = await start({}, UncheckedResolver);
    const headers = { authorization: `Bearer ${token("alice")}` };
    expect((await ask("{ person { salary } }", headers)).data).toEqual({ person: { salary: "none" } });
  });
});

describe("an HTTP request that two handlers run for", () => {
  @Controller()
  class ChainController {
    @Get("chain")
    first(@Auth() _auth: Auth, @Next() next: NextFunction) {
      next();
    }

    @Public()
    @Get("chain")
    second(@Auth() auth: Auth | undefined) {
      return answer(auth);
    }
  }

  test("shows the facts of the first one's check to that one only", async () => {
    const origin = await startHttp({ controllers: [ChainController] });
    const answered = await call(`${origin}/chain`, { headers: issuer.headers({ sub: "alice" }) });
    expect([answered.status, answered.text]).toEqual([200, "none"]);
  });
});
