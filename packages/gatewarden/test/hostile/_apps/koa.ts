// Koa behind the guard.
import { createServer } from "node:http";
import Koa from "koa";
import { protect } from "../../../src/adapters/koa.js";
import { hurry, listening, readFacts, serve } from "./_serve.js";

await serve((guard) => {
  const app = new Koa();
  app.silent = true;
  app.use(protect(guard)).use((context) => {
    context.body = readFacts(context.state.auth);
  });
  return listening(hurry(createServer(app.callback())));
});
