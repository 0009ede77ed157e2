// Fastify: the route option `auth` states what a route needs. It defines the check, the 401 or 403,
// and the OpenAPI document.
import type { FastifyInstance, FastifyPluginCallback, FastifyReply, RouteHandlerMethod } from "fastify";
import { type Auth, ConfigError, type Guard, isPreflight } from "../index.js";
import type { OptionalAuth, RouteAuth } from "./_fastify-auth.js";
import { addExplanation, replyNoContent, requireRouteAuth } from "./_fastify-check.js";
import { protectNotFound } from "./_fastify-not-found.js";
import { isSeen, SeenRoutes } from "./_fastify-routes.js";

export { createEndpointPlugin as serveEndpoint } from "./_fastify-endpoint.js";
export type { OptionalAuth, RouteAuth };

/** Options of the plugin. */
export interface GatewardenFastifyOptions {
  // biome-ignore lint/suspicious/noExplicitAny: any claims; handlers get them by `Register`.
  readonly guard: Guard<any>;
  /**
   * What routes without `auth` need. Default false: nothing. With true or a requirement, a public
   * route sets `auth: false`.
   */
  readonly auth?: RouteAuth;
  /**
   * What handlers of `setNotFoundHandler` need in the part of the application that this plugin
   * protects, even if they were set before it. Default: the value of `auth`. Fastify's own 404
   * never needs a token, since it serves no content.
   */
  readonly notFound?: RouteAuth;
  /** The name of the security scheme in the OpenAPI document. Default `oauth2`. */
  readonly securityScheme?: string;
  /**
   * Whether to serve the metadata of a guard with a `resource` at its well-known path. Default
   * true.
   */
  readonly serveMetadata?: boolean;
}

/**
 * Declares the application's guard to TypeScript, so that `request.auth.claims` has the type of its
 * schema: `declare module "gatewarden/fastify" { interface Register { guard: typeof guard } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications augment it.
export interface Register {}

/** `Auth` with the claims of the registered guard. */
export type RegisteredAuth = Register extends { guard: Guard<infer Claims> } ? Auth<Claims> : Auth;

declare module "fastify" {
  interface FastifyRequest {
    /**
     * Facts from the verified token. Undefined on routes without `auth`, or if `optional` admitted
     * an anonymous request.
     */
    auth: RegisteredAuth;
  }
  interface RouteShorthandOptions {
    /** What the route needs from the request's access token. */
    auth?: RouteAuth;
  }
  interface RouteOptions {
    /** What the route needs from the request's access token. */
    auth?: RouteAuth;
  }
}

const decorated: unique symbol = Symbol("gatewarden.decorated");

/**
 * The plugin: `await app.register(gatewarden, { guard })` before the routes. Checks run in
 * `onRequest`, before the body is read. Refusals take Fastify's error path as `AuthError` (status
 * code, `code` = reason), with the challenge headers already set.
 */
const gatewarden: FastifyPluginCallback<GatewardenFastifyOptions> = (app, options, done) => {
  try {
    setUp(app, options);
  } catch (error) {
    // Fastify rejects `await app.register` with an error passed to `done`; a thrown one ends the
    // process.
    return done(error as Error);
  }
  done();
};

// The hooks are for the routes of the application, not for a context of the plugin's own.
Object.assign(gatewarden, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "gatewarden",
  [Symbol.for("plugin-meta")]: { name: "gatewarden", fastify: "5.x" },
});

export default gatewarden;
export { gatewarden };

function setUp(app: FastifyInstance, options: GatewardenFastifyOptions): void {
  const { guard, securityScheme = "oauth2" } = options;
  const fallback = requireRouteOption(options, "auth", false);
  const notFound = requireRouteOption(options, "notFound", fallback);
  // A second registration, for another guard in another part of the application, finds the
  // decoration of the first.
  if (!app.hasRequestDecorator(decorated)) app.decorateRequest(decorated).decorateRequest("auth");
  const routes = new SeenRoutes({ guard, fallback, schemeName: securityScheme });
  app.addHook("onRoute", function (route) {
    routes.see(route, this);
  });
  app.addHook("onReady", (done) => done(routes.verify()));
  guardUnseenRoutes(app, routes);
  if (notFound !== false) protectNotFound(app, guard, requireRouteAuth(notFound));
  if (guard.explainsRefusals) app.addHook("onSend", addExplanation);
  if (options.serveMetadata ?? true) addMetadataRoute(app, guard);
}

/**
 * As for routes, undefined (for example a misspelt variable) must not mean "open". Throws
 * `ConfigError`.
 */
function requireRouteOption(options: GatewardenFastifyOptions, name: "auth" | "notFound", usual: RouteAuth): RouteAuth {
  const auth = Object.hasOwn(options, name) ? (options[name] as RouteAuth) : usual;
  requireRouteAuth(auth);
  return auth;
}

/**
 * Adds a public route for the protected resource metadata, since clients read it before they have a
 * token (RFC 9728 §3.1).
 */
function addMetadataRoute(app: FastifyInstance, guard: Guard<unknown>): void {
  const path = guard.metadata()?.path;
  if (path === undefined) return;
  // A well-known path begins at the root. A prefix would put the document where no client looks
  // (RFC 8615 §3).
  if (app.prefix !== "") throw new ConfigError({ ...misplaced, option: `gatewarden under the prefix "${app.prefix}"` });
  // In Fastify a colon begins a parameter; a doubled one is a literal colon.
  const url = path.replaceAll(":", "::");
  if (app.hasRoute({ method: "GET", url })) return;
  app.route({
    method: ["GET", "HEAD"],
    url,
    auth: false,
    handler: (_request, reply) => {
      const metadata = guard.metadata();
      return addHeaders(reply, metadata?.headers).send(metadata?.body);
    },
  });
  if (app.hasRoute({ method: "OPTIONS", url })) return;
  // Pages in browsers send a preflight. A CORS plugin of the application has already answered by
  // then.
  const handler: RouteHandlerMethod = (_request, reply) =>
    addHeaders(reply.code(204), guard.metadata()?.preflight).send();
  app.route({ method: "OPTIONS", url, auth: false, handler });
}

/** Keeps the headers of a CORS plugin. */
function addHeaders(reply: FastifyReply, headers: Readonly<Record<string, string>> = {}): FastifyReply {
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith("access-control-") || !reply.hasHeader(name)) reply.header(name, value);
  }
  return reply;
}

const misplaced = {
  problem: "cannot serve the metadata of `resource`, whose path begins at the root",
  example: "await app.register(gatewarden, { guard, serveMetadata: false }) there, or without a prefix",
};

/**
 * A route added before the plugin may have an `auth` option that was not read. It answers 500
 * rather than be open by mistake. A preflight does not run its handler either (CWE-862): a CORS
 * plugin added earlier answers in its own hook.
 */
function guardUnseenRoutes(app: FastifyInstance, routes: SeenRoutes): void {
  app.addHook("onRequest", (request, reply, done) => {
    if (routes.fault) done(routes.fault);
    else if (request.is404 || isSeen(request)) done();
    else if (isPreflight(request)) replyNoContent(reply);
    else done(new ConfigError({ ...unseen, option: `The route ${request.method} ${request.routeOptions.url}` }));
  });
}

const unseen = {
  problem: "was added before gatewarden was loaded, so its `auth` was not read",
  example: "await app.register(gatewarden, { guard }) before any route",
};
