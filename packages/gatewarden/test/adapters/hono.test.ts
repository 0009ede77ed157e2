import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { protect } from "../../src/adapters/hono.js";
import { AuthError } from "../../src/index.js";
import { listenFetch } from "../support/listen-fetch.js";
import { answerOf, earlierChallenge, earlierExposed, routes, type Setting } from "./_application.js";
import { describeConformance } from "./_conformance.js";

function createApp({ guard, reshape }: Setting): Hono {
  const app = new Hono();
  app.use("/earlier-challenge", async (context, next) => {
    context.header("www-authenticate", earlierChallenge);
    context.header("access-control-expose-headers", earlierExposed);
    await next();
  });
  app.use("/twice", protect(guard));
  for (const { method, path, need } of routes) {
    app.on(method, path, protect(guard, ...need), async (context) => {
      const answer = answerOf(context.var.auth, method === "POST" ? await context.req.text() : undefined);
      // A Response of the handler's own knows nothing of what the context has set.
      return path === "/optional" ? Response.json(answer) : context.json(answer);
    });
  }
  if (reshape) {
    app.onError((error, context) => {
      if (!(error instanceof HTTPException && error.cause instanceof AuthError)) throw error;
      return context.json({ problem: error.cause.reason }, error.status);
    });
  }
  return app;
}

describeConformance("gatewarden/hono", {
  start: (setting) => listenFetch(createApp(setting).fetch, setting.tls),
});
