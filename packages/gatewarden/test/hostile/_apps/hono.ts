// Hono on Node.js behind the guard.
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { protect } from "../../../src/adapters/hono.js";
import { listening, readFacts, serve } from "./_serve.js";

await serve((guard) => {
  const app = new Hono().all("/private", protect(guard), async (context) => {
    await context.req.text();
    return context.text(readFacts(context.var.auth));
  });
  return listening(createAdaptorServer({ fetch: app.fetch }));
});
