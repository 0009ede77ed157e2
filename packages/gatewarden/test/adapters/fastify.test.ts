import { connect } from "node:net";
import { createTenant, type Tenant, type TokenRequest } from "@gatewarden/dev";
import fastify, { type FastifyInstance, type RouteOptions } from "fastify";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type GatewardenFastifyOptions, gatewarden, type RouteAuth } from "../../src/adapters/fastify.js";
import { AuthError, all, any, check, createGuard, type Guard, permission, scope } from "../../src/index.js";

const audience = "https://api.gatewarden.local";
let tenant: Tenant;
let guard: Guard;
const running: FastifyInstance[] = [];

beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
  guard = createGuard({ issuer: tenant.issuer, audience });
});
afterAll(() => tenant.close());
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

async function createApp(options: Partial<GatewardenFastifyOptions> = {}): Promise<FastifyInstance> {
  const app = fastify();
  running.push(app);
  await app.register(gatewarden, { guard, ...options });
  return app;
}

/** Starts the application and returns how to call it as somebody, over a real socket. */
async function listen(app: FastifyInstance): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  return (path, init) => fetch(`${origin}${path}`, init);
}

async function bearer(request: TokenRequest): Promise<{ headers: { authorization: string } }> {
  const { access_token } = await tenant.token(request);
  return { headers: { authorization: `Bearer ${access_token}` } };
}

describe("the route option auth", () => {
  test("true lets a valid token in and gives the handler its facts", async () => {
    const app = await createApp();
    app.get("/private", { auth: true }, (request) => ({ user: request.auth.subject, issuer: request.auth.issuer }));
    const call = await listen(app);
    const response = await call("/private", await bearer({ as: "alice" }));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ user: "auth0|alice", issuer: tenant.issuer });
  });

  test("true asks for a token with a challenge that names no error", async () => {
    const app = await createApp();
    app.get("/private", { auth: true }, () => "in");
    const call = await listen(app);
    const response = await call("/private");
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="api"');
    expect(await response.json()).toMatchObject({ statusCode: 401, code: "credentials_missing" });
  });

  test("a requirement answers 403 and names the scope that would do", async () => {
    const app = await createApp();
    app.get("/admin", { auth: permission("read:admin") }, () => "in");
    const call = await listen(app);
    const lacking = await call("/admin", await bearer({ as: "alice", permissions: [] }));
    expect(lacking.status).toBe(403);
    expect(lacking.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
    expect(lacking.headers.get("www-authenticate")).toContain('scope="read:admin"');
    const having = await call("/admin", await bearer({ as: "alice", permissions: ["read:admin"] }));
    expect(having.status).toBe(200);
  });

  test("optional lets a request without a token through as nobody, and refuses a bad token", async () => {
    const app = await createApp();
    app.get("/maybe", { auth: { optional: true } }, (request) => ({ user: request.auth?.subject ?? null }));
    const call = await listen(app);
    expect(await (await call("/maybe")).json()).toEqual({ user: null });
    expect(await (await call("/maybe", await bearer({ as: "bob" }))).json()).toEqual({ user: "auth0|bob" });
    expect((await call("/maybe", { headers: { authorization: "Bearer nonsense" } })).status).toBe(401);
  });

  test("optional with a requirement refuses a token that does not meet it", async () => {
    const app = await createApp();
    const auth: RouteAuth = { optional: true, requirement: permission("read:admin") };
    app.get("/maybe", { auth }, () => "in");
    const call = await listen(app);
    expect((await call("/maybe")).status).toBe(200);
    expect((await call("/maybe", await bearer({ as: "carol" }))).status).toBe(403);
  });

  test("false opens a route where the plugin protects all others", async () => {
    const app = await createApp({ auth: true });
    app.get("/open", { auth: false }, () => "in");
    app.get("/closed", () => "in");
    const call = await listen(app);
    expect((await call("/open")).status).toBe(200);
    expect((await call("/closed")).status).toBe(401);
  });

  test("protects the HEAD route that Fastify adds to a GET route", async () => {
    const app = await createApp();
    app.get("/private", { auth: true }, () => "in");
    const call = await listen(app);
    expect((await call("/private", { method: "HEAD" })).status).toBe(401);
  });

  test("checks a HEAD request once, not twice", async () => {
    let decisions = 0;
    const counting = createGuard({ issuer: tenant.issuer, audience, onDecision: () => decisions++ });
    const app = await createApp({ guard: counting });
    app.get("/private", { auth: true }, () => "in");
    const call = await listen(app);
    expect((await call("/private", { method: "HEAD", ...(await bearer({ as: "alice" })) })).status).toBe(200);
    expect(decisions).toBe(1);
  });

  test("protects routes of nested plugins", async () => {
    const app = await createApp({ auth: true });
    await app.register(
      async (child) => {
        child.get("/deep", () => "in");
      },
      { prefix: "/v1" },
    );
    const call = await listen(app);
    expect((await call("/v1/deep")).status).toBe(401);
  });

  test.each([
    ["an unknown shape", { permision: "read:admin" }],
    ["optional without saying so", { optional: false }],
    ["nothing in all()", { type: "all", of: [] }],
    ["null", null],
    ["a variable that turned out undefined", undefined],
    ["text", "read:admin"],
    ["optional with a requirement that turned out undefined", { optional: true, requirement: undefined }],
    ["optional with null as requirement", { optional: true, requirement: null }],
    ["optional with false as requirement", { optional: true, requirement: false }],
    ["optional with empty text as requirement", { optional: true, requirement: "" }],
    ["optional with a misspelt member", { optional: true, requirment: permission("read:admin") }],
  ])("fails when the route is added for %s", async (_name, auth) => {
    const app = await createApp();
    expect(() => app.get("/typo", { auth: auth as unknown as RouteAuth }, () => "in")).toThrow(/requirement/);
  });

  test("a route that was added before the plugin answers 500 instead of being open", async () => {
    const app = fastify();
    running.push(app);
    app.get("/early", { auth: true }, () => "in");
    await app.register(gatewarden, { guard });
    const call = await listen(app);
    const response = await call("/early");
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("before gatewarden was loaded");
  });

  test("a route of a context that was there before the plugin answers 500 too, also where it was added later", async () => {
    const app = fastify();
    running.push(app);
    const contexts: FastifyInstance[] = [];
    await app.register(async (outer) => {
      contexts.push(outer);
      outer.register(async (inner) => void contexts.push(inner));
    });
    await app.register(gatewarden, { guard });
    for (const [index, context] of contexts.entries()) context.get(`/late${index}`, { auth: true }, () => "in");
    app.register(async (later) => {
      later.get("/seen", { auth: true }, () => "in");
    });
    const statusOf = async (url: string) => (await app.inject(url)).statusCode;
    expect([await statusOf("/late0"), await statusOf("/late1"), await statusOf("/seen")]).toEqual([500, 500, 401]);
  });

  test("a route below a context that began before the plugin answers 500, wherever the plugin was called from", async () => {
    const app = fastify();
    running.push(app);
    await app.register(async (api) => {
      gatewarden(app, { guard }, () => undefined);
      api.register(async (inner) => {
        inner.get("/secret", { auth: true }, () => "in");
      });
    });
    expect((await app.inject("/secret")).statusCode).toBe(500);
  });

  test("an unknown path stays 404", async () => {
    const app = await createApp({ auth: true });
    const call = await listen(app);
    expect((await call("/nowhere")).status).toBe(404);
  });
});

