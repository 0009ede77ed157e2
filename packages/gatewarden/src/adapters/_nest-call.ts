// One call of a Nest handler: the HTTP request behind it, and the facts that belong only to it.
import type { ExecutionContext } from "@nestjs/common";
import type { Auth, GuardRequest } from "../index.js";
import type { NodeRequest, NodeResponse } from "./_node.js";
import { readWatched } from "./_watched.js";

/** The parts of a call that the guard reads. */
export interface Call {
  readonly request?: (NodeRequest & { readonly originalUrl?: string }) | undefined;
  readonly response?: unknown;
  /**
   * What `protectSocket` of `gatewarden/graphql` put into the context of an operation over
   * graphql-ws.
   */
  readonly watched?: GuardRequest | undefined;
  /** The request that opened the socket of a call over Socket.IO. */
  readonly opening?: NodeRequest | undefined;
}

/** A framework's request around that of Node.js, or an object that holds one. */
interface Carrier {
  readonly raw?: unknown;
  readonly res?: unknown;
  readonly req?: unknown;
  readonly request?: unknown;
}

export function toCall(context: ExecutionContext): Call {
  const type: string = context.getType();
  const args: readonly unknown[] = context.getArgs();
  if (type === "http") return { request: unwrap(args[0]) as Call["request"], response: args[1] };
  if (type === "graphql") {
    // A resolver's third argument. Drivers put the HTTP request into it as `req` or `request`.
    const own = args[isReference(args) ? 1 : 2];
    const watched = readWatched(own);
    if (watched) return { watched };
    const { req, request } = (own ?? {}) as Carrier;
    const carrier = (req ?? request) as Carrier | undefined;
    return { request: toNodeRequest(carrier), response: carrier?.res };
  }
  // Only clients of the Socket.IO adapter have a request.
  return type === "ws" ? { opening: toNodeRequest((args[0] as Carrier | undefined)?.request) } : {};
}

/** Nest's own mark of a handler that answers with server-sent events. */
const sseKey = "__sse__";

/** The answer of Node.js to a call whose handler is an `@Sse()` one; undefined for any other. */
export function toStream(context: ExecutionContext): NodeResponse | undefined {
  if (!Reflect.getMetadata(sseKey, context.getHandler())) return undefined;
  return unwrap(toCall(context).response) as NodeResponse | undefined;
}

function unwrap(carrier: unknown): unknown {
  return (carrier as Carrier | undefined)?.raw ?? carrier;
}

function toNodeRequest(carrier: unknown): Call["request"] {
  const request = unwrap(carrier) as Call["request"];
  return Array.isArray(request?.rawHeaders) ? request : undefined;
}

/** Federation calls `(reference, context, info)`, a field `(parent, arguments, context, info)`. */
function isReference(args: readonly unknown[]): boolean {
  return args.length === 3;
}

const facts = new WeakMap<object, Auth<unknown>>();

/** Stores what the check of this call found. Undefined if it found nothing. */
export function keepFacts(context: ExecutionContext, found: Auth<unknown> | undefined): void {
  const key = findOwnObject(context) ?? addKey(context);
  if (found) facts.set(key, found);
  else facts.delete(key);
}

/** What the check of this call found, and of no other, even if calls share objects (CWE-488). */
export function readFacts(context: ExecutionContext): Auth<unknown> | undefined {
  const key = findOwnObject(context) ?? context.getArgs<unknown[]>().find((one) => one instanceof CallKey);
  return key && facts.get(key);
}

/** The argument that is created anew for each call, if there is one. */
function findOwnObject(context: ExecutionContext): object | undefined {
  const type: string = context.getType();
  const args: readonly object[] = context.getArgs();
  if (type === "http") return args[0];
  // Resolvers share the context of their operation, and operations may share one. A field's info is
  // its own.
  if (type === "graphql") return isReference(args) ? args[0] : args[3];
  return undefined;
}

/**
 * A key among the arguments of one call. It is empty, so that logging the arguments reveals no
 * facts.
 */
class CallKey {}

/**
 * A message may hold no object of its own: messages share their socket, and a payload may be a
 * string. Nest passes the guard's list of arguments on to interceptors and parameter decorators, so
 * a key in it reaches only the handler of this call. For sockets the last argument is the pattern.
 */
function addKey(context: ExecutionContext): object {
  const args = context.getArgs<unknown[]>();
  const key = new CallKey();
  const present = args.findIndex((one) => one instanceof CallKey);
  // Arguments passed on from another call carry that call's key.
  if (present >= 0) args[present] = key;
  else args.splice(context.getType() === "ws" ? -1 : args.length, 0, key);
  return key;
}
