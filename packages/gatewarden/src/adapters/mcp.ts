// MCP servers over Streamable HTTP (the official TypeScript SDK): middleware for Express or plain
// node:http, and a token verifier for the SDK's own middleware. The guard supplies what the MCP
// specification requires of a server that takes tokens: metadata (RFC 9728), challenges (RFC 6750
// §3), and the check that a token was issued for this server.
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  InsufficientScopeError,
  InvalidRequestError,
  InvalidTokenError,
  type OAuthError,
  ServerError,
} from "@modelcontextprotocol/sdk/server/auth/errors.js";
import type { OAuthTokenVerifier } from "@modelcontextprotocol/sdk/server/auth/provider.js";
import type { AuthInfo } from "@modelcontextprotocol/sdk/server/auth/types.js";
import {
  type Auth,
  AuthError,
  type Guard,
  isPreflight,
  type Outcome,
  type PublishedMetadata,
  type Requirement,
  toNeedArgument,
} from "../index.js";
import { createNeeds, type McpRequirements, readMessages } from "./_mcp-messages.js";
import { sendNoContent, sendRefusal, setHeaders, toGuardRequest } from "./_node.js";
import { type NeedArgument, readNeed } from "./_protect.js";

export type { McpRequirements } from "./_mcp-messages.js";

/**
 * A request as Express passes it on. The type omits `auth`, since other adapters declare it
 * differently.
 */
export type McpRequest = IncomingMessage & { originalUrl?: string; body?: unknown };

/** Middleware for Express, or for `node:http` with your own `next`. */
export type McpMiddleware = (request: McpRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Middleware before `transport.handleRequest(request, response, request.body)`. It sets
 * `request.auth`, which the transport passes to tools. Refuses as every adapter does: an MCP client
 * finds the issuer in a 401, and the missing scope in a 403. The token is checked before the parsed
 * body is looked at. If `tools` are listed, a second decision checks what the messages need. A CORS
 * preflight that nothing answered before is answered 204: for clients in browsers, put the CORS
 * middleware first.
 */
export function protect(guard: Guard<unknown>, requirements: McpRequirements = {}): McpMiddleware {
  const { base, read } = createNeeds(requirements);
  return (request, response, next) => {
    const guardRequest = toGuardRequest(request, request.originalUrl);
    if (isPreflight(guardRequest)) return sendNoContent(response);
    const accept = (auth: Auth<unknown>) => {
      Object.assign(request, { auth: toAuthInfo(guard, auth) });
      setHeaders(response, guard.responseHeaders(guardRequest));
      next();
    };
    const attempt = (requirement: Requirement | undefined, proceed: (auth: Auth<unknown>) => void) => {
      const settle = (outcome: Outcome<unknown>) => {
        const auth = outcome ?? new AuthError("credentials_missing");
        if (auth instanceof AuthError) sendRefusal(response, guard.refusal(auth));
        else proceed(auth);
      };
      const outcome = guard.attempt(guardRequest, ...toNeedArgument({ requirement, optional: false }));
      if (outcome instanceof Promise) outcome.then(settle).catch(next);
      else settle(outcome);
    };
    if (!read) return attempt(base, accept);
    // Sending a body costs nothing, so it is read only for a valid token. Both attempts count as
    // one use of a DPoP proof.
    attempt(undefined, (auth) => {
      const messages = readMessages(request);
      if (typeof messages === "string") return sendBadRequest(response, messages);
      const requirement = read(messages);
      if (requirement === undefined) accept(auth);
      else attempt(requirement, accept);
    });
  };
}

let hasWarned = false;

/**
 * Answers with a JSON-RPC error (JSON-RPC 2.0 §5.1), as the SDK's transport does for what it cannot
 * read. A 403 would make a client ask for more scopes, none of which would help.
 */
function sendBadRequest(response: ServerResponse, problem: "unparsed" | "malformed"): void {
  if (problem === "unparsed" && !hasWarned) {
    const why = "A POST without a parsed body was refused, for it may call any tool. Is express.json() used before?";
    process.emitWarning(why, { type: "GatewardenWarning", code: "GATEWARDEN_MCP_BODY" });
    hasWarned = true;
  }
  const message = "Invalid Request: the body must be a JSON-RPC message in JSON, or a batch of at most 100";
  response.writeHead(400, { "content-type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", error: { code: -32600, message }, id: null }));
}

/**
 * Middleware that serves the metadata of the guard's `resource` (RFC 9728), and passes everything
 * else on. Mount it at the root. Any page in a browser may read it, preflights included. CORS
 * headers set before stay.
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

/**
 * For the SDK's `requireBearerAuth({ verifier, resourceMetadataUrl: guard.metadata()?.url })`.
 * Refusals become the errors that it answers with 401, 403 or 500. The challenges are then the
 * SDK's, which has no step-up.
 */
export function createTokenVerifier(guard: Guard<unknown>, ...need: NeedArgument<Requirement>): OAuthTokenVerifier {
  readNeed(need);
  return {
    async verifyAccessToken(token) {
      try {
        return toAuthInfo(guard, await guard.verify(token, ...need));
      } catch (error) {
        throw error instanceof AuthError ? toOAuthError(error) : error;
      }
    },
  };
}

const known = new WeakMap<AuthInfo, { readonly guard: object; readonly auth: Auth<unknown> }>();

/**
 * In a tool: what the guard knows of the caller, typed as the guard's `claims`. `extra` is what the
 * SDK passes to a tool. Throws `AuthError` (`credentials_missing`) if the call did not pass this
 * guard.
 */
export function readAuth<Claims>(guard: Guard<Claims>, { authInfo }: { authInfo?: AuthInfo }): Auth<Claims> {
  const found = authInfo && known.get(authInfo);
  if (found === undefined || found.guard !== guard) throw new AuthError("credentials_missing");
  return found.auth as Auth<Claims>;
}

function toAuthInfo(guard: Guard<unknown>, auth: Auth<unknown>): AuthInfo {
  const resource = guard.metadata()?.body.resource;
  const info: AuthInfo = {
    token: auth.token,
    clientId: auth.clientId ?? "",
    scopes: [...auth.scopes],
    expiresAt: auth.expiresAt,
    ...(resource !== undefined && { resource: new URL(resource) }),
    extra: { subject: auth.subject, permissions: auth.permissions },
  };
  known.set(info, { guard, auth });
  return info;
}

/**
 * The SDK answers 400, 401, 403 and 500 for these four classes, and loses the refusal's challenge.
 */
function toOAuthError(error: AuthError): OAuthError {
  const { message, status } = error;
  const classes = { 400: InvalidRequestError, 401: InvalidTokenError, 403: InsufficientScopeError };
  const OAuthErrorClass = classes[status as keyof typeof classes] ?? ServerError;
  return Object.assign(new OAuthErrorClass(message), { cause: error });
}
