// MCP on node:http, and on every framework over it: the checks, the body where nothing has read it,
// and the answer.
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Auth, type GuardRequest, isPreflight } from "../index.js";
import { type Awaitable, chain } from "../platform/awaitable.js";
import { warn } from "../platform/runtime.js";
import { parseBody } from "./_mcp-body.js";
import { isAnswer, isProblem, type McpAnswer, type McpCheck } from "./_mcp-check.js";
import { answerFailure, sendNoContent, sendRefusal, setHeaders, toGuardRequest } from "./_node.js";

/**
 * A request as Express passes it on. The type omits `auth`, since other adapters declare it
 * differently.
 */
export type McpRequest = IncomingMessage & { originalUrl?: string; body?: unknown };

/** Middleware for Express, or for `node:http` with your own `next`. */
export type McpMiddleware = (request: McpRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

/** A request on its way, with its form for the guard. */
export interface McpExchange {
  readonly request: McpRequest;
  readonly response: ServerResponse;
  readonly guardRequest: GuardRequest;
}

/** The middleware for `(request, response, next)`. */
export function createMcpMiddleware(check: McpCheck): McpMiddleware {
  return (request, response, next) => {
    const goOn = (refused: McpAnswer | undefined) => (refused ? sendAnswer(response, refused) : next());
    let outcome: Awaitable<McpAnswer | undefined>;
    try {
      const guardRequest = toGuardRequest(request, request.originalUrl);
      if (isPreflight(guardRequest)) return sendNoContent(response);
      const exchange = { request, response, guardRequest };
      outcome = chain(check.checkToken(guardRequest), (auth) => {
        if (isAnswer(auth)) return auth;
        return chain(takeBody(check, request), (problem) => problem ?? admitNode(check, auth, exchange));
      });
    } catch (error) {
      // Not by `next`: a listener of node:http might take it for a pass (CWE-636).
      return answerFailure(response, error);
    }
    // `next` may throw too. Unhandled, that would end the process (CWE-248).
    if (outcome instanceof Promise) outcome.then(goOn).catch((error) => answerFailure(response, error));
    else goOn(outcome);
  };
}

/** Checks what the messages need. An admitted request gets `auth`, and its answer is watched. */
export function admitNode(
  check: McpCheck,
  auth: Auth<unknown>,
  exchange: McpExchange,
): Awaitable<McpAnswer | undefined> {
  const { request, response, guardRequest } = exchange;
  return chain(check.checkMessages(auth, toIncoming(exchange)), (admitted) => {
    if (isAnswer(admitted)) return admitted;
    Object.assign(request, { auth: admitted.authInfo });
    setHeaders(response, check.guard.responseHeaders(guardRequest));
    return chain(loadWatch(), (watch) => {
      watch(check, admitted, response);
      return undefined;
    });
  });
}

function toIncoming({ request, guardRequest }: McpExchange): Parameters<McpCheck["checkMessages"]>[1] {
  const { headers, method } = request;
  const readHeader = (name: string) => {
    const value = headers[name];
    return value === undefined ? undefined : [value].flat().join(", ");
  };
  return { method, headers, guardRequest, readHeader, body: readBody(request) };
}

/** A parser may have left a getter that throws. Null is no message. */
function readBody(request: McpRequest): unknown {
  try {
    return request.body;
  } catch {
    return null;
  }
}

type WatchAnswer = typeof import("./_mcp-node-answer.js").watchNodeAnswer;
let watchAnswer: WatchAnswer | undefined;

/** Loaded with the first admitted request. */
function loadWatch(): Awaitable<WatchAnswer> {
  return (
    watchAnswer ??
    import("./_mcp-node-answer.js").then(({ watchNodeAnswer }) => {
      watchAnswer = watchNodeAnswer;
      return watchNodeAnswer;
    })
  );
}

/**
 * Reads the body into `request.body` where no parser was asked to, so that nothing else can read
 * another one. What a parser passed over for its content type stays unread, and is refused.
 */
function takeBody(check: McpCheck, request: McpRequest): Awaitable<McpAnswer | undefined> {
  if (!check.readsBody || request.method !== "POST" || !isUnread(request)) return undefined;
  // A body that is too large must not cost the client its answer.
  const bytes = request.iterator({ destroyOnReturn: false });
  const contentType = request.headers["content-type"];
  return parseBody({ bytes, contentType, method: "POST" }).then((parsed) => {
    if (isAnswer(parsed)) return parsed;
    request.body = parsed.value;
    return undefined;
  });
}

function isUnread(request: McpRequest): boolean {
  if (readBody(request) !== undefined) return false;
  const isRead = request.readableDidRead || !request.readable;
  if (isRead) warn("GATEWARDEN_MCP_BODY", unparsed);
  return !isRead;
}

const unparsed = "A POST was refused, for something has read its body without parsing it as JSON.";

/** Sends an answer instead of the transport's. */
export function sendAnswer(response: ServerResponse, answer: McpAnswer): void {
  if (!isProblem(answer)) sendRefusal(response, answer);
  else response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body));
}
