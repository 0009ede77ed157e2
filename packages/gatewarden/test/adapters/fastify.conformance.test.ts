import fastify, { type FastifyInstance } from "fastify";
import { gatewarden, type RouteAuth } from "../../src/adapters/fastify.js";
import { AuthError, catalogue } from "../../src/index.js";
import { toTlsOptions } from "../support/listen.js";
import { answerOf, earlierChallenge, earlierExposed, routes, type Setting } from "./_application.js";
import { describeConformance } from "./_conformance.js";

async function createApp({ guard, reshape, tls }: Setting): Promise<FastifyInstance> {
  const options = { forceCloseConnections: true };
  const app = tls
    ? (fastify({ ...options, https: toTlsOptions(tls) }) as unknown as FastifyInstance)
    : fastify(options);
  app.addHook("onRequest", async (request, reply) => {
    if (request.url === "/earlier-challenge") {
      reply.header("www-authenticate", earlierChallenge);
      reply.header("access-control-expose-headers", earlierExposed);
    }
  });
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  if (reshape) {
    app.setErrorHandler((error, _request, reply) => {
      if (!(error instanceof AuthError)) throw error;
      return reply.code(error.status).send({ problem: error.reason });
    });
  }
  await app.register(gatewarden, { guard });
  for (const { method, path: url, need } of routes) {
    const auth: RouteAuth = need[0] ?? true;
    app.route({
      ...{ method, url, auth },
      handler: async (request) => answerOf(request.auth, method === "POST" ? String(request.body) : undefined),
    });
  }
  return app;
}

const names: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

describeConformance("gatewarden/fastify", {
  cannot: { checkTwice: "a route has one option `auth`" },
  // Fastify's own shape of an error, which its users' clients know.
  body: (reason) => {
    const { status: statusCode, description: message } = catalogue[reason];
    return { statusCode, code: reason, error: names[statusCode], message };
  },
  start: async (setting) => {
    const app = await createApp(setting);
    return { origin: await app.listen({ port: 0, host: "127.0.0.1" }), close: () => app.close() };
  },
});
