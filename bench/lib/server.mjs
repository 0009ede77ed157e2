// One HTTP server per process, protected or not, that answers a small JSON object. Run by `startServer` on a core of its own.
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { canPin, cores, onCore } from "./pin.mjs";

/**
 * @typedef {object} ServerSetting
 * @property {string} issuer
 * @property {string} audience
 * @property {Record<string, unknown>} jwk
 * @property {string} pem
 * @property {string} jwksUri
 */

const answer = { id: 42, status: "shipped", items: [{ sku: "A-1", count: 2 }] };

/** @typedef {{ readonly listen: () => Promise<number> }} Listening */

/** @type {Readonly<Record<string, (setting: ServerSetting) => Promise<import("node:http").RequestListener>>>} */
const node = {
  "node:http": async () => answerNode,
  "node:http + gatewarden": (setting) => protectNode(setting, {}),
  "node:http + gatewarden, cache off": (setting) => protectNode(setting, { cache: false }),
};

/** @param {unknown} _request @param {import("node:http").ServerResponse} response */
function answerNode(_request, response) {
  const body = JSON.stringify(answer);
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
}

/** @param {ServerSetting} setting @param {object} options @returns {Promise<import("node:http").RequestListener>} */
async function protectNode(setting, options) {
  const { protect } = await import("gatewarden/node");
  return /** @type {never} */ (protect(await createOurGuard(setting, options), /** @type {never} */ (answerNode)));
}

/** @param {ServerSetting} setting @param {object} options */
async function createOurGuard({ issuer, audience, jwk }, options) {
  const { createGuard } = await import("gatewarden");
  return createGuard({ issuer, audience, keys: { jwks: { keys: [jwk] } }, env: {}, ...options });
}

/** @typedef {(app: import("fastify").FastifyInstance, setting: ServerSetting) => Promise<Record<string, unknown>>} FastifySetup */

/** Sets the application up and gives the options of the route. @type {Readonly<Record<string, FastifySetup>>} */
const fastify = {
  fastify: async () => ({}),
  "fastify + gatewarden": (app, setting) => protectFastify(app, setting, {}),
  "fastify + gatewarden, cache off": (app, setting) => protectFastify(app, setting, { cache: false }),
  "fastify + @fastify/jwt, fixed key": (app, setting) => useFastifyJwt(app, setting, false),
  "fastify + @fastify/jwt, fixed key, cache of 25,000": (app, setting) => useFastifyJwt(app, setting, 25_000),
  "fastify + @fastify/jwt + get-jwks": async (app, { issuer, audience, jwksUri }) => {
    const [{ default: plugin }, { default: createGetJwks }] = await Promise.all([
      import("@fastify/jwt"),
      import("get-jwks"),
    ]);
    const getJwks = createGetJwks();
    const domain = new URL(jwksUri).origin;
    await app.register(plugin, {
      decode: { complete: true },
      secret: (/** @type {unknown} */ _request, /** @type {any} */ { header }) =>
        getJwks.getPublicKey({ kid: header.kid, alg: header.alg, domain }),
      verify: { algorithms: ["RS256"], allowedIss: issuer, allowedAud: audience },
    });
    return { onRequest: (/** @type {import("fastify").FastifyRequest} */ request) => request.jwtVerify() };
  },
  "fastify + fastify-jwt-jwks": async (app, { issuer, audience, jwksUri }) => {
    const plugin = /** @type {import("fastify").FastifyPluginCallback<any>} */ (
      /** @type {unknown} */ ((await import("fastify-jwt-jwks")).default)
    );
    await app.register(plugin, { jwksUrl: jwksUri, issuer, audience });
    return { preValidation: app.authenticate };
  },
};

/** Routes of one application, each with a part of what protection is made of. @type {Readonly<Record<string, FastifySetup>>} */
const parts = {
  "/orders/0": async () => ({}),
  "/orders/1": async (app) => {
    app.decorateRequest("auth");
    app.addHook("onRequest", passOn);
    return { onRequest: passOn };
  },
  "/orders/2": async (_app, setting) => {
    const guard = await createOurGuard(setting, {});
    return {
      onRequest: (/** @type {any} */ request, /** @type {unknown} */ _reply, /** @type {any} */ done) => {
        const outcome = guard.attempt(request.raw);
        if (outcome instanceof Promise) outcome.then((later) => done(later instanceof Error ? later : undefined));
        else done(outcome instanceof Error ? outcome : undefined);
      },
    };
  },
  "/orders/3": (app, setting) => protectFastify(app, setting, {}),
};

/** The paths of the server `partsServer`: nothing, two empty hooks, `attempt` in a hook, the plugin. */
export const partPaths = Object.keys(parts);
export const partsServer = "fastify, a route for each part";

/** @param {unknown} _request @param {unknown} _reply @param {() => void} done */
function passOn(_request, _reply, done) {
  done();
}

/** @param {import("fastify").FastifyInstance} app @param {ServerSetting} setting @param {object} options */
async function protectFastify(app, setting, options) {
  const { default: plugin } = await import("gatewarden/fastify");
  await app.register(plugin, { guard: await createOurGuard(setting, options) });
  return { auth: true };
}

/** @param {import("fastify").FastifyInstance} app @param {ServerSetting} setting @param {number | false} cache */
async function useFastifyJwt(app, { issuer, audience, pem }, cache) {
  const { default: plugin } = await import("@fastify/jwt");
  const verify = { algorithms: [/** @type {const} */ ("RS256")], allowedIss: issuer, allowedAud: audience, cache };
  await app.register(plugin, { secret: { public: pem }, verify });
  return { onRequest: (/** @type {import("fastify").FastifyRequest} */ request) => request.jwtVerify() };
}

