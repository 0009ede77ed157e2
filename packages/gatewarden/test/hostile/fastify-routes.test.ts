// Ways round a declared `auth` in Fastify, over real sockets: routes that came early, copied
// routes, checks that others removed, and what not-found handlers serve.
import cors, { type FastifyCorsOptions } from "@fastify/cors";
import fastify, { type FastifyInstance, type FastifyPluginCallback, type RouteOptions } from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import { type GatewardenFastifyOptions, gatewarden, type RouteAuth } from "../../src/adapters/fastify.js";
import { AuthError, ConfigError, createGuard, permission } from "../../src/index.js";
import { guardWith, options, token } from "../support/keys.js";

const guard = guardWith();
const running: FastifyInstance[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

function createBare(): FastifyInstance {
  const app = fastify();
  running.push(app);
  return app;
}

async function createApp(settings: Partial<GatewardenFastifyOptions> = {}): Promise<FastifyInstance> {
  const app = createBare();
  await app.register(gatewarden, { guard, ...settings });
  return app;
}

type Call = (path: string, init?: RequestInit) => Promise<Response>;

async function listen(app: FastifyInstance): Promise<Call> {
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  return (path, init) => fetch(`${origin}${path}`, init);
}

const holding = (...permissions: string[]) => ({ headers: { authorization: `Bearer ${token({ permissions })}` } });
const origin = "https://app.test";
const preflight = { method: "OPTIONS", headers: { origin, "access-control-request-method": "GET" } };

/** As plugins of others do it: for each route under `/v1`, one more under `/v2`. */
function copyRoutes(
  app: FastifyInstance,
  change: (route: RouteOptions) => Partial<RouteOptions>,
  to = () => app,
): void {
  app.addHook("onRoute", (route) => {
    if (!route.url.startsWith("/v1") || route.method === "HEAD") return;
    to().route({ ...route, url: route.url.replace("/v1", "/v2"), ...change(route) });
  });
}

describe("a preflight to a route that was there before the plugin", () => {
  test.each(["options", "all"] as const)("does not run its handler (%s)", async (method) => {
    const app = createBare();
    let calls = 0;
    app[method]("/early", { auth: true }, () => ++calls);
    await app.register(gatewarden, { guard });
    const call = await listen(app);
    expect([(await call("/early", preflight)).status, calls]).toEqual([204, 0]);
    expect([(await call("/early", { method: "OPTIONS" })).status, calls]).toEqual([500, 0]);
  });

  const policies: readonly (readonly [string, FastifyCorsOptions])[] = [
    ["with its defaults", {}],
    ["with a list of origins", { origin: [origin] }],
    ["that hands preflights on", { preflightContinue: true }],
  ];

  test.each(policies)("is answered by @fastify/cors, %s, registered before", async (_name, policy) => {
    const app = createBare();
    await app.register(cors, policy);
    await app.register(gatewarden, { guard, auth: true });
    app.get("/private", () => "in");
    await expectCors(await listen(app));
  });

  test.each(policies.slice(0, 2))("is answered by @fastify/cors, %s, registered after", async (_name, policy) => {
    const app = await createApp({ auth: true });
    await app.register(cors, policy);
    app.get("/private", () => "in");
    await expectCors(await listen(app));
  });

  async function expectCors(call: Call): Promise<void> {
    const answer = await call("/private", preflight);
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toMatch(/^(\*|https:\/\/app\.test)$/);
    expect(answer.headers.get("access-control-allow-methods")).toBe("GET,HEAD,POST");
    const refused = await call("/private", { headers: { origin } });
    expect([refused.status, refused.headers.has("access-control-allow-origin")]).toEqual([401, true]);
    expect((await call("/private", holding())).status).toBe(200);
  }
});

describe("a route that another plugin copied", () => {
  test("needs what the copy says, and not what the first one said (CWE-862)", async () => {
    const app = await createApp();
    copyRoutes(app, () => ({ auth: permission("admin") }));
    app.get("/v1/orders", { auth: permission("read") }, (request) => request.auth.subject);
    const call = await listen(app);
    expect((await call("/v2/orders", holding("read"))).status).toBe(403);
    expect((await call("/v2/orders", { method: "HEAD", ...holding("read") })).status).toBe(403);
    expect((await call("/v2/orders", holding("admin"))).status).toBe(200);
    expect((await call("/v1/orders", holding("read"))).status).toBe(200);
    expect((await call("/v1/orders", holding("admin"))).status).toBe(403);
  });

  test.each<[string, RouteAuth, RouteAuth, number]>([
    ["true, where a token was optional", { optional: true }, true, 401],
    ["a requirement, where a token was optional", { optional: true }, permission("read"), 401],
    ["a requirement, where any token would do", true, permission("read"), 401],
    ["optional, where a token was needed", true, { optional: true }, 200],
    ["nothing, where a token was needed", true, false, 200],
  ])("needs %s", async (_name, first, second, anonymous) => {
    const app = await createApp();
    copyRoutes(app, () => ({ auth: second }));
    app.get("/v1/orders", { auth: first }, () => "in");
    const call = await listen(app);
    expect((await call("/v2/orders")).status).toBe(anonymous);
    expect((await call("/v2/orders", holding("read"))).status).toBe(200);
  });

  test.each<[string, RouteAuth]>([
    ["nothing", false],
    ["any token", true],
  ])("keeps its check where the copy says nothing and the default is %s", async (_name, auth) => {
    const app = await createApp({ auth });
    copyBare(app);
    app.get("/v1/orders", { auth: permission("admin") }, () => "in");
    const call = await listen(app);
    expect((await call("/v2/orders", holding("read"))).status).toBe(403);
    expect((await call("/v2/orders", holding("admin"))).status).toBe(200);
  });

  test("is checked once where it needs the same", async () => {
    let decisions = 0;
    const app = await createApp({ guard: createGuard(options({ onDecision: () => decisions++ })) });
    copyRoutes(app, () => ({}));
    app.get("/v1/orders", { auth: permission("read") }, () => "in");
    const call = await listen(app);
    expect((await call("/v2/orders", holding("read"))).status).toBe(200);
    expect(decisions).toBe(1);
  });

  test("into a context that began before the plugin answers 500, although the copy carries a mark and a check", async () => {
    const app = createBare();
    let old: FastifyInstance | undefined;
    await app.register(async (context) => {
      old = context;
    });
    await app.register(gatewarden, { guard });
    copyRoutes(
      app,
      () => ({ auth: permission("admin") }),
      () => old as FastifyInstance,
    );
    app.get("/v1/orders", { auth: permission("read") }, () => "in");
    const call = await listen(app);
    expect((await call("/v2/orders", holding("read"))).status).toBe(500);
    expect((await call("/v1/orders", holding("read"))).status).toBe(200);
  });

  test("is documented with what the copy needs", async () => {
    const app = await createApp();
    copyRoutes(app, () => ({ auth: permission("admin") }));
    const security: Record<string, unknown> = {};
    app.addHook("onRoute", ({ url, schema }) => {
      security[url] = (schema as { security?: unknown }).security;
    });
    app.get("/v1/orders", { auth: permission("read") }, () => "in");
    app.get("/v1/own", { auth: permission("read"), schema: { security: [{ mine: [] }] } as object }, () => "in");
    await app.ready();
    expect(security).toEqual({
      "/v1/orders": [{ oauth2: ["read"] }],
      "/v2/orders": [{ oauth2: ["admin"] }],
      "/v1/own": [{ mine: [] }],
      "/v2/own": [{ mine: [] }],
    });
  });

  /** Copies what makes a route run, and leaves `auth` behind. */
  function copyBare(app: FastifyInstance): void {
    app.addHook("onRoute", ({ url, method, handler, onRequest }) => {
      if (!url.startsWith("/v1") || method === "HEAD") return;
      app.route({ url: url.replace("/v1", "/v2"), method, handler, ...(onRequest && { onRequest }) });
    });
  }
});

describe("a hook of the application that undoes a check", () => {
  const wrapAll = ({ onRequest = [] }: RouteOptions) =>
    [onRequest].flat().map(
      (hook) =>
        function (this: FastifyInstance, ...args: Parameters<typeof hook>) {
          return hook.apply(this, args);
        },
    );
  const undoing: readonly (readonly [string, (route: RouteOptions) => void])[] = [
    ["replaces the route's hooks", (route) => Object.assign(route, { onRequest: async () => undefined })],
    ["removes them", (route) => void delete (route as { onRequest?: unknown }).onRequest],
    ["wraps them", (route) => Object.assign(route, { onRequest: wrapAll(route) })],
    ["raises the need too late", (route) => Object.assign(route, { auth: permission("admin") })],
  ];

  test.each(undoing)("%s: the application does not start", async (_name, undo) => {
    const app = await createApp();
    app.addHook("onRoute", undo);
    app.get("/private", { auth: true }, () => "in");
    await expect(app.listen({ port: 0, host: "127.0.0.1" })).rejects.toThrow(ConfigError);
    await expect(app.ready()).rejects.toThrow(/^The route GET \/private/);
  });

  test.each(undoing)(
    "%s: no request is served by an application whose failed start was ignored",
    async (_name, undo) => {
      const app = await createApp();
      app.addHook("onRoute", undo);
      app.get("/private", { auth: true }, () => "in");
      await expect(Promise.resolve(app.ready())).rejects.toThrow(ConfigError);
      const answer = await app.inject("/private").catch(() => undefined);
      expect(answer?.statusCode ?? 500).toBe(500);
    },
  );

  test("adds hooks of its own: the check stays", async () => {
    const app = await createApp();
    let runs = 0;
    const count = async () => void runs++;
    app.addHook("onRoute", (route) => {
      route.onRequest = [count, ...[route.onRequest ?? []].flat(), count];
    });
    app.get("/private", { auth: true }, () => "in");
    const call = await listen(app);
    expect([(await call("/private")).status, runs]).toEqual([401, 1]);
    expect([(await call("/private", holding())).status, runs]).toEqual([200, 3]);
  });

  test("changes the need before the plugin reads it: it counts", async () => {
    const app = createBare();
    app.addHook("onRoute", (route) => {
      if (route.url.startsWith("/admin")) route.auth = permission("admin");
    });
    await app.register(gatewarden, { guard });
    app.get("/admin/users", { auth: true }, () => "in");
    const call = await listen(app);
    expect((await call("/admin/users", holding())).status).toBe(403);
    expect((await call("/admin/users", holding("admin"))).status).toBe(200);
  });
});

describe("routes of every kind", () => {
  test("one that another plugin adds when it sees a route is protected", async () => {
    const app = await createApp();
    app.addHook("onRoute", ({ url, method }) => {
      if (url === "/orders" && method === "GET") app.get("/orders/export", { auth: permission("export") }, () => "out");
    });
    app.get("/orders", { auth: true }, () => "in");
    const call = await listen(app);
    expect((await call("/orders/export", holding())).status).toBe(403);
    expect((await call("/orders/export", holding("export"))).status).toBe(200);
  });

  test("each version and host of one path has its own need", async () => {
    const app = await createApp();
    app.get("/orders", { auth: true, constraints: { version: "1.0.0" } }, () => "one");
    app.get("/orders", { auth: permission("admin"), constraints: { version: "2.0.0" } }, () => "two");
    app.get("/orders", { auth: permission("host"), constraints: { host: /^127/ } }, () => "host");
    const call = await listen(app);
    const ask = (version: string | undefined, ...permissions: string[]) =>
      call("/orders", {
        headers: { ...holding(...permissions).headers, ...(version && { "accept-version": version }) },
      });
    expect((await ask("1.x")).status).toBe(200);
    expect((await ask("2.x")).status).toBe(403);
    expect((await ask("2.x", "admin")).status).toBe(200);
    expect((await ask(undefined, "admin")).status).toBe(403);
    expect((await ask(undefined, "host")).status).toBe(200);
  });

  test("a prefix with and without its slash, and no HEAD route where none is wanted", async () => {
    const app = fastify({ exposeHeadRoutes: false });
    running.push(app);
    await app.register(gatewarden, { guard });
    app.register(async (part) => void part.get("/", { auth: true }, () => "in"), { prefix: "/v1" });
    const call = await listen(app);
    expect((await call("/v1")).status).toBe(401);
    expect((await call("/v1/")).status).toBe(401);
    expect((await call("/v1/", { method: "HEAD" })).status).toBe(404);
    expect((await call("/v1/", holding())).status).toBe(200);
  });

  test("parts with guards of their own: each token opens its part only", async () => {
    const other = guardWith({ audience: "https://other.test" });
    const app = createBare();
    for (const [prefix, one] of [["/a", guard] as const, ["/b", other] as const]) {
      app.register(
        async (part) => {
          await part.register(gatewarden, { guard: one });
          part.get("/", { auth: true }, () => "in");
        },
        { prefix },
      );
    }
    const call = await listen(app);
    const others = { headers: { authorization: `Bearer ${token({ aud: "https://other.test" })}` } };
    expect([(await call("/a", holding())).status, (await call("/b", others)).status]).toEqual([200, 200]);
    expect([(await call("/a", others)).status, (await call("/b", holding())).status]).toEqual([401, 401]);
  });

  test("undefined or null as the default is refused at start-up instead of opening every route", async () => {
    for (const auth of [undefined, null]) {
      const app = createBare();
      const registering = app.register(gatewarden, { guard, auth: auth as unknown as RouteAuth });
      await expect(Promise.resolve(registering)).rejects.toThrow(ConfigError);
    }
  });
});

describe("what a not-found handler serves", () => {
  const serve: FastifyPluginCallback = (app, _options, done) => {
    app.setNotFoundHandler((request) => ({ served: request.raw.url, user: request.auth?.subject ?? null }));
    done();
  };
  Object.assign(serve, { [Symbol.for("skip-override")]: true });

  test.each([
    ["before", true],
    ["after", false],
  ])("needs what routes need by default, where it was set %s the plugin", async (_name, isEarly) => {
    const app = createBare();
    if (isEarly) await app.register(serve);
    await app.register(gatewarden, { guard, auth: permission("read") });
    if (!isEarly) await app.register(serve);
    app.post("/orders", () => "in");
    const call = await listen(app);
    for (const path of ["/page", "/orders"]) {
      expect((await call(path)).status).toBe(401);
      expect((await call(path, holding())).status).toBe(403);
      expect(await (await call(path, holding("read"))).json()).toEqual({ served: path, user: "user|1" });
    }
  });

  test("is refused before the body is read, and to preflights", async () => {
    const app = await createApp({ auth: true });
    let parsed = 0;
    app.addHook("preParsing", async () => void parsed++);
    await app.register(serve);
    const call = await listen(app);
    const headers = { "content-type": "application/json" };
    expect((await call("/page", { method: "POST", headers, body: "{}" })).status).toBe(401);
    const answer = await call("/page", preflight);
    expect([answer.status, await answer.text(), parsed]).toEqual([204, "", 0]);
  });

  test.each(["/open", "/closed", "/early", "/page"])("is refused to what passes on to it from %s", async (path) => {
    const call = await listen(await createPassing());
    expect((await call(path)).status).toBe(401);
    expect((await call(path, holding())).status).toBe(200);
  });

  test.each(["/open", "/closed", "/early", "/page"])("is not seen at %s where refusals are hidden so", async (path) => {
    const app = await createPassing();
    app.setErrorHandler((error, _request, reply) => {
      if (error instanceof AuthError) return reply.callNotFound();
      throw error;
    });
    const call = await listen(app);
    const hidden = await call(path);
    expect([401, 404]).toContain(hidden.status);
    expect(await hidden.text()).not.toContain("served");
    expect((await call(path, holding())).status).toBe(200);
  });

  /** A public route, a protected one and a hook that ask the not-found handler to answer. */
  async function createPassing(): Promise<FastifyInstance> {
    const app = await createApp({ auth: true });
    await app.register(serve);
    app.addHook("onRequest", async (request, reply) => {
      if (request.url === "/early") reply.callNotFound();
    });
    app.get("/open", { auth: false }, (_request, reply) => reply.callNotFound());
    app.get("/closed", (_request, reply) => reply.callNotFound());
    app.get("/early", { auth: false }, () => "in");
    return app;
  }

  test("is refused in each context, by the context's own default and guard", async () => {
    const other = guardWith({ audience: "https://other.test" });
    const app = createBare();
    for (const [prefix, one, auth] of [
      ["/a", guard, true] as const,
      ["/b", other, permission("read")] as const,
      ["/c", guard, false] as const,
    ]) {
      app.register(
        async (part) => {
          await part.register(gatewarden, { guard: one, auth });
          part.setNotFoundHandler(() => "served");
        },
        { prefix },
      );
    }
    const call = await listen(app);
    const others = {
      headers: { authorization: `Bearer ${token({ aud: "https://other.test", permissions: ["read"] })}` },
    };
    const statuses = async (init?: RequestInit) =>
      Promise.all(["/a/x", "/b/x", "/c/x", "/x"].map(async (path) => (await call(path, init)).status));
    expect(await statuses()).toEqual([401, 401, 200, 404]);
    expect(await statuses(holding())).toEqual([200, 401, 200, 404]);
    expect(await statuses(others)).toEqual([401, 200, 200, 404]);
  });

  test.each<[string, Partial<GatewardenFastifyOptions>, number]>([
    ["open where the plugin has no default", {}, 200],
    ["open where the plugin is told so", { auth: true, notFound: false }, 200],
    ["closed where the plugin is told so", { notFound: true }, 401],
    ["seen without a token where that is optional", { auth: true, notFound: { optional: true } }, 200],
  ])("is %s", async (_name, settings, status) => {
    const app = await createApp(settings);
    await app.register(serve);
    const call = await listen(app);
    expect((await call("/page")).status).toBe(status);
    expect((await call("/page", holding())).status).toBe(200);
  });

  test("Fastify's own answer stays 404: it serves nothing", async () => {
    const app = await createApp({ auth: true });
    app.get("/open", { auth: false }, (_request, reply) => reply.callNotFound());
    const call = await listen(app);
    expect((await call("/nowhere")).status).toBe(404);
    expect((await call("/open")).status).toBe(404);
  });
});
