import { type AnyElysia, Elysia } from "elysia";
import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import { createMacro, RefusedError } from "../../src/adapters/elysia.js";
import { type Auth, createGuard, permission, type Requirement } from "../../src/index.js";
import { listenFetch } from "../support/listen-fetch.js";
import { answerOf, earlierChallenge, earlierExposed, routes, type Setting, toOptions } from "./_application.js";
import { describeConformance } from "./_conformance.js";

function createApp({ guard, reshape }: Setting): AnyElysia {
  const app = new Elysia()
    .onRequest(({ request, set }) => {
      if (request.url.endsWith("/earlier-challenge")) {
        set.headers["www-authenticate"] = earlierChallenge;
        set.headers["access-control-expose-headers"] = earlierExposed;
      }
    })
    .onError(({ error }) =>
      reshape && error instanceof RefusedError ? Response.json({ problem: error.cause.reason }, error) : undefined,
    )
    .macro(createMacro(guard));
  for (const { method, path, need } of routes) {
    const { optional, requirement } = toOptions(need);
    const option = optional ? { optionalAuth: requirement ?? true } : { auth: requirement ?? true };
    app.route(
      method,
      path,
      async ({ auth, request }: { auth?: Auth; request: Request }) =>
        Response.json(answerOf(auth, method === "POST" ? await request.text() : undefined)),
      { ...(option as { auth: Requirement }), parse: "none" },
    );
  }
  return app;
}

describeConformance("gatewarden/elysia", {
  cannot: {
    checkTwice: "a route has one option `auth`",
    readCertificate: "neither Bun nor a Request tells the client's certificate",
  },
  start: (setting) => listenFetch(createApp(setting).fetch, setting.tls),
});

test("types auth by the guard's schema and the route's option", () => {
  const claims = z.object({ plan: z.enum(["free", "pro"]) });
  const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api", claims });
  new Elysia()
    .macro(createMacro(guard))
    .get("/", ({ auth }) => expectTypeOf(auth).toEqualTypeOf<Auth<{ plan: "free" | "pro" }>>(), { auth: true })
    .get("/maybe", ({ auth }) => expectTypeOf(auth?.claims.plan).toEqualTypeOf<"free" | "pro" | undefined>(), {
      optionalAuth: permission("read:admin"),
    });
});
