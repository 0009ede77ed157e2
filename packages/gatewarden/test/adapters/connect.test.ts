import type { IncomingMessage, ServerResponse } from "node:http";
import express from "express";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { type ConnectMiddleware, type ProtectOptions, protect, readAuth } from "../../src/adapters/connect.js";
import { type Auth, createGuard, type Guard, type GuardOptions } from "../../src/index.js";
import { guardWith, options, token } from "../support/keys.js";
import { listen } from "../support/listen.js";
import { call } from "../support/request.js";
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

const onRefusal: NonNullable<ProtectOptions["onRefusal"]> = (error, _request, response) => {
  response.setHeader("content-type", "application/json");
  (response as ServerResponse).end(JSON.stringify({ problem: error.reason }));
};

function toMiddlewares({ need, path }: Route, { guard, reshape }: Setting): readonly ConnectMiddleware[] {
  const own = reshape ? protect(guard, { onRefusal, ...toOptions(need) }) : protect(guard, ...need);
  return path === "/twice" ? [protect(guard), own] : [own];
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}

/** As small as such a framework can be: no types but those of node:http. */
function createApp(setting: Setting): (request: IncomingMessage, response: ServerResponse) => void {
  const table = new Map(routes.map((route) => [`${route.method} ${route.path}`, toMiddlewares(route, setting)]));
  return (request, response) => {
    const { method = "", url = "" } = request;
    if (url === "/earlier-challenge") {
      response.setHeader("www-authenticate", earlierChallenge);
      response.setHeader("access-control-expose-headers", earlierExposed);
    }
    const middlewares = table.get(`${method === "HEAD" ? "GET" : method} ${url.split("?")[0]}`) ?? [];
    const answer = async () => {
      const body = method === "POST" ? await readBody(request) : undefined;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(answerOf(readAuth(setting.guard, request), body)));
    };
    const run = (index: number): void => {
      const middleware = middlewares[index];
      if (middleware) middleware(request, response, () => run(index + 1));
      else void answer();
    };
    run(0);
  };
}

describeConformance("gatewarden/connect", { start: (setting) => listen(createApp(setting), setting.tls) });

describe("what fails goes to next, once, and nowhere else:", () => {
  const guards: readonly (readonly [string, GuardOptions])[] = [
    ["at once", {}],
    ["after a wait", { introspection: async () => ({ active: false }) }],
  ];

  /** What `next` was called with, when a refused request goes through the middleware. */
  async function calls(middleware: ConnectMiddleware, begin = (_response: ServerResponse) => {}): Promise<unknown[]> {
    const heard: unknown[] = [];
    const { origin, close } = await listen((request, response) => {
      begin(response);
      middleware(request, response, (error) => {
        heard.push(error);
        if (!response.writableEnded) response.end();
      });
    });
    await call(origin, { headers: { authorization: "Bearer x" } });
    await close();
    return heard;
  }

  const fail = (): never => {
    throw new TypeError("of the application");
  };

  test.each(guards)("an onRefusal that throws, %s", async (_when, changes) => {
    expect(await calls(protect(guardWith(changes), { optional: true, onRefusal: fail }))).toEqual([
      new TypeError("of the application"),
    ]);
  });

  test.each(guards)("an onRefusal that rejects, %s", async (_when, changes) => {
    expect(await calls(protect(guardWith(changes), { optional: true, onRefusal: async () => fail() }))).toEqual([
      new TypeError("of the application"),
    ]);
  });

  test.each(guards)("a refusal after the answer has begun, %s", async (_when, changes) => {
    const heard = await calls(protect(guardWith(changes)), (response) => void response.write("begun"));
    expect(heard).toEqual([expect.objectContaining({ code: "ERR_HTTP_HEADERS_SENT" })]);
  });

  test("a refusal that is answered is not handed to next", async () => {
    expect(await calls(protect(guardWith()))).toEqual([]);
  });
});

describe("readAuth", () => {
  test("is typed by the guard's schema", () => {
    const guard = createGuard({
      issuer: "https://issuer.test/",
      audience: "https://api.test",
      claims: z.object({ plan: z.enum(["free", "pro"]) }),
    });
    expectTypeOf(readAuth(guard, {})).toEqualTypeOf<Auth<{ plan: "free" | "pro" }> | undefined>();
  });

  test("knows nothing of a request that another guard has checked, or none", async () => {
    const [guard, another]: readonly [Guard, Guard] = [createGuard(options()), createGuard(options())];
    const app = express().use(protect(guard, { optional: true }), (request, response) => {
      const all = [readAuth(guard, request), readAuth(another, request), readAuth(guard, {})];
      response.json(all.map((auth) => auth?.subject ?? null));
    });
    const { origin, close } = await listen(app);
    expect((await call(origin, { headers: { authorization: `Bearer ${token()}` } })).json).toEqual([
      "user|1",
      null,
      null,
    ]);
    expect((await call(origin)).json).toEqual([null, null, null]);
    await close();
  });
});
