// `createProtect`: a `protect` that knows its guard, and answers refused requests as it was told once.
import { createServer } from "node:http";
import express from "express";
import Koa from "koa";
import { afterEach, describe, expect, expectTypeOf, test } from "vitest";
import { createProtect as connect } from "../../src/adapters/connect.js";
import { createProtect as forExpress } from "../../src/adapters/express.js";
import { createProtect as forFetch } from "../../src/adapters/fetch.js";
import { createProtect as forKoa } from "../../src/adapters/koa.js";
import { createProtect as forLambda } from "../../src/adapters/lambda.js";
import { createProtect as forNode } from "../../src/adapters/node.js";
import { type Auth, type AuthError, ConfigError, permission } from "../../src/index.js";
import { guardWith, token } from "../support/keys.js";
import { type Listening, listen, listenWith } from "../support/listen.js";

const guard = guardWith();
const read = permission("read:a");
const open: Listening[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

/** Sends a request, with a token that has the permission or with one that lacks it. */
type Call = (path: "/shared" | "/own", isGranted: boolean) => Promise<Response>;

const problem = (by: string) => (error: AuthError) => JSON.stringify({ by, reason: error.reason });

async function callTo(server: Promise<Listening>): Promise<Call> {
  const { origin } = await server.then((listening) => {
    open.push(listening);
    return listening;
  });
  return (path, isGranted) => {
    const made = token(isGranted ? { permissions: ["read:a"] } : {});
    return fetch(origin + path, { headers: { authorization: `Bearer ${made}` } });
  };
}

const apps: Readonly<Record<string, () => Promise<Call>>> = {
  Express: () => {
    const protect = forExpress(guard, {
      onRefusal: (error, _request, response) => void response.send(problem("shared")(error)),
    });
    const own = protect({
      requirement: read,
      onRefusal: (error, _request, response) => void response.send(problem("own")(error)),
    });
    const app = express();
    app.get("/shared", protect(read), (request, response) => void response.send(request.auth.subject));
    app.get("/own", own, (request, response) => void response.send(request.auth.subject));
    return callTo(listen(app));
  },
  Connect: () => {
    const protect = connect(guard, {
      onRefusal: (error, _request, response) =>
        void (response as unknown as express.Response).end(problem("shared")(error)),
    });
    const own = protect({
      requirement: read,
      onRefusal: (error, _request, response) =>
        void (response as unknown as express.Response).end(problem("own")(error)),
    });
    const app = express();
    app.get("/shared", protect(read), (_request, response) => void response.send("user|1"));
    app.get("/own", own, (_request, response) => void response.send("user|1"));
    return callTo(listen(app));
  },
  Koa: () => {
    const protect = forKoa(guard, {
      onRefusal: (error, context) => {
        context.body = problem("shared")(error);
      },
    });
    const shared = protect(read);
    const own = protect({
      requirement: read,
      onRefusal: (error, context) => {
        context.body = problem("own")(error);
      },
    });
    const app = new Koa();
    app.use((context, next) => (context.path === "/own" ? own : shared)(context as never, next));
    app.use((context) => {
      context.body = context.state["auth"].subject;
    });
    return callTo(listen(app.callback()));
  },
  "node:http": () => {
    const protect = forNode(guard, {
      onRefusal: (error, _request, response) =>
        void (response as unknown as express.Response).end(problem("shared")(error)),
    });
    const shared = protect(read, (_request, response, auth) => response.end(auth.subject ?? ""));
    const own = protect(
      { requirement: read, onRefusal: (error, _request, response) => void response.end(problem("own")(error)) },
      (_request, response, auth) => response.end(auth.subject ?? ""),
    );
    return callTo(
      listenWith(
        createServer((request, response) =>
          request.url === "/own" ? own(request, response) : shared(request, response),
        ),
      ),
    );
  },
  Lambda: async () => {
    const protect = forLambda(guard, {
      onRefusal: (error, result) => ({ ...result, body: problem("shared")(error) }),
    });
    const shared = protect(read, (_event, auth) => ({ statusCode: 200, body: auth.subject }));
    const own = protect(
      { requirement: read, onRefusal: (error, result) => ({ ...result, body: problem("own")(error) }) },
      (_event, auth) => ({ statusCode: 200, body: auth.subject }),
    );
    return async (path, isGranted) => {
      const made = token(isGranted ? { permissions: ["read:a"] } : {});
      const http = { method: "GET", path };
      const requestContext = { http, domainName: "api.test", stage: "$default" };
      const headers = { authorization: `Bearer ${made}` };
      const event = { version: "2.0", rawPath: path, rawQueryString: "", requestContext, headers };
      const { statusCode, body } = await (path === "/own" ? own : shared)(event, {});
      return new Response(body, { status: statusCode });
    };
  },
  fetch: async () => {
    const protect = forFetch(guard, {
      onRefusal: (error, response) => new Response(problem("shared")(error), { status: response.status }),
    });
    const shared = protect(read, (_request, auth) => new Response(auth.subject));
    const own = protect(
      {
        requirement: read,
        onRefusal: (error, response) => new Response(problem("own")(error), { status: response.status }),
      },
      (_request, auth) => new Response(auth.subject),
    );
    return (path, isGranted) => {
      const made = token(isGranted ? { permissions: ["read:a"] } : {});
      const request = new Request(`https://api.test${path}`, { headers: { authorization: `Bearer ${made}` } });
      return path === "/own" ? own(request) : shared(request);
    };
  },
};

describe.each(Object.entries(apps))("createProtect of %s", (_name, start) => {
  test("answers refused requests of every route in the same way", async () => {
    const answer = await (await start())("/shared", false);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({ by: "shared", reason: "permission_missing" });
  });

  test("lets a route answer in its own way", async () => {
    const answer = await (await start())("/own", false);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({ by: "own", reason: "permission_missing" });
  });

  test("lets the granted request in, on both", async () => {
    const call = await start();
    for (const path of ["/shared", "/own"] as const) {
      const answer = await call(path, true);
      expect([answer.status, await answer.text()]).toEqual([200, "user|1"]);
    }
  });
});

type AnyCreate = (...given: readonly unknown[]) => (...given: readonly unknown[]) => unknown;
const creates = { connect, forExpress, forFetch, forKoa, forLambda, forNode } as unknown as Record<string, AnyCreate>;

describe.each(Object.entries(creates))("%s reads everything it is given", (_name, create) => {
  test.each<[string, readonly unknown[]]>([
    ["no guard", [{}]],
    ["a misspelt member", [guard, { onRefuse: () => undefined }]],
    ["a need, which belongs to the route", [guard, read]],
    ["a switch instead of a function", [guard, { onRefusal: true }]],
    ["null", [guard, null]],
    ["a third argument", [guard, {}, read]],
  ])("and refuses %s", (_what, given) => {
    expect(() => create(...given)).toThrow(ConfigError);
  });

  test("and refuses a route whose onRefusal is not a function", () => {
    const handler = () => undefined;
    expect(() => create(guard)({ requirement: read, onRefusal: "next" }, handler)).toThrow(ConfigError);
  });

  test("and takes a guard alone", () => {
    expect(create(guard)).toBeTypeOf("function");
  });
});

test("types are those of `protect`", () => {
  forFetch(guard)({ optional: true }, (_request, auth) => {
    expectTypeOf(auth).toEqualTypeOf<Auth<unknown> | undefined>();
    return new Response();
  });
  forFetch(guard)(read, (_request, auth, env: { readonly region: string }) => {
    expectTypeOf(auth).toEqualTypeOf<Auth<unknown>>();
    return new Response(env.region);
  });
  const wrong = {
    // @ts-expect-error: a need that may be undefined would silently become "any token".
    missing: () => forExpress(guard)(undefined),
    // @ts-expect-error: a misspelt option protects nothing.
    misspelt: () => forKoa(guard)({ requirment: read }),
  };
  for (const make of Object.values(wrong)) expect(make).toThrow(ConfigError);
});
