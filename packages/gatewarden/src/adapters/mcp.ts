// MCP servers over Streamable HTTP, on either official TypeScript SDK and on any host. The guard
// supplies what the MCP specification requires of a server that takes tokens: metadata (RFC 9728),
// challenges (RFC 6750 §3), and the check that a token was issued for this server. Neither SDK is
// imported here.
import { type Auth, AuthError, type Guard, type PublishedMetadata, type Requirement } from "../index.js";
import { type AuthInfo, findAuth, type McpExtra, toAuthInfo } from "./_mcp-auth-info.js";
import { McpCheck } from "./_mcp-check.js";
import { createMcpFastifyHooks, type McpFastifyHooks } from "./_mcp-fastify.js";
import { answerFetch, type McpFetchHandler } from "./_mcp-fetch.js";
import { createMcpHonoMiddleware, type McpHonoMiddleware } from "./_mcp-hono.js";
import { createMcpMiddleware, type McpMiddleware } from "./_mcp-node.js";
import type { McpRequirements } from "./_mcp-requirements.js";
import { type NeedArgument, readNeed, requireHandler } from "./_protect.js";

export {
  type AgentCard,
  type AgentCardOptions,
  type AgentInterface,
  type AgentSecurity,
  type AgentSkill,
  type AgentSkillText,
  toAgentCard,
} from "./_mcp-agent-card.js";
export type { AuthInfo, McpExtra } from "./_mcp-auth-info.js";
export type { McpFastifyHook, McpFastifyHooks } from "./_mcp-fastify.js";
export type { McpFetchHandler, McpRequestOptions } from "./_mcp-fetch.js";
export type { McpHonoMiddleware, McpVariables } from "./_mcp-hono.js";
export type { McpMiddleware, McpRequest } from "./_mcp-node.js";
export type { McpRequirements, NeedsByName } from "./_mcp-requirements.js";

/**
 * Middleware for Express and `node:http`, before the transport:
 * `app.use("/mcp", protect(guard, { tools: { whoami: true } }))`. It sets `request.auth`, which the
 * transports pass to tools. Refuses as every adapter does: an MCP client finds the issuer in a 401,
 * and all scopes that the operation needs in a 403. With lists (`tools`, `resources`, `prompts`)
 * the body is read for a valid token only: pass `request.body` to the transport. A stream ends when
 * its token expires or is revoked. A session serves only who opened it. A CORS preflight that
 * nothing answered before is answered 204: for clients in browsers, put the CORS middleware first.
 */
export function protect(guard: Guard<unknown>, requirements: McpRequirements = {}): McpMiddleware {
  return createMcpMiddleware(new McpCheck(guard, requirements));
}

/**
 * As `protect`, for hosts that call `fetch(request)`: Workers, Deno, Bun, Next.js. The handler gets
 * what the transports for web standards take:
 * `protectFetch(guard, { tools }, (request, options) => handler.fetch(request, options))`.
 */
export function protectFetch<Rest extends readonly unknown[] = readonly []>(
  guard: Guard<unknown>,
  requirements: McpRequirements,
  handler: McpFetchHandler<Rest>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  requireHandler(handler);
  const check = new McpCheck(guard, requirements);
  return (request, ...rest) =>
    answerFetch(check, { request, parsedBody: undefined }, (options) => handler(request, options, ...rest));
}

/**
 * As `protect`, a middleware for Hono. It sets `authInfo` and `parsedBody` for the handler:
 * `app.all("/mcp", protectHono(guard, { tools }), (c) => handler.fetch(c.req.raw, c.var))`.
 */
export function protectHono(guard: Guard<unknown>, requirements: McpRequirements = {}): McpHonoMiddleware {
  return createMcpHonoMiddleware(new McpCheck(guard, requirements));
}

/**
 * As `protect`, the two hooks of a Fastify route:
 * `app.all("/mcp", protectFastify(guard, { tools }), handler)`. The transport finds `auth` at
 * `request.raw`, and the body is `request.body`.
 */
export function protectFastify(guard: Guard<unknown>, requirements: McpRequirements = {}): McpFastifyHooks {
  return createMcpFastifyHooks(new McpCheck(guard, requirements));
}

/**
 * Middleware that serves the metadata of the guard's `resource` (RFC 9728), and passes everything
 * else on. Mount it at the root. Any page in a browser may read it, preflights included. CORS
 * headers set before stay. On fetch, use `guard.metadata()`; Fastify's plugin serves it by itself.
 */
export function serveMetadata(guard: Guard<unknown>): McpMiddleware {
  return ({ method, originalUrl, url = "/" }, response, next) => {
    let metadata: PublishedMetadata | undefined;
    try {
      metadata = guard.metadata();
    } catch (error) {
      // Options that a function gives may be wrong, and what node:http's listeners throw ends the
      // process (CWE-248).
      return next(error);
    }
    const [path] = (originalUrl ?? url).split("?", 1);
    if (!metadata || path !== metadata.path) return next();
    const isPreflight = method === "OPTIONS";
    if (!isPreflight && method !== "GET" && method !== "HEAD") return next();
    for (const [name, value] of Object.entries(isPreflight ? metadata.preflight : metadata.headers)) {
      if (!name.startsWith("access-control-") || !response.hasHeader(name)) response.setHeader(name, value);
    }
    response.writeHead(isPreflight ? 204 : 200).end(isPreflight ? undefined : JSON.stringify(metadata.body));
  };
}

/** A verifier for the `requireBearerAuth` of either SDK. */
export interface McpTokenVerifier {
  verifyAccessToken(token: string): Promise<AuthInfo>;
}

/**
 * For the SDKs' own `requireBearerAuth({ verifier, resourceMetadataUrl: guard.metadata()?.url })`,
 * of version 1 and 2. Refusals become the errors that they answer with 400, 401, 403 or 500. The
 * challenges are then the SDK's, which has no step-up, and names only its own `requiredScopes`.
 */
export function createTokenVerifier(guard: Guard<unknown>, ...need: NeedArgument<Requirement>): McpTokenVerifier {
  readNeed(need);
  return {
    async verifyAccessToken(token) {
      try {
        return toAuthInfo(guard, await guard.verify(token, ...need));
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        const { toOAuthError } = await import("./_mcp-oauth-error.js");
        throw await toOAuthError(error);
      }
    },
  };
}

/**
 * In a tool: what the guard knows of the caller, typed as the guard's `claims`. `extra` is what the
 * SDK passes to a tool, in either version. Throws `AuthError` (`credentials_missing`) if the call
 * did not pass this guard.
 */
export function readAuth<Claims>(guard: Guard<Claims>, extra: McpExtra): Auth<Claims> {
  const auth = findAuth(guard, extra);
  if (auth === undefined) throw new AuthError("credentials_missing");
  return auth;
}
