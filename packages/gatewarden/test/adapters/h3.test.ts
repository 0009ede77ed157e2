import { H3, HTTPError, toNodeHandler } from "h3";
import { protect } from "../../src/adapters/h3.js";
import { AuthError, catalogue } from "../../src/index.js";
import { listen } from "../support/listen.js";
import { answerOf, earlierChallenge, earlierExposed, routes, type Setting } from "./_application.js";
import { toBody } from "./_bench.js";
import { describeConformance } from "./_conformance.js";

function createApp({ guard, reshape }: Setting): H3 {
  const app = new H3({
    onError: (error) =>
      reshape && HTTPError.isError(error) && error.cause instanceof AuthError
        ? { problem: error.cause.reason }
        : undefined,
  });
  app.use("/earlier-challenge", (event, next) => {
    event.res.headers.set("www-authenticate", earlierChallenge);
    event.res.headers.set("access-control-expose-headers", earlierExposed);
    return next();
  });
  app.use("/twice", protect(guard));
  for (const { method, path, need } of routes) {
    app.on(
      method,
      path,
      async (event) => answerOf(event.context.auth, method === "POST" ? await event.req.text() : undefined),
      { middleware: [protect(guard, ...need)] },
    );
  }
  return app;
}

describeConformance("gatewarden/h3", {
  // h3's own shape of an error, with the guard's body in it.
  body: (reason) => ({ status: catalogue[reason].status, message: catalogue[reason].description, ...toBody(reason) }),
  start: (setting) => listen(toNodeHandler(createApp(setting)), setting.tls),
});
