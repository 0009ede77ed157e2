// One table for all hosts: each mounts the endpoints of `gatewarden/logout` in one line, and is
// asked the same questions over real sockets.
import "reflect-metadata";
import { createServer as createHttp2Server } from "node:http2";
import { parse as parseQuery } from "node:querystring";
import { type MiddlewareConsumer, Module, type NestModule } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { Elysia } from "elysia";
import express from "express";
// @ts-expect-error: no types of version 4 under this name.
import express4 from "express4";
import Fastify from "fastify";
import { H3 } from "h3";
import { Hono } from "hono";
import Koa from "koa";
// @ts-expect-error: no types of version 2 under this name.
import Koa2 from "koa2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as connectAdapter from "../../src/adapters/connect.js";
import * as expressAdapter from "../../src/adapters/express.js";
import fastifyPlugin, * as fastifyAdapter from "../../src/adapters/fastify.js";
import * as fetchAdapter from "../../src/adapters/fetch.js";
import * as honoAdapter from "../../src/adapters/hono.js";
import * as koaAdapter from "../../src/adapters/koa.js";
import * as lambdaAdapter from "../../src/adapters/lambda.js";
import * as nestAdapter from "../../src/adapters/nest.js";
import * as nodeAdapter from "../../src/adapters/node.js";
import { createGuard, createRevocationList, permission } from "../../src/index.js";
import { createCutOffEndpoint, createLogoutEndpoint, type Endpoint } from "../../src/logout/logout.js";
import { clientId, formHeaders, logoutToken, toForm } from "../logout/_logout-token.js";
import { createClock } from "../support/clock.js";
import { options, token, verdict } from "../support/keys.js";
import { type Listening, listen, listenWith, originOf } from "../support/listen.js";
import { listenFetch } from "../support/listen-fetch.js";
import { call } from "../support/request.js";
import { readSent, type Sender, toEvent, writeResult } from "./_lambda-gateway.js";

const clock = createClock();
const list = createRevocationList({ now: clock.now });
const guard = createGuard(options({ revocation: list, now: clock.now }));
const logout = createLogoutEndpoint(guard, { clientId, revocations: list, ends: "session" });
const requirement = permission("revoke:tokens");
const cutOff = createCutOffEndpoint(guard, { requirement, revocations: list, audit: () => undefined, perMinute: 600 });
const endpoints: Readonly<Record<string, Endpoint>> = { "/logout": logout, "/cut-off": cutOff };
const paths = Object.entries(endpoints);

function pick(url = ""): Endpoint | undefined {
  return endpoints[new URL(url, "http://localhost").pathname];
}

type ExpressLike = typeof express;
const mountExpress = (make: ExpressLike, adapt: (app: ReturnType<ExpressLike>) => void) => () => {
  const app = make();
  adapt(app);
  for (const [path, endpoint] of paths) app.all(path, expressAdapter.serveEndpoint(endpoint));
  app.use(expressAdapter.protect(guard));
  return listen(app as never);
};
const parseBodies = (app: ReturnType<ExpressLike>) => {
  app.use(express.json());
  app.use(express.urlencoded({ extended: true }));
};

const mountKoa = (make: typeof Koa, parses: boolean) => () => {
  const app = new make();
  app.silent = true;
  app.use(async (context, next) => {
    if (parses) await parseKoaBody(context as never);
    const endpoint = pick(context.url);
    if (endpoint) await koaAdapter.serveEndpoint(endpoint)(context as never);
    else await next();
  });
  app.use(koaAdapter.protect(guard) as never);
  return listen(app.callback() as never);
};

/** As body parsers for Koa do. */
async function parseKoaBody(context: Koa.Context): Promise<void> {
  let text = "";
  for await (const chunk of context.req) text += chunk;
  const isForm = context.is("urlencoded") !== false;
  const parsed = isForm ? parseQuery(text) : context.is("json") ? JSON.parse(text) : text;
  Object.assign(context.request, { body: parsed });
}

async function mountFastify(): Promise<Listening> {
  const app = Fastify();
  // Every route needs a token, unless it says otherwise.
  await app.register(fastifyPlugin, { guard, auth: true });
  for (const [path, endpoint] of paths) await app.register(fastifyAdapter.serveEndpoint(endpoint, path));
  app.get("/own", () => "own");
  app.post("/json", ({ body }) => body);
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { origin: originOf(app.server), close: () => app.close() };
}

const mountHono = (parses: boolean) => () => {
  const app = new Hono();
  if (parses) {
    app.use(async (context, next) => {
      await context.req.text();
      return next();
    });
  }
  for (const [path, endpoint] of paths) app.all(path, honoAdapter.serveEndpoint(endpoint));
  app.use(honoAdapter.protect(guard));
  return listenFetch(app.fetch);
};

