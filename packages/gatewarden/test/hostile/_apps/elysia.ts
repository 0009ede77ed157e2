// Elysia on Node.js behind the guard.
import { createAdaptorServer } from "@hono/node-server";
import { Elysia } from "elysia";
import { createMacro } from "../../../src/adapters/elysia.js";
import { listening, readFacts, serve } from "./_serve.js";

await serve((guard) => {
  const app = new Elysia().macro(createMacro(guard)).all("/private", ({ auth }) => readFacts(auth), { auth: true });
  return listening(createAdaptorServer({ fetch: app.fetch }));
});