/** Middleware before the route. @type {Readonly<Record<string, (setting: ServerSetting) => Promise<import("express").RequestHandler[]>>>} */
const express = {
  express: async () => [],
  "express + gatewarden": (setting) => protectExpress(setting, {}),
  "express + gatewarden, cache off": (setting) => protectExpress(setting, { cache: false }),
  "express + express-oauth2-jwt-bearer": async ({ issuer, audience, jwksUri }) => {
    const { auth } = await import("express-oauth2-jwt-bearer");
    return [auth({ issuer, audience, jwksUri, tokenSigningAlg: "RS256" })];
  },
};

/** @param {ServerSetting} setting @param {object} options @returns {Promise<import("express").RequestHandler[]>} */
async function protectExpress(setting, options) {
  const { protect } = await import("gatewarden/connect");
  return [protect(await createOurGuard(setting, options))];
}

/** Middleware before the route. @type {Readonly<Record<string, (setting: ServerSetting) => Promise<import("hono").MiddlewareHandler[]>>>} */
const hono = {
  hono: async () => [],
  "hono + gatewarden": (setting) => protectHono(setting, {}),
  "hono + gatewarden, cache off": (setting) => protectHono(setting, { cache: false }),
  "hono + hono/jwk, keys given": async (setting) => [await useHonoJwk(setting, { keys: [setting.jwk] })],
  "hono + hono/jwk, jwks_uri": async (setting) => [await useHonoJwk(setting, { jwks_uri: setting.jwksUri })],
};

/** @param {ServerSetting} setting @param {object} options @returns {Promise<import("hono").MiddlewareHandler[]>} */
async function protectHono(setting, options) {
  const { protect } = await import("gatewarden/hono");
  return [/** @type {never} */ (protect(await createOurGuard(setting, options)))];
}

/** @param {ServerSetting} setting @param {object} keys */
async function useHonoJwk({ issuer, audience }, keys) {
  const { jwk } = await import("hono/jwk");
  return jwk({ ...keys, alg: ["RS256"], verification: { iss: issuer, aud: audience, typ: "at+jwt" } });
}

/** All servers, by framework; the first of each is the unprotected one. */
export const servers = [fastify, node, express, hono].map((group) => Object.keys(group));

/** @param {string} name @param {ServerSetting} setting @returns {Promise<import("node:http").Server>} */
async function createHttpServer(name, setting) {
  const fromNode = node[name];
  if (fromNode) return createServer(await fromNode(setting)).listen(0, "127.0.0.1");
  if (name === partsServer) {
    const app = (await import("fastify")).default();
    for (const [path, setUp] of Object.entries(parts)) {
      // Each in a context of its own, so that none has another's hooks.
      await app.register(async (context) => {
        context.get(path, await setUp(context, setting), async () => answer);
      });
    }
    await app.listen({ port: 0, host: "127.0.0.1" });
    return app.server;
  }
  const fromFastify = fastify[name];
  if (fromFastify) {
    const app = (await import("fastify")).default();
    app.get("/orders", await fromFastify(app, setting), async () => answer);
    app.get("/health", async () => ({ status: "ok" }));
    await app.listen({ port: 0, host: "127.0.0.1" });
    return app.server;
  }
  const fromExpress = express[name];
  if (fromExpress) {
    const app = (await import("express")).default().disable("x-powered-by");
    app.get("/health", (_request, response) => void response.json({ status: "ok" }));
    app.get("/orders", ...(await fromExpress(setting)), (_request, response) => void response.json(answer));
    return app.listen(0, "127.0.0.1");
  }
  const fromHono = hono[name];
  if (!fromHono) throw new Error(`There is no server "${name}"`);
  const [{ Hono }, { serve }] = await Promise.all([import("hono"), import("@hono/node-server")]);
  const app = new Hono();
  for (const middleware of await fromHono(setting)) app.use(middleware);
  app.get("/orders", (context) => context.json(answer));
  return /** @type {import("node:http").Server} */ (serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }));
}

/**
 * Starts a server on the other core: this process, pinned to the first, makes the load.
 * @param {string} name
 * @param {ServerSetting} setting
 * @param {{ readonly isPinned?: boolean }} [options] With `isPinned: false` it has all cores, so its threads may use this one too.
 */
export async function startServer(name, setting, { isPinned = canPin } = {}) {
  const [command, args] = onCore(isPinned ? cores.other : `0-${cores.other}`, []);
  const file = fileURLToPath(import.meta.url);
  const child = canPin
    ? fork(file, ["serve", name, JSON.stringify(setting)], { execPath: command, execArgv: args })
    : fork(file, ["serve", name, JSON.stringify(setting)], { execArgv: [] });
  const [port] = /** @type {[number]} */ (await once(child, "message"));
  return {
    port,
    /** Microseconds of processor time so far. */
    async cpu() {
      child.send("cpu");
      const [time] = /** @type {[number]} */ (await once(child, "message"));
      return time;
    },
    close: () => void child.kill(),
  };
}

if (process.argv[2] === "serve" && process.send) {
  const server = await createHttpServer(process.argv[3] ?? "", JSON.parse(process.argv[4] ?? "{}"));
  if (!server.listening) await once(server, "listening");
  const address = server.address();
  process.send(typeof address === "object" ? address?.port : undefined);
  process.on("disconnect", () => process.exit());
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
}
