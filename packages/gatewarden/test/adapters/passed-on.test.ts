// A refusal that the application passes on: the framework's own error handler answers with status
// and challenge, and keeps what others have set.
import express from "express";
import fastify from "fastify";
import Koa from "koa";
import { afterEach, describe, expect, test, vi } from "vitest";
import { protect as protectConnect } from "../../src/adapters/connect.js";
import { protect as protectExpress } from "../../src/adapters/express.js";
import { gatewarden } from "../../src/adapters/fastify.js";
import { protect as protectKoa } from "../../src/adapters/koa.js";
import { AuthError, createGuard, type Guard, permission } from "../../src/index.js";
import { guardWith, options, refusalOf, token } from "../support/keys.js";
import { type Listening, listen } from "../support/listen.js";

const unavailable = guardWith({
  keys: { jwksUri: "https://issuer.test/jwks" },
  fetch: () => Promise.reject(new TypeError("refused")),
});
const basic = 'Basic realm="old"';
const read = permission("read:a");

type Serve = (guard: Guard<unknown>) => Promise<Listening>;

const open: Listening[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

/** Serves the application, and sends one request. */
async function callOf(serve: Serve, guard: Guard<unknown>, headers: Readonly<Record<string, string>> = {}) {
  const server = await serve(guard);
  open.push(server);
  return fetch(`${server.origin}/`, { headers });
}

const expressApp: Serve = async (guard) => {
  const app = express();
  app.set("env", "test");
  app.use((_request, response, next) => {
    response.setHeader("www-authenticate", basic);
    response.setHeader("access-control-expose-headers", "x-total");
    next();
  });
  app.use(
    protectExpress(guard, { requirement: read, onRefusal: (error, _request, _response, next) => next(error) }),
    (_request, response) => {
      response.send("in");
    },
  );
  return listen(app);
};

const connectApp: Serve = async (guard) => {
  const app = express();
  app.set("env", "test");
  app.use((_request, response, next) => {
    response.setHeader("www-authenticate", basic);
    response.setHeader("access-control-expose-headers", "x-total");
    next();
  });
  app.use(
    protectConnect(guard, { requirement: read, onRefusal: (error, _request, _response, next) => next(error) }),
    (_request, response) => {
      response.send("in");
    },
  );
  return listen(app);
};

const koaApp: Serve = async (guard) => {
  const app = new Koa();
  app.silent = true;
  app.use(async (context, next) => {
    context.set("www-authenticate", basic);
    context.set("access-control-expose-headers", "x-total");
    await next();
  });
  app.use(
    protectKoa(guard, {
      requirement: read,
      onRefusal: (error) => {
        throw error;
      },
    }),
  );
  app.use((context) => {
    context.body = "in";
  });
  return listen(app.callback());
};

const fastifyApp: Serve = async (guard) => {
  const app = fastify();
  app.addHook("onRequest", async (_request, reply) => {
    reply.header("www-authenticate", basic);
    reply.header("access-control-expose-headers", "x-total");
  });
  await app.register(gatewarden, { guard });
  app.get("/", { auth: read }, () => "in");
  await app.ready();
  return listen((request, response) => app.routing(request, response));
};

const apps: readonly (readonly [string, Serve])[] = [
  ["Express", expressApp],
  ["Connect", connectApp],
  ["Koa", koaApp],
  ["Fastify", fastifyApp],
];

const send = (made: string) => ({ authorization: `Bearer ${made}` });

describe.each(apps)("%s answers an error that was passed on", (_name, serve) => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  afterEach(() => expect(unhandled).not.toHaveBeenCalled());

  test("with 401, every challenge once, and the exposed headers of both", async () => {
    const { status, headers } = await callOf(serve, guardWith());
    expect(status).toBe(401);
    expect(headers.get("www-authenticate")).toBe(`${basic}, Bearer realm="api"`);
    expect(headers.get("access-control-expose-headers")).toMatch(/x-total.*www-authenticate/i);
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("with 403 and the scope", async () => {
    const { status, headers } = await callOf(serve, guardWith(), send(token()));
    expect(status).toBe(403);
    expect(headers.get("www-authenticate")).toContain('error="insufficient_scope"');
    expect(headers.get("www-authenticate")).toContain('scope="read:a"');
  });

  test("with 503 and when to come back", async () => {
    const { status, headers } = await callOf(serve, unavailable, send(token()));
    expect(status).toBe(503);
    expect(headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  });

  test("and lets a good token in", async () => {
    const answer = await callOf(serve, guardWith(), send(token({ permissions: ["read:a"] })));
    expect([answer.status, await answer.text()]).toEqual([200, "in"]);
  });
});

describe("The headers of an error", () => {
  test("are absent until the guard has made the answer, and are those of the answer", async () => {
    const guard = guardWith();
    const error = await refusalOf(guard.verify(token(), read));
    expect(error.headers).toBeUndefined();
    const { headers } = guard.refusal(error);
    expect(error.headers).toEqual(headers);
  });

  test("are made by a guard without its options too", () => {
    const guard = createGuard(() => {
      throw new Error("not yet");
    });
    const error = guard.attempt({ method: "GET", url: "/", headers: {} }) as AuthError;
    guard.refusal(error);
    expect(error.headers).toEqual({ "cache-control": "no-store" });
  });

  test("hold no token, and no logger lists them", async () => {
    const guard = createGuard(options());
    const made = token({ sub: "SECRET" });
    const error = await refusalOf(guard.verify(made, read));
    guard.refusal(error);
    expect(JSON.stringify(error.headers)).not.toContain("SECRET");
    expect(JSON.stringify(error.headers)).not.toContain(made.split(".")[2]);
    const listed: string[] = [];
    for (const name in error) listed.push(name);
    expect(listed).not.toContain("headers");
    expect(Object.keys(error)).not.toContain("headers");
  });

  test("may be replaced, as CORS middleware does, and the status may not", () => {
    const error = new AuthError("expired");
    guardWith().refusal(error);
    error.headers = { ...error.headers, "access-control-allow-origin": "https://app.test" };
    error.status = 200;
    expect(error.headers).toMatchObject({
      "access-control-allow-origin": "https://app.test",
      "cache-control": "no-store",
    });
    expect([error.status, error.statusCode]).toEqual([401, 401]);
  });
});
