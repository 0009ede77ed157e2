// `middleware.unless(…)`: which requests need no token, as express-unless decides it.
import type { NextFunction, Request, Response } from "express";
import { ConfigError } from "../../index.js";

/** A path that is compared exactly, a pattern, or one of them for some methods. */
export type UnlessPath =
  | string
  | RegExp
  | { readonly url: string | RegExp; readonly method?: string; readonly methods?: string | readonly string[] };

/** Decides for one request whether the middleware is skipped. */
export type RequestChecker = (request: Request) => boolean | Promise<boolean>;

/** Which requests skip the middleware: those that fulfil any of the conditions. */
export type UnlessParams =
  | {
      readonly method?: string | readonly string[];
      readonly path?: UnlessPath | readonly UnlessPath[];
      /** The end of the path, such as `.css`. */
      readonly ext?: string | readonly string[];
      /** Default true: the URL as the client sent it, not as a router cut it. */
      readonly useOriginalUrl?: boolean;
      readonly custom?: RequestChecker;
    }
  | RequestChecker;

/** A middleware that can be told which requests it leaves alone. */
export interface UnlessMiddleware {
  (request: Request, response: Response, next: NextFunction): Promise<void>;
  unless(options: UnlessParams): UnlessMiddleware;
}

type Middleware = (request: Request, response: Response, next: NextFunction) => Promise<void>;

/** Adds the method `unless`. */
export function withUnless(middleware: Middleware): UnlessMiddleware {
  return Object.assign(middleware, { unless: (options: UnlessParams) => withUnless(createSkip(middleware, options)) });
}

const known = ["method", "path", "ext", "useOriginalUrl", "custom"];

function createSkip(middleware: Middleware, options: UnlessParams): Middleware {
  const terms = typeof options === "function" ? { custom: options } : options;
  if (typeof terms !== "object" || terms === null) throw notUnless("unless", "must be an object or a function");
  const stranger = Object.keys(terms).find((name) => !known.includes(name));
  if (stranger !== undefined) throw notUnless(`unless.${stranger}`, "is not a condition");
  for (const path of typeof terms.path === "object" ? toConditions(terms.path) : []) requirePath(path);
  return async (request, response, next) => {
    let isSkipped: boolean;
    try {
      isSkipped = isStaticallyFree(terms, request) || (await terms.custom?.(request)) === true;
    } catch (error) {
      return next(error);
    }
    if (isSkipped) return next();
    await middleware(request, response, next);
  };
}

/** A condition that is not read would free the path for more requests than it says (CWE-636). */
function requirePath(path: UnlessPath): void {
  if (typeof path !== "object" || path instanceof RegExp) return;
  const stranger = Object.keys(path).find((name) => !["url", "method", "methods"].includes(name));
  if (stranger !== undefined) throw notUnless(`unless.path.${stranger}`, "is not a condition");
}

function notUnless(option: string, problem: string): ConfigError {
  return new ConfigError({ option, problem, example: 'unless({ path: ["/public"] })' });
}

type Terms = Exclude<UnlessParams, RequestChecker>;

/**
 * A path with characters that routers and URL parsers read differently is never free (CWE-436).
 */
const plainPath = /^\/[^#\\\s]*$/;

function isStaticallyFree({ method, path, ext, useOriginalUrl = true }: Terms, request: Request): boolean {
  if (toConditions(method).includes(request.method)) return true;
  const [pathname = ""] = (useOriginalUrl ? (request.originalUrl ?? request.url) : request.url).split("?", 1);
  if (!plainPath.test(pathname)) return false;
  if (toConditions(ext).some((one) => one !== "" && pathname.endsWith(one))) return true;
  return toConditions(path).some((one) => isMatch(one, pathname, request.method));
}

function isMatch(path: UnlessPath, pathname: string, method: string): boolean {
  if (typeof path === "string") return path === pathname;
  // `search` ignores `lastIndex`, so a pattern with `g` gives every request the same answer.
  if (path instanceof RegExp) return pathname.search(path) !== -1;
  const methods = toConditions(path.method ?? path.methods);
  return isMatch(path.url, pathname, method) && (methods.length === 0 || methods.includes(method));
}

function toConditions<Item>(given: Item | readonly Item[] | undefined): readonly Item[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? given : [given as Item];
}
