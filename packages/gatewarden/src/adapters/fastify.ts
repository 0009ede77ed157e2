// Fastify: the route option `auth` says what a route needs; the same datum makes the check, the 401 or 403, and the OpenAPI document.
import type {
  FastifyInstance,
  FastifyPluginCallback,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  RouteOptions,
} from "fastify";
import {
  type Auth,
  AuthError,
  ConfigError,
  type Explanation,
  type Guard,
  type GuardRequest,
  isPreflight,
  type Outcome,
  type Requirement,
} from "../index.js";
import { joinChallenges, toGuardRequest } from "./_node.js";
import { type CheckedNeed, createCheckOf, readNeed, toSecurity } from "./_protect.js";

/** A route that may be called without a token: `request.auth` is undefined then. An invalid token is refused all the same. */
export interface OptionalAuth {
  readonly optional: true;
  /** What a token, if there is one, must grant. */
  readonly requirement?: Requirement;
}

/** What a route needs: a valid token, a requirement, a token if there is one, or nothing. */
export type RouteAuth = boolean | Requirement | OptionalAuth;

/** Options of the plugin. */
export interface GatewardenFastifyOptions {
  // biome-ignore lint/suspicious/noExplicitAny: a guard of whatever claims; they reach handlers through `Register`.
  readonly guard: Guard<any>;
  /** What routes need that do not say. Default false: nothing. With true or a requirement, a public route says `auth: false`. */
  readonly auth?: RouteAuth;
  /** The name of the security scheme in the OpenAPI document. Default `oauth2`. */
  readonly securityScheme?: string;
  /** Whether to serve the metadata of a guard with a `resource`, at its well-known path. Default true. */
  readonly serveMetadata?: boolean;
}

/**
 * Tells TypeScript which guard the application uses, so that `request.auth.claims` has the type of its schema:
 * `declare module "gatewarden/fastify" { interface Register { guard: typeof guard } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be added to.
export interface Register {}

/** `Auth` with the claims of the registered guard. */
export type RegisteredAuth = Register extends { guard: Guard<infer Claims> } ? Auth<Claims> : Auth;

declare module "fastify" {
  interface FastifyRequest {
    /** Facts from the verified token. Undefined on routes without `auth`, and where `optional` let an anonymous request pass. */
    auth: RegisteredAuth;
  }
  interface RouteShorthandOptions {
    /** What the route needs of the request's access token. */
    auth?: RouteAuth;
  }
  interface RouteOptions {
    /** What the route needs of the request's access token. */
    auth?: RouteAuth;
  }
  interface FastifyContextConfig {
    /** Set by gatewarden on every route that it has seen. */
    [seen]?: true;
  }
}

const seen: unique symbol = Symbol("gatewarden.seen");
const decorated: unique symbol = Symbol("gatewarden.decorated");

/**
 * The plugin: `await app.register(gatewarden, { guard })` before the routes. Checks run in `onRequest`, before the body is read. Refusals go
 * through Fastify's error path as `AuthError` (status code, `code` = reason), with the challenge headers set already.
 */
const gatewarden: FastifyPluginCallback<GatewardenFastifyOptions> = (app, options, done) => {
  try {
    setUp(app, options);
  } catch (error) {
    // Fastify hands to `await app.register` what is passed on, and lets the process crash over what is thrown.
    return done(error as Error);
  }
  done();
};

// The hooks are for the routes of the application, not of a context of the plugin's own.
Object.assign(gatewarden, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "gatewarden",
  [Symbol.for("plugin-meta")]: { name: "gatewarden", fastify: "5.x" },
});

export default gatewarden;
export { gatewarden };

function setUp(app: FastifyInstance, options: GatewardenFastifyOptions): void {
  const fallback = options.auth ?? false;
  checkRouteAuth(fallback);
  // A second registration, with another guard for another part of the application, finds the first one's decoration.
  if (!app.hasRequestDecorator(decorated)) app.decorateRequest(decorated).decorateRequest("auth");
  const checks: Checks = new WeakSet();
  app.addHook("onRoute", (route) => protect(route, fallback, options, checks));
  refuseUnseenRoutes(app);
  if (options.guard.explainsRefusals) app.addHook("onSend", addExplanation);
  if (options.serveMetadata ?? true) serveMetadata(app, options.guard);
}

/** Adds the route of the protected resource metadata: for everybody, since clients read it before they have a token (RFC 9728 §3.1). */
function serveMetadata(app: FastifyInstance, guard: Guard<unknown>): void {
  const path = guard.metadata()?.path;
  if (path === undefined) return;
  // A well-known path begins at the root, so a prefix would put the document where no client looks (RFC 8615 §3).
  if (app.prefix !== "") throw new ConfigError({ ...misplaced, option: `gatewarden under the prefix "${app.prefix}"` });
  // To Fastify a colon begins a parameter; a doubled one is a colon.
  const url = path.replaceAll(":", "::");
  if (app.hasRoute({ method: "GET", url })) return;
  app.route({
    method: ["GET", "HEAD"],
    url,
    auth: false,
    handler: (_request, reply) => {
      const metadata = guard.metadata();
      return reply.headers(metadata?.headers ?? {}).send(metadata?.body);
    },
  });
}

const misplaced = {
  problem: "cannot serve the metadata of `resource`, whose path begins at the root",
  example: "await app.register(gatewarden, { guard, serveMetadata: false }) there, or without a prefix",
};

