import express5, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
// @ts-expect-error: the alias of an older version, whose types are those of Express 5 as far as they are used here.
import express4 from "express4";
import { describe } from "vitest";
import { type ProtectOptions, protect } from "../../src/adapters/express.js";
import { AuthError } from "../../src/index.js";
import { listen } from "../support/listen.js";
import {
  answerOf,
  earlierChallenge,
  earlierExposed,
  type Route,
  routes,
  type Setting,
  toOptions,
} from "./_application.js";
import { describeConformance } from "./_conformance.js";

const onRefusal: NonNullable<ProtectOptions["onRefusal"]> = (error, _request, _response, next) => next(error);

const handleError: ErrorRequestHandler = (error, _request, response, next) => {
  if (error instanceof AuthError) response.status(error.status).json({ problem: error.reason });
  else next(error);
};

function toMiddleware({ need }: Route, { guard, reshape }: Setting): RequestHandler {
  if (!reshape) return protect(guard, ...need);
  return protect(guard, { onRefusal, ...toOptions(need) });
}

function createApp(express: typeof express5, setting: Setting): Express {
  const app = express();
  app.use("/earlier-challenge", (_request, response, next) => {
    response.set("www-authenticate", earlierChallenge);
    response.set("access-control-expose-headers", earlierExposed);
    next();
  });
  app.use("/twice", protect(setting.guard));
  for (const route of routes) {
    const method = route.method.toLowerCase() as "get" | "post" | "options";
    app[method](route.path, toMiddleware(route, setting), express.text(), (request, response) => {
      response.json(answerOf(request.auth, method === "post" ? request.body : undefined));
    });
  }
  app.use(handleError);
  return app;
}

describe.each([
  ["Express 5", express5],
  ["Express 4", express4 as typeof express5],
])("%s", (name, express) => {
  describeConformance(`gatewarden/express with ${name}`, {
    start: (setting) => listen(createApp(express, setting), setting.tls),
  });
});
