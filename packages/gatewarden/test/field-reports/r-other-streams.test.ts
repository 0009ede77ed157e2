// Kind R: the answers that went on after their token beside the first ones: streams of Node.js' frameworks, Nest's
// server-sent events and subscriptions, @defer and @stream of GraphQL Yoga (CWE-613).
// https://github.com/nestjs/docs.nestjs.com/issues/2105: Nest hands graphql-ws' options on as they are.
import "reflect-metadata";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type Http2ServerResponse, connect as openHttp2 } from "node:http2";
import { ApolloDriver, type ApolloDriverConfig } from "@nestjs/apollo";
import { Controller, Module, Sse } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { GraphQLModule, Query, Resolver, Subscription } from "@nestjs/graphql";
import express from "express";
import fastify from "fastify";
import { createClient } from "graphql-ws";
import { createSchema, createYoga } from "graphql-yoga";
import Koa from "koa";
import { Observable } from "rxjs";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { protect as protectExpress } from "../../src/adapters/express.js";
import gatewarden from "../../src/adapters/fastify.js";
import { type AuthContext, protectSocket, useAuth } from "../../src/adapters/graphql.js";
import { protect as protectKoa } from "../../src/adapters/koa.js";
import { Auth as AuthParameter, GatewardenModule, Need, Public } from "../../src/adapters/nest.js";
import { createAuthSignal, protect } from "../../src/adapters/node.js";
// Loaded with the first stream otherwise, which may be after the clock was moved.
import "../../src/adapters/_stream.js";
import { type Auth, createGuard, type Guard, permission } from "../../src/index.js";
import { createClock } from "../support/clock.js";
import { type Claims, options, token } from "../support/keys.js";
import { type Listening, listen, listenWith, originOf } from "../support/listen.js";

const running: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

/** A guard whose clock stands still, so that a slow machine lets no token expire before the test does. */
function live() {
  const clock = createClock();
  const guard = createGuard(options({ now: clock.now })) as Guard;
  const bearer = (life: number, claims: Claims = {}) => ({
    authorization: `Bearer ${token({ exp: clock.now() + life, ...claims })}`,
  });
  return { clock, guard, bearer };
}

/** All that comes until the answer ends or breaks off. */
async function readAll(answer: Response): Promise<string> {
  let seen = "";
  try {
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) seen += chunk;
  } catch {
    seen += "(cut)";
  }
  return seen;
}

/** What happened to the streams of a server. */
interface Ends {
  readonly reasons: unknown[];
  readonly signals: AbortSignal[];
}

/** Begins an answer, and ends it when the signal says so. */
function stream(guard: Guard, auth: Auth, response: ServerResponse | Http2ServerResponse, ends: Ends): void {
  const signal = createAuthSignal(guard, auth, response);
  ends.signals.push(signal);
  (response as ServerResponse).write("data: 0\n\n");
  signal.addEventListener("abort", () => {
    ends.reasons.push((signal.reason as { reason?: unknown }).reason);
    response.end();
  });
}

type Start = (guard: Guard, ends: Ends) => Promise<Listening>;

const servers: [string, Start][] = [
  [
    "node:http",
    (guard, ends) => listen(protect(guard, (_request, response, auth) => stream(guard, auth, response, ends)) as never),
  ],
  [
    "Express",
    (guard, ends) => {
      const app = express();
      app.use("/api", protectExpress(guard), (request, response) =>
        stream(guard, request.auth as Auth, response, ends),
      );
      return listen(app);
    },
  ],
  [
    "Koa",
    (guard, ends) => {
      const app = new Koa();
      app.use(protectKoa(guard)).use((context) => {
        context.respond = false;
        context.status = 200;
        stream(guard, context.state["auth"], context.res, ends);
      });
      return listen(app.callback());
    },
  ],
  [
    "Fastify",
    async (guard, ends) => {
      const app = fastify();
      await app.register(gatewarden, { guard, auth: true });
      app.get("/api", (request, reply) => {
        reply.hijack();
        stream(guard, request.auth as Auth, reply.raw, ends);
      });
      await app.listen({ port: 0, host: "127.0.0.1" });
      return { origin: originOf(app.server), close: () => app.close() };
    },
  ],
];

describe.each(servers)("A stream of %s with createAuthSignal", (_name, start) => {
  async function open(life: number, abort?: AbortController) {
    const { clock, guard, bearer } = live();
    const ends: Ends = { reasons: [], signals: [] };
    const { origin, close } = await start(guard, ends);
    running.push({ close });
    const answer = await fetch(`${origin}/api`, { headers: bearer(life), ...(abort && { signal: abort.signal }) });
    return { clock, ends, answer };
  }

  test("ends at exp, with the reason", async () => {
    const { clock, ends, answer } = await open(2);
    clock.advance(10);
    expect(await readAll(answer)).toBe("data: 0\n\n");
    expect(ends.reasons).toEqual(["expired"]);
  });

  test("is left alone once its client is gone", async () => {
    const abort = new AbortController();
    const { ends, answer } = await open(600, abort);
    expect(answer.status).toBe(200);
    expect(ends.signals[0]?.aborted).toBe(false);
    abort.abort();
    await readAll(answer);
    expect(ends.reasons).toEqual([]);
  });
});