/** Puts the check of one route before the route's own hooks, and after those of the application (CORS headers are set by then). */
function protect(route: RouteOptions, fallback: RouteAuth, options: GatewardenFastifyOptions, checks: Checks): void {
  // `auth: undefined`, as a misspelt variable gives it, must not mean "open".
  const auth = Object.hasOwn(route, "auth") ? (route.auth as RouteAuth) : fallback;
  const { requirement, optional } = checkRouteAuth(auth);
  route.config = { ...route.config, [seen]: true };
  if (auth === false) return;
  document(route, { requirement, optional }, options.securityScheme ?? "oauth2");
  const hooks = [route.onRequest ?? []].flat();
  // The HEAD route that Fastify makes of a GET route comes with the check already.
  if (hooks.some((hook) => checks.has(hook))) return;
  const check = createCheck(options.guard, requirement, optional);
  checks.add(check);
  route.onRequest = [check, ...hooks];
}

/** The checks that one registration of the plugin made. */
type Checks = WeakSet<object>;

/** Reads the route option. Throws `ConfigError` at start-up for what is none: it would protect nothing. */
function checkRouteAuth(auth: RouteAuth): CheckedNeed {
  return readNeed(typeof auth === "boolean" ? [] : [auth]);
}

/** Synchronous as long as the guard is: no promise is made for a request whose key is at hand. */
function createCheck(
  guard: Guard<unknown>,
  requirement: Requirement | undefined,
  optional: boolean,
): onRequestHookHandler {
  const ask = createCheckOf(guard, { requirement, optional });
  return (request, reply, done) => {
    const guardRequest = toGuardRequest(request.raw, request.originalUrl);
    // A handler for all methods must not run for whoever sends two headers. CORS plugins have answered by now.
    if (isPreflight(guardRequest)) {
      reply.code(204).send();
      return;
    }
    const outcome = ask(guardRequest);
    if (outcome instanceof Promise) outcome.then((later) => done(admit(later, guardRequest, reply)));
    else done(admit(outcome, guardRequest, reply));
  };

  /** What the route's handler will find, or the error instead of it. */
  function admit(outcome: Outcome<unknown>, guardRequest: GuardRequest, reply: FastifyReply): AuthError | undefined {
    if (outcome instanceof AuthError) return refuse(reply, guard, outcome);
    reply.request.auth = outcome as RegisteredAuth;
    const headers = guard.responseHeaders(guardRequest);
    if (headers) reply.headers(headers);
    return undefined;
  }
}

/** Sets the challenge beside what others have set: several challenges are several header values (RFC 9110 §11.6.1). */
function refuse(reply: FastifyReply, guard: Guard<unknown>, error: AuthError): AuthError {
  const { headers } = guard.refusal(error);
  const explanation = guard.explanation(error);
  if (explanation) {
    explanations.set(reply, explanation);
    reply.log.info({ reason: error.reason, ...explanation }, "request refused, explained");
  }
  for (const [name, value] of Object.entries(headers)) {
    if (name !== "www-authenticate") reply.header(name, value);
    else reply.header(name, joinChallenges(reply.getHeader(name), value));
  }
  return error;
}

const explanations = new WeakMap<FastifyReply, Explanation>();

/** With `explain: "development"`: cause and fix beside whatever the application's error handler made of the refusal, if that is JSON. */
function addExplanation(
  _request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: unknown) => void,
): void {
  const explanation = explanations.get(reply);
  const body = explanation && typeof payload === "string" ? readObject(payload) : undefined;
  done(null, body ? JSON.stringify({ ...body, ...explanation }) : payload);
}

/** The JSON object that an answer is; undefined for a page, a text or a list. */
function readObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What Fastify prints where it has no route yet. Should it ever print something else, each request is asked for its route. */
const noRoutes = "(empty tree)";

/** A route that was there before the plugin has an `auth` option that nobody read. It answers 500 rather than be open by mistake. */
function refuseUnseenRoutes(app: FastifyInstance): void {
  // Contexts that began after the plugin have seen routes only. To know that costs a request less than to ask for its route.
  const seenWhole = new WeakSet<FastifyInstance>();
  if (app.printRoutes() === noRoutes) seenWhole.add(app);
  // Whoever descends from here through contexts that began later inherits the hook that sees routes. A context is made from its parent.
  const heirs = new WeakSet<FastifyInstance>([app]);
  app.addHook("onRegister", (context) => {
    if (!heirs.has(Object.getPrototypeOf(context))) return;
    heirs.add(context);
    seenWhole.add(context);
  });
  app.addHook("onRequest", (request, _reply, done) => {
    if (seenWhole.has(request.server) || isSeen(request)) done();
    else done(new ConfigError({ ...unseen, option: `The route ${request.method} ${request.routeOptions.url}` }));
  });
}

function isSeen(request: FastifyRequest): boolean {
  return request.routeOptions.config[seen] === true || request.is404 || isPreflight(request);
}

const unseen = {
  problem: "was added before gatewarden was loaded, so its `auth` was not read",
  example: "await app.register(gatewarden, { guard }) before any route",
};

/** Adds the requirement to the route's OpenAPI operation, unless the application wrote its own. */
function document(route: RouteOptions, need: CheckedNeed, schemeName: string): void {
  const schema = (route.schema ?? {}) as Readonly<Record<string, unknown>>;
  if (schema["security"] !== undefined) return;
  route.schema = { ...schema, security: toSecurity(need, schemeName) } as NonNullable<RouteOptions["schema"]>;
}
