// MCP on Fastify: two hooks of one route, since the token is checked before the body is parsed. Its
// types are repeated here as far as they are used, so that it may be missing.
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Auth, AuthError, type Awaitable, type GuardRequest, isPreflight } from "../index.js";
import { chain } from "../platform/awaitable.js";
import { isAnswer, type McpAnswer, type McpCheck } from "./_mcp-check.js";
import { admitNode, sendAnswer } from "./_mcp-node.js";
import { sendNoContent, toGuardRequest } from "./_node.js";

/** A hook of Fastify, for its callback style. */
export type McpFastifyHook = (request: HookRequest, reply: HookReply, done: (error?: Error) => void) => void;

/** The options of the route: spread both, or use both for the hooks of a plugin. */
export interface McpFastifyHooks {
  /** Checks the token. */
  readonly onRequest: McpFastifyHook;
  /** Checks what the messages need, and sets `request.raw.auth` for the transport. */
  readonly preHandler: McpFastifyHook;
}

interface HookRequest {
  readonly raw: IncomingMessage;
  readonly originalUrl: string;
  readonly body: unknown;
}

interface HookReply {
  readonly raw: ServerResponse;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
  hijack(): unknown;
}

/** A request between the two hooks. */
interface Checked {
  readonly auth: Auth<unknown>;
  readonly guardRequest: GuardRequest;
}

/** The hooks. */
export function createMcpFastifyHooks(check: McpCheck): McpFastifyHooks {
  const checked = new WeakMap<IncomingMessage, Checked>();
  return {
    onRequest: (request, reply, done) => {
      const guardRequest = toGuardRequest(request.raw, request.originalUrl);
      if (isPreflight(guardRequest)) {
        takeOver(reply);
        return sendNoContent(reply.raw);
      }
      const outcome = chain(check.checkToken(guardRequest), (auth) => {
        if (isAnswer(auth)) return auth;
        checked.set(request.raw, { auth, guardRequest });
        return undefined;
      });
      settle(outcome, reply, done);
    },
    preHandler: ({ raw, body }, reply, done) => {
      const found = checked.get(raw);
      // Without the other hook, no token was checked.
      if (!found) return done(new AuthError("check_failed", { cause: new TypeError("onRequest is missing") }));
      copyHeaders(reply);
      const request = Object.assign(raw, { body });
      const { auth, guardRequest } = found;
      settle(admitNode(check, auth, { request, response: reply.raw, guardRequest }), reply, done);
    },
  };
}

function settle(outcome: Awaitable<McpAnswer | undefined>, reply: HookReply, done: (error?: Error) => void): void {
  const goOn = (refused: McpAnswer | undefined) => {
    if (!refused) return done();
    takeOver(reply);
    sendAnswer(reply.raw, refused);
  };
  if (outcome instanceof Promise) outcome.then(goOn).catch(done);
  else goOn(outcome);
}

/** The answers of this protocol are written as they are, not by the application's error handler. */
function takeOver(reply: HookReply): void {
  copyHeaders(reply);
  reply.hijack();
}

/** What plugins such as CORS have set must reach the client although the transport answers. */
function copyHeaders(reply: HookReply): void {
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
}