test("A stream of node:http2 ends at exp", async () => {
  const { clock, guard, bearer } = live();
  const ends: Ends = { reasons: [], signals: [] };
  const server = createHttp2Server(protect(guard, (_request, response, auth) => stream(guard, auth, response, ends)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = openHttp2(originOf(server));
  running.push({ close: () => server.close() }, { close: () => client.destroy() });
  const request = client.request({ ":path": "/", ...bearer(2) });
  await new Promise((resolve) => request.once("response", resolve));
  clock.advance(10);
  let seen = "";
  for await (const chunk of request) seen += chunk;
  expect([seen, ends.reasons]).toEqual(["data: 0\n\n", ["expired"]]);
});

test("A stream whose client left before the signal was asked for holds nothing", async () => {
  const { clock, guard, bearer } = live();
  let tell: (response: ServerResponse) => void = () => {};
  const closed = new Promise<ServerResponse>((resolve) => {
    tell = resolve;
  });
  const { origin, close } = await listen((_request: IncomingMessage, response: ServerResponse) => {
    response.once("close", () => tell(response));
    response.end();
  });
  running.push({ close });
  const auth = (await guard.check({ method: "GET", url: "/", headers: bearer(1) })) as Auth;
  await fetch(origin);
  const response = await closed;
  const gone = createAuthSignal(guard, auth, response);
  const there = createAuthSignal(
    guard,
    auth,
    Object.create(response, { socket: { value: {} }, destroyed: { value: false } }),
  );
  await import("../../src/adapters/_stream.js");
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(10);
  if (!there.aborted) await new Promise((resolve) => there.addEventListener("abort", resolve));
  expect(there.reason).toMatchObject({ reason: "expired" });
  expect(gone.aborted).toBe(false);
});

describe("Nest", () => {
  async function start(guard: Guard, imports: unknown[], made: { controllers?: never[]; providers?: never[] }) {
    class AppModule {}
    Module({ imports: [GatewardenModule.forRoot({ guard }), ...imports] as never, ...made })(AppModule);
    const app = await NestFactory.create(AppModule, { logger: false });
    await app.listen(0, "127.0.0.1");
    running.push({ close: () => app.close() }, { close: () => app.getHttpServer().closeAllConnections() });
    return originOf(app.getHttpServer());
  }

  const seen = { left: 0, send: [] as ((data: string) => void)[] };

  @Controller()
  class TickController {
    @Sse("ticks")
    ticks(@AuthParameter() auth: AuthParameter) {
      return events(auth.subject ?? "");
    }

    @Need(permission("pay"))
    @Sse("paid")
    paid() {
      return events("paid");
    }

    @Need({ optional: true })
    @Sse("open")
    open() {
      return events("open");
    }

    @Public()
    @Sse("public")
    public() {
      return events("public");
    }
  }

  function events(first: string) {
    return new Observable<{ data: string }>((subscriber) => {
      subscriber.next({ data: first });
      seen.send.push((data) => subscriber.next({ data }));
      return () => void seen.left++;
    });
  }

  async function startTicks() {
    Object.assign(seen, { left: 0, send: [] });
    const { clock, guard, bearer } = live();
    const origin = await start(guard, [], { controllers: [TickController] as never[] });
    return {
      ...{ clock, bearer },
      ask: (path: string, headers: Record<string, string> = {}) => fetch(`${origin}/${path}`, { headers }),
    };
  }

  test("cuts server-sent events at exp, and the handler is told as of a client that left", async () => {
    const { clock, ask, bearer } = await startTicks();
    const answer = await ask("ticks", bearer(2));
    clock.advance(10);
    const text = await readAll(answer);
    expect(text).toContain("data: user|1");
    expect(text).toContain("(cut)");
    await expect.poll(() => seen.left, { timeout: 15_000 }).toBe(1);
    // What the handler sends now reaches nobody, and breaks nothing.
    for (const send of seen.send) send("late");
    expect((await ask("ticks", bearer(2))).status).toBe(200);
    expect(text).not.toContain("late");
  });

  test("goes on with them before, and with those of anonymous clients and of public handlers", async () => {
    const { clock, ask, bearer } = await startTicks();
    const answers = await Promise.all([
      ask("ticks", bearer(600)),
      ask("paid", bearer(600, { permissions: ["pay"] })),
      ask("open"),
      ask("public"),
    ]);
    expect((await ask("paid", bearer(600))).status).toBe(403);
    clock.advance(590);
    for (const send of seen.send) send("later");
    for (const answer of answers) {
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (!text.includes("data: later")) text += (await reader?.read())?.value ?? "(ended)data: later";
      expect(text).not.toContain("(ended)");
      await reader?.cancel();
    }
  });

  @Resolver()
  class TickResolver {
    @Query("me")
    me(@AuthParameter() auth: AuthParameter) {
      return auth.subject;
    }

    @Need(permission("pay"))
    @Query("paid")
    paid() {
      return "paid";
    }

    @Subscription("ticks")
    async *ticks() {
      yield { ticks: 1 };
      await new Promise(() => {});
    }
  }

  async function startGraphql(guard: Guard) {
    const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      typeDefs: "type Query { me: String, paid: String } type Subscription { ticks: Int }",
      playground: false,
      subscriptions: { "graphql-ws": protectSocket(guard) as never },
    });
    return (await start(guard, [graphql], { providers: [TickResolver] as never[] })).replace("http", "ws");
  }

  function open(url: string, query: string, params: object) {
    let tell: (event: unknown) => void = () => {};
    const closed = new Promise((resolve) => {
      tell = resolve;
    });
    const client = createClient({
      url: `${url}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { ...params },
      on: { closed: (event) => tell([(event as CloseEvent).code, (event as CloseEvent).reason]) },
    });
    running.push({ close: () => client.dispose() });
    const results = client.iterate({ query });
    const next = () =>
      results.next().then(
        ({ value }) => value,
        (error: unknown) => ({ error }),
      );
    return { closed, next };
  }

  test("ends subscriptions over graphql-ws with protectSocket, whose token its handlers are checked by", async () => {
    const { clock, guard, bearer } = live();
    const url = await startGraphql(guard);
    expect(await open(url, "{ me }", bearer(600)).next()).toEqual({ data: { me: "user|1" } });
    const { closed, next } = open(url, "subscription { ticks }", bearer(2));
    expect(await next()).toEqual({ data: { ticks: 1 } });
    clock.advance(10);
    expect(await closed).toEqual([4403, "expired"]);
  });

  test("is no way past a need there, nor in without a token", async () => {
    const { guard, bearer } = live();
    const url = await startGraphql(guard);
    expect(await open(url, "{ paid }", bearer(600)).next()).toMatchObject({ data: { paid: null } });
    expect(await open(url, "{ paid }", bearer(600, { permissions: ["pay"] })).next()).toEqual({
      data: { paid: "paid" },
    });
    expect(await open(url, "{ me }", {}).closed).toEqual([4401, "credentials_missing"]);
    // Only what protectSocket has checked counts, whatever a client calls its parameters.
    const forged = { guardRequest: { headers: bearer(600) }, ...bearer(-20) };
    expect(await open(url, "{ me }", forged).closed).toEqual([4403, "expired"]);
  });
});

describe("An answer of GraphQL Yoga in parts", () => {
  const directives = `
    directive @defer(if: Boolean, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
    directive @stream(if: Boolean, label: String, initialCount: Int = 0) on FIELD`;
  const typeDefs = `${directives} type Query { now: Int, later: Int, list: [Int] }`;

  async function start(need?: { optional: true }) {
    const clock = createClock();
    const guard = createGuard(options({ now: clock.now })) as Guard;
    const held: { give: (value: number) => void; isAsked: Promise<void> } = {
      give: () => {},
      isAsked: Promise.resolve(),
    };
    held.isAsked = new Promise((asked) => {
      Object.assign(held, {
        later: () =>
          new Promise<number>((resolve) => {
            held.give = resolve;
            asked();
          }),
      });
    });
    const later = Reflect.get(held, "later") as () => Promise<number>;
    const list = async function* () {
      yield 1;
      yield await later();
    };
    const schema = createSchema<AuthContext<Auth | undefined>>({
      typeDefs,
      resolvers: { Query: { now: () => 1, later, list } } as never,
    });
    const plugins = [need ? useAuth(guard, need) : useAuth(guard)];
    const { origin, close } = await listenWith(
      createServer(createYoga<object, AuthContext<Auth | undefined>>({ schema, plugins, logging: false })),
    );
    running.push({ close });
    const ask = (query: string, isAnonymous = false) => {
      const authorization = `Bearer ${token({ exp: clock.now() + 60 })}`;
      return fetch(`${origin}/graphql`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "multipart/mixed",
          ...(!isAnonymous && { authorization }),
        },
        body: JSON.stringify({ query }),
      });
    };
    return { clock, ask, held };
  }

  const queries = [
    ["@defer", "{ now ... @defer { later } }"],
    ["@stream", "{ list @stream(initialCount: 1) }"],
  ] as const;

  test.each(queries)("by %s ends with the reason once the clock is past exp", async (_name, query) => {
    const { clock, ask, held } = await start();
    const answer = await ask(query);
    const text = readAll(answer);
    await held.isAsked;
    clock.advance(3600);
    held.give(42);
    expect(await text).toContain('"reason":"expired"');
    expect(await text).not.toContain("42");
  });

  test.each(queries)("by %s comes whole before, and to anonymous clients", async (_name, query) => {
    const { clock, ask, held } = await start();
    const text = ask(query).then(readAll);
    await held.isAsked;
    clock.advance(59);
    held.give(42);
    expect(await text).toContain("42");
    const open = await start({ optional: true });
    const other = open.ask(query, true).then(readAll);
    await open.held.isAsked;
    open.clock.advance(3600);
    open.held.give(42);
    expect(await other).toContain("42");
  });
});
