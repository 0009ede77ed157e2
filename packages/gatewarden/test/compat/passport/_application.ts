// Applications for all configurations of a library: on Express, and on Nest with @nestjs/passport.
import express, { type ErrorRequestHandler, type RequestHandler } from "express";
import passportPackage from "passport";
import { type Listening, listen } from "../../support/listen.js";
import { type Configuration, configurations, createStrategy, type Keys, type Library } from "./_configurations.js";

const { Passport } = passportPackage as unknown as { readonly Passport: new () => typeof passportPackage };

/** Each configuration is asked twice: what its callback is told, and what Passport itself answers. */
export async function startApplication(library: Library, keys: Keys): Promise<Listening> {
  const passport = new Passport();
  const app = express();
  app.use(express.json());
  for (const name of Object.keys(configurations) as Configuration[]) {
    passport.use(name, createStrategy(name, library, keys));
    const authenticate = passport.authenticate(name, { session: false });
    app.use(`/${name}/plain`, authenticate, (request, response) => void response.json({ user: request.user }));
    app.use(`/${name}`, askPassport(passport, name));
  }
  app.use(report);
  return listen(app);
}

/** As Nest does it: a callback that is told error, user, info and status. */
function askPassport(passport: typeof passportPackage, name: string): RequestHandler {
  return (request, response, next) => {
    const told = (error: unknown, user: unknown, info: unknown, status: unknown) => {
      if (error) return next(error);
      const { name: called, message } = (info ?? {}) as Error;
      const isRefused = !user;
      response.status(isRefused ? 401 : 200).json({ user, info: called, message, status });
    };
    passport.authenticate(name, { session: false }, told)(request, response, next);
  };
}

const report: ErrorRequestHandler = (error, _request, response, _next) => {
  response.status(error.status ?? 500).json({ error: error.name, message: error.message });
};
