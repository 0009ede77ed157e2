// One application for all configurations of a library.

import { createRequire } from "node:module";
import express, { type ErrorRequestHandler, type RequestHandler } from "express";
import { type Listening, listen } from "../../support/listen.js";
import { type Configuration, configurations, type Keys, type Library, toHandler } from "./_configurations.js";

/** Without types of its own: those of Express 5 describe what is used here. */
const express4: typeof express = createRequire(import.meta.url)("express4");

export type Major = 4 | 5;

export async function startApplication(library: Library, keys: Keys, major: Major = 5): Promise<Listening> {
  const app = major === 4 ? express4() : express();
  app.set("query parser", "extended");
  for (const name of Object.keys(configurations) as Configuration[]) {
    app.use(`/${name}`, toHandler(name, library, keys), tell);
  }
  app.use(toReport(library));
  return listen(app);
}

/** What the library left on the request. */
const tell: RequestHandler = (request, response) => {
  const { auth, user, found } = request as unknown as Record<string, unknown>;
  response.json({ auth, user, found });
};

/** What the library reported, as an application's error handler sees it. */
function toReport({ UnauthorizedError }: Library): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const { status = 500, code, name, message, inner, headers = {} } = error;
    const isOwn = error instanceof UnauthorizedError;
    const known = { code, isOwn, ...(isOwn && { name, message }), inner: inner?.name ?? typeof inner };
    response.status(status).set(headers).json(known);
  };
}
