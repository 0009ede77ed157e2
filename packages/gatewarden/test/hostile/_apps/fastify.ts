// Fastify behind the guard.
import fastify from "fastify";
import { gatewarden } from "../../../src/adapters/fastify.js";
import { hurry, readFacts, serve } from "./_serve.js";

await serve(async (guard) => {
  const app = fastify();
  await app.register(gatewarden, { guard });
  app.all("/private", { auth: true }, (request) => readFacts(request.auth));
  await app.listen({ host: "127.0.0.1", port: 0 });
  return hurry(app.server);
});
