// Nest: what a handler needs. Combines the decorators of the handler, its class, and everything
// both inherit from.
import { all, ConfigError, type LastArgument, type Need, toNeedArgument } from "../index.js";
import { type CheckedNeed, checksExtension, toChecksExtension, toSecurity } from "./_protect.js";

/** The decorators of one class or method. */
export interface NeedMark {
  readonly needs?: readonly CheckedNeed[];
  /** The needs replace those of the enclosing and base classes. */
  readonly replaces?: boolean;
  readonly isPublic?: boolean;
}

/** The argument of `guard.attempt` before a handler runs. For `public` the guard is not called. */
export type HandlerNeed = LastArgument<Need> | "public";

type Handler = (...args: never[]) => unknown;
type Decorate = (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => void;

const needKey = "gatewarden:need";
const swaggerKey = "swagger/apiSecurity";
const extensionKey = "swagger/apiExtension";
/** Nest's own mark of a handler with a path. */
const routeKey = "path";

/** A decorator that adds to the others of the same class or method. Throws `ConfigError`. */
export function toDecorator(mark: NeedMark): MethodDecorator & ClassDecorator {
  const decorate: Decorate = (target, key, descriptor) => {
    if (key === undefined) {
      addMark(mark, target);
      for (const handler of handlersOf((target as Handler).prototype)) document(target, handler);
      return;
    }
    const handler: unknown = descriptor?.value;
    if (typeof handler !== "function") throw new ConfigError(noMethod);
    addMark(mark, target, key);
    // Also on the function, since a mixin copies that to another class.
    addMark(mark, handler);
    document(target.constructor, handler as Handler);
  };
  return decorate;
}

function addMark(mark: NeedMark, target: object, key?: string | symbol): void {
  const sum = add(readMark(target, key), mark);
  if (sum.isPublic && sum.needs?.length) throw new ConfigError(contradiction);
  Reflect.defineMetadata(needKey, sum, target, key as string);
}

/** The mark of the class or method itself. `Reflect.getMetadata` would also inherit `@Public()`. */
function readMark(target: object, key?: string | symbol): NeedMark {
  return Reflect.getOwnMetadata(needKey, target, key as string) ?? {};
}

function add(one: NeedMark, other: NeedMark): NeedMark {
  return {
    needs: [...new Set([...(one.needs ?? []), ...(other.needs ?? [])])],
    replaces: one.replaces || other.replaces || false,
    isPublic: one.isPublic || other.isPublic || false,
  };
}

const combined = new WeakMap<object, WeakMap<object, HandlerNeed>>();

/** What the handler needs on this class. Without decorators: a valid token. */
export function requireHandlerNeed(owner: object, handler: object): HandlerNeed {
  const known = combined.get(owner)?.get(handler);
  if (known) return known;
  const need = combine(owner as Handler, handler as Handler);
  const asked = need === "public" ? need : toNeedArgument(need);
  const ofClass = combined.get(owner) ?? new WeakMap<object, HandlerNeed>();
  combined.set(owner, ofClass.set(handler, asked));
  return asked;
}

/** A summary of a handler's decorators. */
export type HandlerSaying = "need" | "public" | "nothing";

export function readSaying(owner: object, handler: object): HandlerSaying {
  const marks = collect(owner as Handler, handler as Handler);
  if (marks.some(({ needs = [] }) => needs.length > 0)) return "need";
  return marks.some(({ isPublic }) => isPublic) ? "public" : "nothing";
}

function combine(owner: Handler, handler: Handler): CheckedNeed | "public" {
  const marks = collect(owner, handler);
  const needs = marks.flatMap((mark) => mark.needs ?? []);
  return needs.length === 0 && marks.some(({ isPublic }) => isPublic) ? "public" : sum([...new Set(needs)]);
}

/**
 * The marks from the handler up to the last base class. `replace` and `@Public()` end the list at
 * the class that they stand in. A class derived from that one still adds its own.
 */
function collect(owner: Handler, handler: Handler): readonly NeedMark[] {
  const prototypes = lineageOf(owner.prototype);
  const methods = readMethods(prototypes, handler);
  const classes = prototypes.map((prototype, index) =>
    index === 0 ? readMark(owner) : withoutOpening(readMark(prototype.constructor)),
  );
  const end = methods.findIndex(isEnd);
  return [...upToEnd(methods), ...upToEnd(end < 0 ? classes : classes.slice(0, end))];
}

/** The marks of the handler and of each method that it overrides. */
function readMethods(prototypes: readonly object[], handler: Handler): NeedMark[] {
  const own = Math.max(
    0,
    prototypes.findIndex((prototype) => keysOf(prototype, handler).length > 0),
  );
  const [found] = keysOf(prototypes[own] ?? {}, handler);
  return prototypes.map((prototype, index) => {
    const key = found ?? handler.name;
    const method: unknown = Object.getOwnPropertyDescriptor(prototype, key)?.value;
    const mark = add(readMark(prototype, key), typeof method === "function" ? readMark(method) : {});
    if (index !== own) return withoutOpening(mark);
    return add(found === undefined ? withoutOpening(mark) : mark, readMark(handler));
  });
}

function keysOf(prototype: object, handler: Handler): (string | symbol)[] {
  const descriptors = Object.getOwnPropertyDescriptors(prototype);
  return Reflect.ownKeys(descriptors).filter((key) => descriptors[key as string]?.value === handler);
}

function lineageOf(prototype: object | null): object[] {
  return prototype === null || prototype === Object.prototype
    ? []
    : [prototype, ...lineageOf(Object.getPrototypeOf(prototype))];
}

/** `@Public()` is not inherited (CWE-636). */
function withoutOpening(mark: NeedMark): NeedMark {
  return { ...mark, isPublic: false };
}

function isEnd({ replaces, isPublic }: NeedMark): boolean {
  return replaces || isPublic || false;
}

function upToEnd(marks: readonly NeedMark[]): readonly NeedMark[] {
  const end = marks.findIndex(isEnd);
  return end < 0 ? marks : marks.slice(0, end + 1);
}

/** Every need must be met. A token is optional only if each need says so. */
function sum(needs: readonly CheckedNeed[]): CheckedNeed {
  const requirements = needs.flatMap(({ requirement }) => requirement ?? []);
  return {
    requirement: requirements.length > 1 ? all(...requirements) : requirements[0],
    optional: needs.length > 0 && needs.every(({ optional }) => optional),
  };
}

const written = new WeakSet<object>();

/**
 * Set on the handler, since `@nestjs/swagger` treats the security of its class as an alternative.
 * What the application wrote itself stays.
 */
function document(owner: object, handler: Handler): void {
  const present: unknown = Reflect.getOwnMetadata(swaggerKey, handler);
  if (typeof present === "object" && present !== null && !written.has(present)) return;
  const need = combine(owner as Handler, handler);
  const security = need === "public" ? [{}] : toSecurity(need, "oauth2");
  written.add(security);
  Reflect.defineMetadata(swaggerKey, security, handler);
  const { [checksExtension]: _, ...others } = Reflect.getOwnMetadata(extensionKey, handler) ?? {};
  const checks = need === "public" ? {} : toChecksExtension(need);
  Reflect.defineMetadata(extensionKey, { ...others, ...checks }, handler);
}

/**
 * Documents the routes of a controller that have no decorator of this module: they need a token.
 * What the application wrote itself stays, as what a class says of all its routes.
 */
export function documentByDefault(controller: object): void {
  if (Reflect.hasMetadata(swaggerKey, controller)) return;
  for (const { method } of listMethods(controller)) {
    if (Reflect.hasMetadata(routeKey, method) && !Reflect.hasMetadata(swaggerKey, method)) document(controller, method);
  }
}

/** A method that a class has or inherits. */
interface Method {
  readonly name: string | symbol;
  readonly method: Handler;
}

/** The methods of a class and its base classes. Of those with one name, only the overriding one. */
export function listMethods(owner: object): readonly Method[] {
  const descriptors = lineageOf((owner as { prototype?: object }).prototype ?? null).map(
    Object.getOwnPropertyDescriptors,
  );
  const called: Record<string | symbol, PropertyDescriptor> = Object.assign({}, ...descriptors.toReversed());
  return Reflect.ownKeys(called).flatMap((name) => {
    const method: unknown = called[name]?.value;
    return typeof method === "function" && name !== "constructor" ? [{ name, method: method as Handler }] : [];
  });
}

function handlersOf(prototype: object): Handler[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) =>
    typeof value === "function" && name !== "constructor" ? [value as Handler] : [],
  );
}

const noMethod = {
  option: "@Need() or @Public()",
  problem: "must stand on a class or a method",
  example: '@Need(permission("read:admin")) @Get("admin") admin() {}',
};

const contradiction = {
  option: "@Public()",
  problem: "cannot stand beside @Need() on one class or method",
  example: "@Need({ optional: true }) for a handler that may be called without a token",
};