const mountNest = (mount: "app.use" | "consumer") => async () => {
  class AppModule implements NestModule {
    configure(consumer: MiddlewareConsumer) {
      if (mount === "app.use") return;
      for (const [path, endpoint] of paths) {
        consumer.apply(nestAdapter.serveEndpoint(endpoint)).forRoutes(path.slice(1));
      }
    }
  }
  Module({ imports: [nestAdapter.GatewardenModule.forRoot({ guard })] })(AppModule);
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: false });
  if (mount === "app.use") for (const [path, endpoint] of paths) app.use(path, nestAdapter.serveEndpoint(endpoint));
  await app.listen(0, "127.0.0.1");
  return { origin: originOf(app.getHttpServer()), close: () => app.close() };
};

const mountLambda = (sender: Sender) => () =>
  listen(async (request, response) => {
    const endpoint = pick(request.url);
    if (!endpoint) return void response.writeHead(404).end();
    const handler = lambdaAdapter.serveEndpoint(endpoint);
    try {
      writeResult(sender, await handler(toEvent(sender, await readSent(request))), response);
    } catch {
      response.writeHead(502).end();
    }
  });

const fetchHandler = (request: Request) => {
  const endpoint = pick(request.url);
  return endpoint ? fetchAdapter.serveEndpoint(endpoint)(request) : new Response(null, { status: 404 });
};

const hosts: Readonly<Record<string, () => Promise<Listening> | Listening>> = {
  "Express 5": mountExpress(express, () => undefined),
  "Express 5 behind body parsers": mountExpress(express, parseBodies),
  "Express 4": mountExpress(express4 as never, () => undefined),
  "Express 4 behind body parsers": mountExpress(express4 as never, parseBodies),
  "Express 5 behind a parser of text": mountExpress(express, (app) => app.use(express.text({ type: "*/*" }))),
  "Express 5 behind a parser of bytes": mountExpress(express, (app) => app.use(express.raw({ type: "*/*" }))),
  Fastify: mountFastify,
  Hono: mountHono(false),
  "Hono behind a reader of the body": mountHono(true),
  "Koa 3": mountKoa(Koa, false),
  "Koa 3 behind a body parser": mountKoa(Koa, true),
  "Koa 2": mountKoa(Koa2 as never, false),
  "node:http": () =>
    listen((request, response) => {
      const endpoint = pick(request.url);
      if (endpoint) nodeAdapter.serveEndpoint(endpoint)(request, response);
      else response.writeHead(404).end();
    }),
  Connect: () =>
    listen((request, response) => {
      const endpoint = pick(request.url);
      if (endpoint) connectAdapter.serveEndpoint(endpoint)(request, response);
      else response.writeHead(404).end();
    }),
  "fetch (Next.js, Workers, Deno, Bun)": () => listenFetch(fetchHandler),
  Elysia: () => {
    const app = new Elysia();
    for (const [path, endpoint] of paths) {
      app.all(path, ({ request }) => fetchAdapter.serveEndpoint(endpoint)(request), { parse: "none" });
    }
    return listenFetch((request) => app.handle(request));
  },
  h3: () => {
    const app = new H3();
    for (const [path, endpoint] of paths) app.all(path, (event) => fetchAdapter.serveEndpoint(endpoint)(event.req));
    return listenFetch((request) => app.fetch(request));
  },
  "Nest, app.use": mountNest("app.use"),
  "Nest, consumer": mountNest("consumer"),
  "Lambda, REST API": mountLambda("rest"),
  "Lambda, HTTP API": mountLambda("http"),
  "Lambda, load balancer": mountLambda("alb"),
  "Lambda, load balancer with lists": mountLambda("alb-multi"),
};

/** Hosts whose own parser reads the body first. */
const parsing = [
  ...["Express 5 behind body parsers", "Express 4 behind body parsers", "Express 5 behind a parser of text"],
  ...["Express 5 behind a parser of bytes", "Koa 3 behind a body parser", "Nest, consumer"],
];

let count = 0;
/** A session that no other test ends. */
const newSession = () => `session-${++count}`;
const toLogout = (sid: string) => logoutToken({ sid, jti: sid });
const operator = () => token({ sub: "operator|1", permissions: ["revoke:tokens"] });
const jsonHeaders = { "content-type": "application/json" };

