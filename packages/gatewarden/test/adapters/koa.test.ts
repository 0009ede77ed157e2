import type { IncomingMessage } from "node:http";
import Koa3 from "koa";
// @ts-expect-error: the alias of an older version, whose types are those of Koa 3 as far as they are used here.
import Koa2 from "koa2";
import { describe } from "vitest";
import { type ProtectOptions, protect } from "../../src/adapters/koa.js";
import { AuthError } from "../../src/index.js";
import { listen } from "../support/listen.js";
import {
  answerOf,
  earlierChallenge,
  earlierExposed,
  type Route,
  routes,
  type Setting,
  toOptions,
} from "./_application.js";
import { describeConformance } from "./_conformance.js";

const onRefusal: NonNullable<ProtectOptions["onRefusal"]> = (error) => {
  throw error;
};

const catchRefusals: Koa3.Middleware = async (context, next) => {
  try {
    await next();
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    context.status = error.status;
    context.body = { problem: error.reason };
  }
};

function toMiddleware({ need }: Route, { guard, reshape }: Setting): Koa3.Middleware {
  if (!reshape) return protect(guard, ...need) as Koa3.Middleware;
  return protect(guard, { onRefusal, ...toOptions(need) }) as Koa3.Middleware;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}

function createApp(Koa: typeof Koa3, setting: Setting): Koa3 {
  const app = new Koa();
  const middlewares = new Map(routes.map((route) => [`${route.method} ${route.path}`, toMiddleware(route, setting)]));
  app.use(catchRefusals);
  const twice = protect(setting.guard) as Koa3.Middleware;
  app.use((context, next) => (context.path === "/twice" ? twice(context, next) : next()));
  app.use(async (context, next) => {
    if (context.path === "/earlier-challenge") {
      context.set("www-authenticate", earlierChallenge);
      context.set("access-control-expose-headers", earlierExposed);
    }
    const method = context.method === "HEAD" ? "GET" : context.method;
    await middlewares.get(`${method} ${context.path}`)?.(context as never, next);
  });
  app.use(async (context) => {
    context.body = answerOf(context.state["auth"], context.method === "POST" ? await readBody(context.req) : undefined);
  });
  return app;
}

describe.each([
  ["Koa 3", Koa3],
  ["Koa 2", Koa2 as typeof Koa3],
])("%s", (name, Koa) => {
  describeConformance(`gatewarden/koa with ${name}`, {
    start: (setting) => listen(createApp(Koa, setting).callback(), setting.tls),
  });
});
