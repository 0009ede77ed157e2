// MCP servers over Streamable HTTP (the official TypeScript SDK): middleware for Express or plain node:http, and a token verifier for the
// SDK's own middleware. What the MCP specification asks of authorization is RFC 9728 metadata and RFC 6750 challenges; both come from the guard.
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
  all,
  any,
  ConfigError,
  type Guard,
  isPreflight,
  type LastArgument,
  not,
  type Requirement,
  role,
  toNeedArgument,
} from "../index.js";
import { sendNoContent, sendRefusal, setHeaders, toGuardRequest } from "./_node.js";
import { readNeed } from "./_protect.js";

/** What MCP messages need beyond a valid token. */
export interface McpRequirements {
  /** What every message needs. */
  readonly requirement?: Requirement;
  /**
   * What calling each tool needs besides; `true` is nothing more. Once there is a list, a call of a tool that is not on it is refused
   * (403), so that a misspelt name is not an open door. Needs the body parsed beforehand, as `express.json()` does.
   */
  readonly tools?: Readonly<Record<string, Requirement | true>>;
}

/** A request as Express hands it on. `auth` is left out of the type, since other adapters say something else of it. */
export type McpRequest = IncomingMessage & { originalUrl?: string; body?: unknown };

/** Middleware for Express, or for `node:http` with a `next` of one's own. */
export type McpMiddleware = (request: McpRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Middleware before `transport.handleRequest(request, response, request.body)`: sets `request.auth`, which the transport hands to tools.
 * Refuses as every adapter does, so that an MCP client finds the issuer, asks for the missing scope and tries again by itself. A CORS preflight
 * that nothing before has answered is answered 204: for clients in browsers, the CORS middleware comes first.
 */
export function protect(guard: Guard<unknown>, requirements: McpRequirements = {}): McpMiddleware {
  requireRequirements(requirements);
  const needs = createNeeds(requirements);
  return (request, response, next) => {
    const { method = "", originalUrl = request.url ?? "", body } = request;
    const guardRequest = toGuardRequest(request, originalUrl);
    if (isPreflight(guardRequest)) return sendNoContent(response);
    const settle = (outcome: Auth<unknown> | AuthError | undefined) => {
      if (outcome instanceof AuthError) return sendRefusal(response, guard.refusal(outcome));
      if (outcome) Object.assign(request, { auth: toAuthInfo(guard, outcome) });
      setHeaders(response, guard.responseHeaders(guardRequest));
      next();
    };
    const outcome = guard.attempt(
      guardRequest,
      ...toNeedArgument({ requirement: needs(method, body), optional: false }),
    );
    if (outcome instanceof Promise) outcome.then(settle).catch(next);
    else settle(outcome);
  };
}

/** Middleware that answers for the metadata of the guard's `resource` (RFC 9728), and hands on everything else. Mount it at the root. */
export function serveMetadata(guard: Guard<unknown>): McpMiddleware {
  return ({ method, originalUrl, url = "/" }, response, next) => {
    const metadata = guard.metadata();
    const [path] = (originalUrl ?? url).split("?", 1);
    if (!metadata || path !== metadata.path || (method !== "GET" && method !== "HEAD")) return next();
    response.writeHead(200, metadata.headers).end(JSON.stringify(metadata.body));
  };
}

/**
 * For the SDK's `requireBearerAuth({ verifier, resourceMetadataUrl: guard.metadata()?.url })`. Refusals become the errors that it answers
 * with 401, 403 or 500; challenges are then the SDK's, which know no step-up.
 */
export function createTokenVerifier(
  guard: Guard<unknown>,
  ...requirement: LastArgument<Requirement>
): OAuthTokenVerifier {
  readNeed(requirement);
  return {
    async verifyAccessToken(token) {
      try {
        return toAuthInfo(guard, await guard.verify(token, ...requirement));
      } catch (error) {
        throw error instanceof AuthError ? toOAuthError(error) : error;
      }
    },
  };
}

const known = new WeakMap<AuthInfo, { readonly guard: object; readonly auth: Auth<unknown> }>();

/**
 * In a tool: what the guard knows of the caller, typed as the guard's `claims` are. `extra` is what the SDK hands to a tool. Throws `AuthError`
 * (`credentials_missing`) when the call did not come through this guard.
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

/** The SDK answers errors that it does not know with 500, and all of its own but these with 400. */
function toOAuthError(error: AuthError): OAuthError {
  const { message, status } = error;
  const classes = { 400: InvalidRequestError, 401: InvalidTokenError, 403: InsufficientScopeError };
  const OAuthErrorClass = classes[status as keyof typeof classes] ?? ServerError;
  return Object.assign(new OAuthErrorClass(message), { cause: error });
}

const requirementNames = ["requirement", "tools"];

/** Throws `ConfigError` at start-up: a misspelt name, or a requirement that turned out undefined, would protect nothing (CWE-636). */
function requireRequirements(requirements: McpRequirements): void {
  const unknown = Object.keys(requirements).find((name) => !requirementNames.includes(name));
  if (unknown !== undefined) {
    const example = '{ requirement: scope("mcp"), tools: { search: true } }';
    throw new ConfigError({
      option: unknown,
      problem: `is unknown; there are ${requirementNames.join(", ")}`,
      example,
    });
  }
  if (Object.hasOwn(requirements, "requirement")) readNeed([requirements.requirement]);
  for (const need of Object.values(requirements.tools ?? {})) if (need !== true) readNeed([need]);
}

// No token holds a role and does not hold it.
const nothingMeets = not(any(role("none"), not(role("none"))));

/** Which requirement a message has. Every call of a batch must be allowed. */
function createNeeds({
  requirement,
  tools,
}: McpRequirements): (method: string, body: unknown) => Requirement | undefined {
  const common = requirement ? [requirement] : [];
  const combine = (parts: readonly Requirement[]) => (parts.length > 1 ? all(...parts) : parts[0]);
  const base = combine(common);
  if (!tools) return () => base;
  const byTool = new Map(
    Object.entries(tools).map(([name, need]) => [name, combine(need === true ? common : [...common, need])]),
  );
  return (method, body) => {
    if (method === "POST" && body === undefined) return refuseUnparsed();
    const names = [body].flat().flatMap(readToolName);
    const needs = names.map((name) => (byTool.has(name) ? byTool.get(name) : nothingMeets));
    return names.length === 0 ? base : combine(needs.filter((need) => need !== undefined));
  };
}

let hasWarned = false;

/** What the parser passed over, for the sake of its content type, the transport might still read: a tool would be called unseen. */
function refuseUnparsed(): Requirement {
  const why =
    "A POST without a parsed body was refused, for nobody can say which tool it calls. Is express.json() used before?";
  if (!hasWarned) process.emitWarning(why, { type: "GatewardenWarning", code: "GATEWARDEN_MCP_BODY" });
  hasWarned = true;
  return nothingMeets;
}

/** The tool that a message calls; empty where it calls one without a proper name, which is on no list. */
function readToolName(message: unknown): readonly string[] {
  const { method, params } = (message ?? {}) as { method?: unknown; params?: { name?: unknown } };
  if (method !== "tools/call") return [];
  return [typeof params?.name === "string" ? params.name : ""];
}