describe.each(Object.entries(hosts))("%s", (name, mount) => {
  let server: Listening;
  beforeAll(async () => {
    server = await mount();
  });
  afterAll(() => server.close());

  const postLogout = (body: string, headers: Record<string, string> = formHeaders) =>
    call(`${server.origin}/logout`, { method: "POST", headers, body });
  const postCutOff = (body: object, bearer: string | undefined) =>
    call(`${server.origin}/cut-off`, {
      method: "POST",
      headers: { ...jsonHeaders, ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }) },
      body: JSON.stringify(body),
    });

  test("carries out a logout without an access token, and the guard refuses the session", async () => {
    const sid = newSession();
    const answer = await postLogout(toForm(toLogout(sid)));
    expect([answer.status, answer.text, answer.headers["cache-control"]]).toEqual([200, "", "no-store"]);
    expect(await verdict(guard, token({ sid }))).toBe("token_revoked");
  });

  test("answers an invalid logout token with 400 and JSON", async () => {
    const answer = await postLogout(toForm(logoutToken({ aud: "other" })));
    expect([answer.status, answer.json.error]).toEqual([400, "invalid_request"]);
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.json.error_description).toContain("audience_mismatch");
  });

  test("answers two logout tokens, and another media type, with 400", async () => {
    const [one, other] = [toForm(toLogout(newSession())), toForm(toLogout(newSession()))];
    expect((await postLogout(`${one}&${other}`)).status).toBe(400);
    const json = JSON.stringify({ logout_token: toLogout(newSession()) });
    expect((await postLogout(json, jsonHeaders)).status).toBe(400);
  });

  test("refuses a body that is too large, however good its beginning, and answers all the same", async () => {
    const answer = await postLogout(`${toForm(toLogout(newSession()))}&pad=${"x".repeat(60_000)}`);
    // A parser of the application has its own bound, which this body keeps.
    const isParsed = parsing.includes(name);
    expect([answer.status, answer.text.includes("too large")]).toEqual(isParsed ? [200, false] : [400, true]);
    expect((await postLogout(toForm(toLogout(newSession())))).status).toBe(200);
  });

  test("answers GET with 405", async () => {
    const answer = await call(`${server.origin}/logout`);
    expect([answer.status, answer.headers["allow"]]).toEqual([405, "POST"]);
  });

  test("cuts off a session for an operator, and for no one else", async () => {
    const sid = newSession();
    const body = { sid, reason: "stolen" };
    const anonymous = await postCutOff(body, undefined);
    expect(anonymous.status).toBe(401);
    expect(anonymous.challenge).toContain("Bearer");
    expect((await postCutOff(body, token())).status).toBe(403);
    expect(await verdict(guard, token({ sid }))).toBe("accepted");
    const answer = await postCutOff(body, operator());
    expect([answer.status, answer.json]).toEqual([200, {}]);
    expect(await verdict(guard, token({ sid }))).toBe("token_revoked");
  });
});

describe("Fastify, beside the endpoint,", () => {
  test("still guards its other routes and parses their bodies", async () => {
    const server = await mountFastify();
    expect((await call(`${server.origin}/own`)).status).toBe(401);
    const headers = { ...jsonHeaders, authorization: `Bearer ${token()}` };
    const answer = await call(`${server.origin}/json`, { method: "POST", headers, body: '{"a":1}' });
    expect(answer.json).toEqual({ a: 1 });
    await server.close();
  });
});

describe("HTTP/2", () => {
  test("carries out a logout over cleartext HTTP/2", async () => {
    const { connect } = await import("node:http2");
    const server = createHttp2Server((request, response) => nodeAdapter.serveEndpoint(logout)(request, response));
    const { origin, close } = await listenWith(
      Object.assign(server, { closeAllConnections: () => undefined }) as never,
    );
    const session = connect(origin);
    const send = (body: string) =>
      new Promise<number>((resolve, reject) => {
        const stream = session.request({ ":method": "POST", ":path": "/logout", ...formHeaders });
        stream.on("response", (headers) => resolve(Number(headers[":status"])));
        stream.on("error", reject);
        stream.end(body);
      });
    expect(await send(toForm(toLogout(newSession())))).toBe(200);
    expect(await send(`logout_token=${"x".repeat(60_000)}`)).toBe(400);
    session.destroy();
    await close();
  });
});

describe("node:http", () => {
  test("answers 500, and no word of it, when an endpoint of the application rejects", async () => {
    const broken: Endpoint = { handle: () => Promise.reject(new Error("a secret")) };
    const server = await listen(nodeAdapter.serveEndpoint(broken) as never);
    const answer = await call(server.origin, { method: "POST" });
    expect([answer.status, answer.text]).toEqual([500, ""]);
    await server.close();
  });

  test("serves a request that ends in the middle of its body, and lives on", async () => {
    const server = await listen(nodeAdapter.serveEndpoint(logout) as never);
    const { connect } = await import("node:net");
    const { port, hostname } = new URL(server.origin);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          "POST /logout HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nlog",
        );
        setImmediate(() => socket.destroy());
      });
      socket.on("close", () => resolve());
    });
    const body = toForm(toLogout(newSession()));
    expect((await call(`${server.origin}/logout`, { method: "POST", headers: formHeaders, body })).status).toBe(200);
    await server.close();
  });
});