describe("refusals", () => {
  test("reach the application's error handler, which may reshape them", async () => {
    const app = await createApp();
    app.setErrorHandler((error, _request, reply) => {
      if (!(error instanceof AuthError)) throw error;
      return reply.code(error.status).send({ problem: error.reason });
    });
    app.get("/private", { auth: true }, () => "in");
    const call = await listen(app);
    const response = await call("/private");
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="api"');
    expect(await response.json()).toEqual({ problem: "credentials_missing" });
  });

  test("keep their challenge apart from one that was set before", async () => {
    const app = fastify();
    running.push(app);
    app.addHook("onRequest", async (_request, reply) => {
      reply.header("www-authenticate", 'Basic realm="old"');
    });
    await app.register(gatewarden, { guard });
    app.get("/private", { auth: true }, () => "in");
    const response = await app.inject({ url: "/private" });
    expect(response.headers["www-authenticate"]).toEqual(['Basic realm="old"', 'Bearer realm="api"']);
  });

  test("come before the body is read", async () => {
    const app = await createApp();
    let parsed = false;
    app.addHook("preParsing", async () => {
      parsed = true;
    });
    app.post("/private", { auth: true }, () => "in");
    const response = await app.inject({ method: "POST", url: "/private", payload: { much: "data" } });
    expect(response.statusCode).toBe(401);
    expect(parsed).toBe(false);
  });

  test("are not to be stored by caches", async () => {
    const app = await createApp();
    app.get("/private", { auth: true }, () => "in");
    const response = await app.inject({ url: "/private" });
    expect(response.headers["cache-control"]).toBe("no-store");
  });

  test("answer two Authorization headers with 400, which node:http alone would not notice", async () => {
    const app = await createApp();
    app.get("/private", { auth: true }, () => "in");
    await listen(app);
    const { headers } = await bearer({ as: "alice" });
    const answer = await sendRaw(app, [
      "GET /private HTTP/1.1",
      "Host: api.local",
      `Authorization: ${headers.authorization}`,
      "Authorization: Bearer x",
      "Connection: close",
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('error="invalid_request"');
    expect(answer).toContain("credentials_multiple");
  });

  test("never take a token from the query, the body or a cookie", async () => {
    const app = await createApp();
    app.post("/private", { auth: true }, () => "in");
    const { access_token } = await tenant.token({ as: "alice" });
    const response = await app.inject({
      method: "POST",
      url: `/private?access_token=${access_token}`,
      headers: { "content-type": "application/x-www-form-urlencoded", cookie: `access_token=${access_token}` },
      payload: `access_token=${access_token}`,
    });
    expect(response.statusCode).toBe(401);
    expect(response.json().code).toBe("credentials_missing");
  });
});

describe("preflight", () => {
  const headers = { origin: "https://app.acme.com", "access-control-request-method": "GET" };

  test("is not asked for a token, and runs no handler for all methods, which anybody could call so", async () => {
    const app = await createApp({ auth: true });
    let calls = 0;
    app.all("/private", () => ++calls);
    expect((await app.inject({ method: "OPTIONS", url: "/private", headers })).statusCode).toBe(204);
    expect(calls).toBe(0);
  });

  test("reaches a handler that is open", async () => {
    const app = await createApp({ auth: true });
    app.options("/private", { auth: false }, () => "preflight");
    expect((await app.inject({ method: "OPTIONS", url: "/private", headers })).body).toBe("preflight");
  });

  test("an OPTIONS request that is none is asked for one", async () => {
    const app = await createApp({ auth: true });
    app.options("/private", () => "options");
    expect((await app.inject({ method: "OPTIONS", url: "/private" })).statusCode).toBe(401);
  });
});

describe("a header that a hook of the application wrote", () => {
  async function callWith(sent: string | undefined, written: string | undefined): Promise<number> {
    const app = fastify();
    running.push(app);
    app.addHook("onRequest", async ({ raw }) => {
      if (written === undefined) delete raw.headers.authorization;
      else raw.headers.authorization = written;
    });
    await app.register(gatewarden, { guard });
    app.get("/private", { auth: true }, () => "in");
    const call = await listen(app);
    return (await call("/private", sent === undefined ? {} : { headers: { authorization: sent } })).status;
  }

  test("counts where the client sent none, as from a cookie", async () => {
    const { headers } = await bearer({ as: "alice" });
    expect(await callWith(undefined, headers.authorization)).toBe(200);
  });

  test("counts instead of the one that the client sent, and a removed one is gone", async () => {
    const { headers } = await bearer({ as: "alice" });
    expect(await callWith("Bearer x.y.z", headers.authorization)).toBe(200);
    expect(await callWith(headers.authorization, "Bearer x.y.z")).toBe(401);
    expect(await callWith(headers.authorization, undefined)).toBe(401);
  });

  test("counts where all headers were replaced", async () => {
    const app = fastify();
    running.push(app);
    app.addHook("onRequest", async ({ raw }) => {
      raw.headers = {};
    });
    await app.register(gatewarden, { guard });
    app.get("/private", { auth: true }, () => "in");
    const call = await listen(app);
    expect((await call("/private", await bearer({ as: "alice" }))).status).toBe(401);
  });
});

test("an application without routes prints what the plugin takes for none", () => {
  expect(fastify().printRoutes()).toBe("(empty tree)");
});

describe("OpenAPI", () => {
  test.each<[string, RouteAuth, unknown]>([
    ["true", true, [{ oauth2: [] }]],
    ["a permission", permission("read:admin"), [{ oauth2: ["read:admin"] }]],
    ["alternatives", any(permission("a"), scope("b")), [{ oauth2: ["a"] }, { oauth2: ["b"] }]],
    ["all", all(permission("a"), scope("b")), [{ oauth2: ["a", "b"] }]],
    ["optional", { optional: true }, [{}, { oauth2: [] }]],
    ["false", false, undefined],
  ])("security of %s", async (_name, auth, security) => {
    const app = await createApp();
    let schema: unknown;
    app.addHook("onRoute", (route) => {
      schema ??= route.schema ?? {};
    });
    app.get("/route", { auth }, () => "in");
    expect((schema as { security?: unknown }).security).toEqual(security);
  });

  test("checks in code are named, and a route copied from another with its own `auth` does not keep the names", async () => {
    const app = await createApp();
    const schemas: unknown[] = [];
    let copied: object = {};
    app.addHook("onRoute", (route) => {
      schemas.push(route.schema ?? {});
      copied = { ...route };
    });
    app.get(
      "/checked",
      {
        auth: all(
          permission("a"),
          check("paid", () => true),
        ),
      },
      () => "in",
    );
    app.route({ ...copied, url: "/copy", auth: permission("b") } as RouteOptions);
    const names = schemas.map((schema) => (schema as { "x-gatewarden-checks"?: unknown })["x-gatewarden-checks"]);
    expect(names.filter((_names, index) => index === 0 || index === schemas.length - 1)).toEqual([["paid"], undefined]);
  });
});

/** One request, written by hand: fetch and inject are too well-behaved. */
function sendRaw(app: FastifyInstance, lines: readonly string[]): Promise<string> {
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}
