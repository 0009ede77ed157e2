// Fastify: the routes that one registration of the plugin has seen. Each gets the check of its own
// `auth`, and must still have it when the application starts.
import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import { ConfigError, type Guard } from "../index.js";
import type { RouteAuth } from "./_fastify-auth.js";
import { createRouteCheck, requireRouteAuth } from "./_fastify-check.js";
import { type CheckedNeed, checksExtension, toChecksExtension, toSecurity } from "./_protect.js";

const seen: unique symbol = Symbol("gatewarden.seen");

declare module "fastify" {
  interface FastifyContextConfig {
    /** Set on every route that gatewarden has seen. Returns whether it was seen in this context. */
    [seen]?: (server: FastifyInstance) => boolean;
  }
}

/**
 * Whether the plugin has seen the route of a request. A mark that was copied into a context where
 * the plugin sees no routes does not count: the copy's `auth` was never read (CWE-862).
 */
export function isSeen(request: FastifyRequest): boolean {
  return request.routeOptions.config[seen]?.(request.server) === true;
}

/** How a registration protects its routes. */
export interface RouteSettings {
  readonly guard: Guard<unknown>;
  /** What routes without `auth` need. */
  readonly fallback: RouteAuth;
  readonly schemeName: string;
}

/** The routes of one registration. */
export class SeenRoutes {
  readonly #settings: RouteSettings;
  /** The checks created here, each with its need. */
  readonly #needs = new WeakMap<object, CheckedNeed>();
  /** The OpenAPI securities written here. */
  readonly #securities = new WeakSet<object>();
  #unverified: SeenRoute[] = [];
  #fault: ConfigError | undefined;

  constructor(settings: RouteSettings) {
    this.#settings = settings;
  }

  /**
   * The problem that `verify` found. No request is served then, even if the application ignored the
   * failed start.
   */
  get fault(): ConfigError | undefined {
    return this.#fault;
  }

  /**
   * Reads a new route's `auth` and puts its check before the route's own hooks. Throws
   * `ConfigError` for a malformed `auth`.
   */
  see(route: RouteOptions, server: FastifyInstance): void {
    const auth = this.#readAuth(route);
    const need = requireRouteAuth(auth);
    route.config = { ...route.config, [seen]: (other) => other === server };
    this.#document(route, auth === false ? undefined : need);
    this.#unverified.push({ route, auth, check: auth === false ? this.#uncheck(route) : this.#check(route, need) });
  }

  /**
   * Runs once no other hook can change a route. Each must still have the need that was read, and
   * its check.
   */
  verify(): ConfigError | undefined {
    for (const { route, auth, check } of this.#unverified) {
      const isChecked = check === undefined || [route.onRequest ?? []].flat().includes(check);
      if (isChecked && this.#readAuth(route) === auth) continue;
      const option = `The route ${[route.method].flat().join(", ")} ${route.url}`;
      this.#fault ??= new ConfigError({ option, ...(isChecked ? changed : unchecked) });
    }
    this.#unverified = [];
    return this.#fault;
  }

  /** `auth: undefined`, for example from a misspelt variable, must not mean "open". */
  #readAuth(route: RouteOptions): RouteAuth {
    return Object.hasOwn(route, "auth") ? (route.auth as RouteAuth) : this.#settings.fallback;
  }

  /** The check runs after the hooks of the application, which have set CORS headers by then. */
  #check(route: RouteOptions, need: CheckedNeed): Hooks[number] {
    const hooks = [route.onRequest ?? []].flat();
    const check: Hooks[number] =
      hooks.find((hook) => isSame(this.#needs.get(hook), need)) ?? createRouteCheck(this.#settings.guard, need);
    this.#needs.set(check, need);
    route.onRequest = [check, ...this.#withoutCopied(route).filter((hook) => hook !== check)];
    return check;
  }

  #uncheck(route: RouteOptions): undefined {
    if (route.onRequest !== undefined) route.onRequest = this.#withoutCopied(route);
  }

  /**
   * A route copied from another one carries the other's check. If the copy has its own `auth`, that
   * replaces the check. Otherwise the check stays, beside the default, since the original was
   * protected by it.
   */
  #withoutCopied(route: RouteOptions): Hooks {
    const hooks = [route.onRequest ?? []].flat();
    return Object.hasOwn(route, "auth") ? hooks.filter((hook) => !this.#needs.has(hook)) : hooks;
  }

  /**
   * Adds the need to the route's OpenAPI operation, unless the application wrote its own. A copied
   * security is replaced or kept like a copied check.
   */
  #document(route: RouteOptions, need: CheckedNeed | undefined): void {
    const {
      security: present,
      [checksExtension]: _,
      ...schema
    } = (route.schema ?? {}) as Readonly<Record<string, unknown>>;
    const isCopied = Object.hasOwn(route, "auth") && this.#securities.has(present as object);
    if (present !== undefined && !isCopied) return;
    if (need === undefined && present === undefined) return;
    const security = need && toSecurity(need, this.#settings.schemeName);
    if (security) this.#securities.add(security);
    const documented = need && { security, ...toChecksExtension(need) };
    route.schema = { ...schema, ...documented } as NonNullable<RouteOptions["schema"]>;
  }
}

type Hooks = Extract<NonNullable<RouteOptions["onRequest"]>, readonly unknown[]>;

interface SeenRoute {
  readonly route: RouteOptions;
  /** What the route needed when it was seen. */
  readonly auth: RouteAuth;
  readonly check: Hooks[number] | undefined;
}

function isSame(one: CheckedNeed | undefined, other: CheckedNeed): boolean {
  return one !== undefined && one.requirement === other.requirement && one.optional === other.optional;
}

const unchecked = {
  problem: "lost the check of its `auth`: an `onRoute` hook replaced or wrapped its `onRequest`",
  example: "register gatewarden after what adds that hook, or add to the hooks that are there",
};

const changed = {
  problem: "changed its `auth` after gatewarden had read it",
  example: "add the `onRoute` hook that changes it before gatewarden is registered",
};
