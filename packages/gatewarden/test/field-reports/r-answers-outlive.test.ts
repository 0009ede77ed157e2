// Kind R: answers that go on after their token: GraphQL over server-sent events and over graphql-ws, tRPC, streams of fetch (CWE-613).
// https://github.com/aerogear/keycloak-connect-graphql/issues/124, https://github.com/enisdenjo/graphql-ws/discussions/559
import { createServer } from "node:http";
import { initTRPC } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { createClient } from "graphql-ws";
import { useServer } from "graphql-ws/use/ws";
import { createSchema, createYoga } from "graphql-yoga";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createAuthSignal, protect } from "../../src/adapters/fetch.js";
import {
  type AuthContext,
  protectField,
  protectSocket,
  type SocketOptions,
  useAuth,
} from "../../src/adapters/graphql.js";
import {
  createAuthContext as createTrpcContext,
  protect as protectCall,
  type AuthContext as TrpcContext,
} from "../../src/adapters/trpc.js";
import { type Auth, createGuard, type Guard, type GuardOptions, permission } from "../../src/index.js";
import { createClock } from "../support/clock.js";
import { type Claims, options, token } from "../support/keys.js";
import { listen, listenWith } from "../support/listen.js";

const running: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

const typeDefs = "type Query { me: String } type Subscription { ticks: Int, paid: Int, forever: Int }";
/** As Yoga's documentation for graphql-ws has it. */
interface Enveloped {
  readonly enveloped: { execute(args: object): never; subscribe(args: object): never };
}
type Context = AuthContext<Auth | undefined>;

/** Ticks are given out by hand. `left` counts sources that were returned from. */
function createSource() {
  const waiting: ((count: number) => void)[] = [];
  const source = { count: 0, left: 0, give };
  function give(): void {
    source.count++;
    for (const tell of waiting.splice(0)) tell(source.count);
  }
  async function* ticks() {
    try {
      yield { ticks: 0, paid: 0 };
      while (true) {
        const count = await new Promise<number>((resolve) => waiting.push(resolve));
        yield { ticks: count, paid: count };
      }
    } finally {
      source.left++;
    }
  }
  const isAskedFor = async () => {
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  return Object.assign(source, { ticks, isAskedFor });
}

function createTicks(guard: Guard) {
  const source = createSource();
  const resolvers = {
    Query: { me: (_source: unknown, _args: unknown, { auth }: Context) => auth?.subject ?? null },
    Subscription: {
      ticks: { subscribe: source.ticks },
      paid: {
        subscribe: source.ticks,
        resolve: protectField(guard, permission("pay"), (event: { paid: number }) => event.paid),
      },
    },
  };
  return { source, schema: createSchema<Context>({ typeDefs, resolvers: resolvers as never }) };
}

describe("A subscription over server-sent events", () => {
  async function start(changes: GuardOptions = {}, need?: { optional: true }) {
    const clock = createClock();
    const guard = createGuard(options({ now: clock.now, ...changes })) as Guard;
    const { source, schema } = createTicks(guard);
    const plugins = [need ? useAuth(guard, need) : useAuth(guard)];
    const { origin, close } = await listen(createYoga<object, Context>({ schema, plugins, logging: false }));
    running.push({ close });
    const open = async (claims: Claims | undefined, abort = new AbortController()) => {
      const headers = {
        ...(claims && { authorization: `Bearer ${token({ exp: clock.now() + 60, ...claims })}` }),
        "content-type": "application/json",
        accept: "text/event-stream",
      };
      const body = JSON.stringify({ query: "subscription { ticks }" });
      const answer = await fetch(`${origin}/graphql`, { method: "POST", headers, body, signal: abort.signal });
      return readEvents(answer);
    };
    return { clock, source, open };
  }

  test("goes on while its token counts", async () => {
    const { clock, source, open } = await start();
    const events = await open({});
    expect(await events.next()).toEqual({ data: { ticks: 0 } });
    clock.advance(59);
    await source.isAskedFor();
    source.give();
    expect(await events.next()).toEqual({ data: { ticks: 1 } });
    await events.cancel();
  });

  test("ends with the reason once the clock is past exp, and lets go of its source", async () => {
    const { clock, source, open } = await start();
    const events = await open({});
    expect(await events.next()).toEqual({ data: { ticks: 0 } });
    await source.isAskedFor();
    clock.advance(3600);
    source.give();
    const last = { errors: [expect.objectContaining({ extensions: { code: "UNAUTHENTICATED", reason: "expired" } })] };
    expect(await events.next()).toEqual(last);
    expect(await events.next()).toBeUndefined();
    expect(source.left).toBe(1);
  });

  test("ends by itself where no event comes", async () => {
    const { open } = await start({ now: () => Date.now() / 1000 });
    const now = Math.floor(Date.now() / 1000);
    const events = await open({ iat: now - 10, exp: now + 2 });
    expect(await events.next()).toEqual({ data: { ticks: 0 } });
    expect(await events.next()).toMatchObject({ errors: [{ extensions: { reason: "expired" } }] });
    expect(await events.next()).toBeUndefined();
  });

  test("ends when its client goes, and lets go of its source although that gives nothing", async () => {
    const { source, open } = await start();
    const events = await open({});
    expect(await events.next()).toEqual({ data: { ticks: 0 } });
    await source.isAskedFor();
    await events.cancel();
    while (source.left === 0) {
      source.give();
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  test("of an anonymous client goes on", async () => {
    const { clock, source, open } = await start({}, { optional: true });
    const events = await open(undefined);
    expect(await events.next()).toEqual({ data: { ticks: 0 } });
    await source.isAskedFor();
    clock.advance(3600);
    source.give();
    expect(await events.next()).toEqual({ data: { ticks: 1 } });
    await events.cancel();
  });
});

/** The data of server-sent events, one after the other; undefined at the end. */
function readEvents(answer: Response) {
  if (!answer.body) throw new Error(`There is no stream: ${answer.status}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const next = async (): Promise<unknown> => {
    const found = /^data: (\{.*\})\n/m.exec(rest);
    if (found) {
      rest = rest.slice(found.index + found[0].length);
      return JSON.parse(found[1] ?? "");
    }
    const { done, value = "" } = await reader.read();
    if (done) return undefined;
    rest += value;
    return next();
  };
  return { next, cancel: () => reader.cancel() };
}

describe("A connection of graphql-ws", () => {
  async function start(changes: GuardOptions = {}, need?: SocketOptions) {
    const clock = createClock();
    const guard = createGuard(options({ now: clock.now, ...changes })) as Guard;
    const { source, schema } = createTicks(guard);
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    useServer({ schema, ...(need ? protectSocket(guard, need) : protectSocket(guard)) }, sockets);
    const { origin, close } = await listenWith(server);
    running.push({ close: () => Promise.all([...sockets.clients].map((one) => one.terminate())).then(close) });
    return { clock, source, guard, url: origin.replace("http", "ws") };
  }

  interface Opened {
    readonly results: () => Promise<unknown>;
    readonly closed: Promise<{ code: number; reason: string }>;
  }

  function open(
    url: string,
    query: string,
    given: { params?: unknown; headers?: Record<string, string>; retryAttempts?: number } = {},
  ): Opened {
    const { params, headers = {}, retryAttempts = 0 } = given;
    class Socket extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, { headers });
      }
    }
    let close: (event: { code: number; reason: string }) => void = () => {};
    const closed = new Promise<{ code: number; reason: string }>((resolve) => {
      close = resolve;
    });
    const client = createClient({
      url,
      webSocketImpl: Socket,
      retryAttempts,
      retryWait: async () => {},
      ...(params !== undefined && { connectionParams: params as never }),
      on: { closed: (event) => close({ code: (event as CloseEvent).code, reason: (event as CloseEvent).reason }) },
    });
    running.push({ close: () => client.dispose() });
    const results = client.iterate({ query });
    return {
      closed,
      results: () =>
        results.next().then(
          ({ value }) => value,
          (error: unknown) => ({ error }),
        ),
    };
  }

  const bearer = (claims: Claims, now: number) => token({ exp: now + 60, ...claims });

  test.each<[string, (token: string) => object]>([
    ["the token of its parameters", (one) => ({ params: { token: one } })],
    ["authorization in its parameters", (one) => ({ params: { authorization: `Bearer ${one}` } })],
    ["Authorization in its parameters", (one) => ({ params: { Authorization: `Bearer ${one}`, other: 1 } })],
    ["the header of its upgrade", (one) => ({ headers: { authorization: `Bearer ${one}` } })],
    [
      "the header, with empty parameters",
      (one) => ({ headers: { authorization: `Bearer ${one}` }, params: { token: null } }),
    ],
  ])("gets in with %s", async (_name, give) => {
    const { clock, url } = await start();
    const { results } = open(url, "{ me }", give(bearer({}, clock.now())));
    expect(await results()).toEqual({ data: { me: "user|1" } });
  });

  test("gets in anonymously where the token is optional", async () => {
    const { url } = await start({}, { optional: true });
    expect(await open(url, "{ me }").results()).toEqual({ data: { me: null } });
  });

  test.each<[string, (token: string) => object, number, string]>([
    ["without a token", () => ({}), 4401, "credentials_missing"],
    ["with a bad token", (one) => ({ params: { token: `${one.slice(0, -4)}AAAA` } }), 4401, "signature_invalid"],
    ["with an expired token", () => ({ params: { token: token({ exp: 1, iat: 0 }) } }), 4403, "expired"],
    [
      "with a token that is not a string",
      () => ({ params: { token: { toString: () => "x" } } }),
      4400,
      "credentials_malformed",
    ],
    [
      "with two tokens",
      (one) => ({ params: { token: one, authorization: `Bearer ${one}` } }),
      4400,
      "credentials_multiple",
    ],
    [
      "with one in two places",
      (one) => ({ params: { token: one }, headers: { authorization: `Bearer ${one}` } }),
      4400,
      "credentials_multiple",
    ],
    [
      "with a token for other things",
      (one) => ({ params: { authorization: `Basic ${one}` } }),
      4401,
      "scheme_unsupported",
    ],
  ])("is closed with code and reason %s", async (_name, give, code, reason) => {
    const { clock, url } = await start();
    const { closed, results } = open(url, "{ me }", give(bearer({}, clock.now())));
    expect(await closed).toEqual({ code, reason });
    expect(await results()).toMatchObject({ error: { code } });
  });

  test("is closed with 4403 where its token grants too little", async () => {
    const { clock, url } = await start({}, { requirement: permission("pay") });
    const { closed } = open(url, "{ me }", { params: { token: bearer({}, clock.now()) } });
    expect(await closed).toEqual({ code: 4403, reason: "permission_missing" });
  });

  test("is closed with 1013 while the deny list cannot be asked", async () => {
    const { clock, url } = await start({ revocation: { isRevoked: () => Promise.reject(new Error("down")) } });
    const { closed } = open(url, "{ me }", { params: { token: bearer({}, clock.now()) } });
    expect(await closed).toEqual({ code: 1013, reason: "revocation_unavailable" });
  });

  test("goes on while its token counts, and sends nothing after exp", async () => {
    const { clock, source, url } = await start();
    const { results, closed } = open(url, "subscription { ticks }", { params: { token: bearer({}, clock.now()) } });
    expect(await results()).toEqual({ data: { ticks: 0 } });
    clock.advance(59);
    await source.isAskedFor();
    source.give();
    expect(await results()).toEqual({ data: { ticks: 1 } });
    await source.isAskedFor();
    clock.advance(3600);
    source.give();
    expect(await closed).toEqual({ code: 4403, reason: "expired" });
    expect(await results()).toMatchObject({ error: { code: 4403 } });
  });

  test("runs no operation after exp", async () => {
    const { clock, source, url } = await start();
    const socket = new WebSocket(url, "graphql-transport-ws");
    const messages: string[] = [];
    socket.on("message", (data) => messages.push(String(data)));
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send(JSON.stringify({ type: "connection_init", payload: { token: bearer({}, clock.now()) } }));
    await new Promise((resolve) => socket.once("message", resolve));
    clock.advance(3600);
    const closed = new Promise((resolve) => socket.once("close", (code, reason) => resolve([code, String(reason)])));
    socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: "subscription { ticks }" } }));
    expect(await closed).toEqual([4403, "expired"]);
    expect(messages).toEqual(['{"type":"connection_ack"}']);
    expect(source.left).toBe(0);
  });

  test("ends by itself at exp, and its client comes again with a new token", async () => {
    const now = Math.floor(Date.now() / 1000);
    const { url, source } = await start({ now: () => Date.now() / 1000 });
    const lives = [2, 600];
    const asked: number[] = [];
    const params = () => {
      const life = lives.shift() ?? 600;
      asked.push(life);
      return { token: token({ iat: now - 10, exp: now + life }) };
    };
    const { results, closed } = open(url, "subscription { ticks }", { params, retryAttempts: 5 });
    expect(await results()).toEqual({ data: { ticks: 0 } });
    expect(await closed).toEqual({ code: 4403, reason: "expired" });
    // The same operation, over the next connection.
    expect(await results()).toEqual({ data: { ticks: 0 } });
    expect(asked).toEqual([2, 600]);
    source.give();
  });

  test("is no way past the need of a field", async () => {
    const { clock, url } = await start();
    const { results } = open(url, "subscription { paid }", { params: { token: bearer({}, clock.now()) } });
    expect(await results()).toMatchObject({ errors: [{ extensions: { reason: "permission_missing" } }] });
    const paying = open(url, "subscription { paid }", {
      params: { token: bearer({ permissions: ["pay"] }, clock.now()) },
    });
    expect(await paying.results()).toEqual({ data: { paid: 0 } });
  });

  test("goes with GraphQL Yoga, whose useAuth keeps to what the connection proved", async () => {
    const clock = createClock();
    const guard = createGuard(options({ now: clock.now })) as Guard;
    const { source, schema } = createTicks(guard);
    const yoga = createYoga<object, Context>({ schema, plugins: [useAuth(guard)], logging: false });
    const server = createServer(yoga);
    const sockets = new WebSocketServer({ server });
    const hooks = protectSocket(guard);
    useServer(
      {
        ...hooks,
        execute: (args) => (args as unknown as Enveloped).enveloped.execute(args),
        subscribe: (args) => (args as unknown as Enveloped).enveloped.subscribe(args),
        onSubscribe: async (connection, _id, payload) => {
          const refused = hooks.onSubscribe(connection);
          if (refused) return refused;
          const enveloped = yoga.getEnveloped({ ...hooks.context(connection), params: payload });
          const document = enveloped.parse(payload.query);
          const contextValue = await enveloped.contextFactory();
          return { schema: enveloped.schema, document, contextValue, enveloped } as never;
        },
      },
      sockets,
    );
    const { origin, close } = await listenWith(server);
    running.push({ close: () => Promise.all([...sockets.clients].map((one) => one.terminate())).then(close) });
    const url = origin.replace("http", "ws");
    const params = { token: bearer({ sub: "alice" }, clock.now()) };
    expect(await open(url, "{ me }", { params }).results()).toEqual({ data: { me: "alice" } });
    const { results, closed } = open(url, "subscription { ticks }", { params });
    expect(await results()).toEqual({ data: { ticks: 0 } });
    await source.isAskedFor();
    clock.advance(3600);
    source.give();
    expect(await closed).toEqual({ code: 4403, reason: "expired" });
  });

  test("has auth in its context, typed by the need", () => {
    const guard = createGuard(options()) as Guard;
    expectTypeOf(protectSocket(guard).context).returns.toEqualTypeOf<AuthContext<Auth>>();
    expectTypeOf(protectSocket(guard, { optional: true }).context).returns.toEqualTypeOf<
      AuthContext<Auth | undefined>
    >();
    expect(() => protectSocket(guard, { optinal: true } as never)).toThrow(/optinal/);
  });
});

describe("A subscription of tRPC", () => {
  async function start() {
    const clock = createClock();
    const guard = createGuard(options({ now: clock.now })) as Guard;
    const source = createSource();
    const t = initTRPC.context<TrpcContext>().create();
    const subscribe = async function* () {
      for await (const { ticks } of source.ticks()) yield ticks;
    };
    const router = t.router({
      ticks: t.procedure.use(protectCall(guard)).subscription(subscribe),
      open: t.procedure.use(protectCall(guard, { optional: true })).subscription(subscribe),
    });
    const handler = createHTTPHandler({ router, createContext: ({ req }) => createTrpcContext(req) });
    const { origin, close } = await listen(handler);
    running.push({ close });
    const open = async (path: string, claims?: Claims) => {
      const authorization = claims && `Bearer ${token({ exp: clock.now() + 60, ...claims })}`;
      const headers = { accept: "text/event-stream", ...(authorization && { authorization }) };
      return readLines(await fetch(`${origin}/${path}`, { headers }));
    };
    return { clock, source, open };
  }

  test("goes on while its token counts, and ends with the error after exp", async () => {
    const { clock, source, open } = await start();
    const lines = await open("ticks", {});
    expect(await lines.next("data: 0")).toBe(true);
    clock.advance(59);
    await source.isAskedFor();
    source.give();
    expect(await lines.next("data: 1")).toBe(true);
    await source.isAskedFor();
    clock.advance(3600);
    source.give();
    expect(await lines.next("UNAUTHORIZED")).toBe(true);
    expect(await lines.next("data: 2")).toBe(false);
    expect(source.left).toBe(1);
  });

  test("of an anonymous client goes on", async () => {
    const { clock, source, open } = await start();
    const lines = await open("open");
    expect(await lines.next("data: 0")).toBe(true);
    await source.isAskedFor();
    clock.advance(3600);
    source.give();
    expect(await lines.next("data: 1")).toBe(true);
    await lines.cancel();
  });
});

/** Whether the text comes before the end. */
function readLines(answer: Response) {
  if (!answer.body) throw new Error(`There is no stream: ${answer.status}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  const next = async (text: string): Promise<boolean> => {
    if (seen.includes(text)) return true;
    const { done, value = "" } = await reader.read();
    seen += value;
    return done ? false : next(text);
  };
  return { next, cancel: () => reader.cancel() };
}

describe("A stream of gatewarden/fetch", () => {
  /** Server-sent events until the signal aborts. */
  function createHandler(guard: Guard, abort = new AbortController()) {
    const stop: { signal?: AbortSignal } = {};
    const handler = protect(guard, (request, auth) => {
      const signal = createAuthSignal(guard, auth, request);
      stop.signal = signal;
      const body = new ReadableStream({
        start: (controller) => {
          controller.enqueue("data: 0\n\n");
          signal.addEventListener("abort", () => controller.close());
        },
      });
      return new Response(body.pipeThrough(new TextEncoderStream()));
    });
    return { handler, stop, abort };
  }

  const ask = (exp: number, signal?: AbortSignal) => {
    const headers = { authorization: `Bearer ${token({ iat: exp - 100, exp })}` };
    return new Request("https://api.test/", { headers, ...(signal && { signal }) });
  };

  test("ends when the signal aborts, with the reason", async () => {
    const guard = createGuard(options({ now: () => Date.now() / 1000 })) as Guard;
    const { handler, stop } = createHandler(guard);
    const answer = await handler(ask(Math.floor(Date.now() / 1000) + 2));
    expect(await answer.text()).toBe("data: 0\n\n");
    expect(stop.signal?.reason).toMatchObject({ name: "AuthError", reason: "expired" });
  });

  test("goes on before, and is left alone once its client is gone", async () => {
    const abort = new AbortController();
    const clock = createClock();
    const { handler, stop } = createHandler(createGuard(options({ now: clock.now })) as Guard);
    const answer = await handler(ask(clock.now() + 60, abort.signal));
    const { next, cancel } = readLines(answer);
    expect(await next("data: 0")).toBe(true);
    expect(stop.signal?.aborted).toBe(false);
    abort.abort();
    await cancel().catch(() => undefined);
    expect(stop.signal?.aborted).toBe(false);
  });
});
