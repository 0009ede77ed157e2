// MCP: the decision about a request, for every host: first the token, then what its messages need.
import {
  type Auth,
  AuthError,
  type Guard,
  type GuardRequest,
  type Outcome,
  type Refusal,
  type Requirement,
  toNeedArgument,
  toOpenApiSecurity,
} from "../index.js";
import { type Awaitable, chain } from "../platform/awaitable.js";
import { type AuthInfo, toAuthInfo } from "./_mcp-auth-info.js";
import { findHeaderMismatch, type ReadHeader } from "./_mcp-headers.js";
import { isListRequest, type McpMessage, type ReceivedRequest, readAsked, readMessages } from "./_mcp-messages.js";
import { createNeeds, type McpNeeds, type McpRequirements } from "./_mcp-requirements.js";
import { findSessions, type McpSessions, sessionHeader } from "./_mcp-sessions.js";

/** An error of the protocol: no challenge, since no other token would help. */
export interface McpProblem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly jsonrpc: "2.0"; readonly id: string | number | null; readonly error: object };
}

/** An answer instead of the server's: a refusal of the guard, or an error of the protocol. */
export type McpAnswer = Refusal | McpProblem;

/** A request that may go on to the transport. */
export interface McpAdmitted {
  readonly auth: Auth<unknown>;
  readonly authInfo: AuthInfo;
  readonly guardRequest: GuardRequest;
  /** What its messages need together. */
  readonly requirement: Requirement | undefined;
  /** Whether the answer may list things by name. */
  readonly lists: boolean;
  /** The session that the request names. */
  readonly session: string | undefined;
}

/** What a host reads of a request. */
export interface Incoming extends ReceivedRequest {
  readonly guardRequest: GuardRequest;
  readonly readHeader: ReadHeader;
}

/** A request may name many resources in little space, and each takes time (CWE-770). */
const maxAsked = 1000;

/** The checks of one endpoint. */
export class McpCheck {
  readonly guard: Guard<unknown>;
  readonly needs: McpNeeds;
  readonly sessions: McpSessions;

  constructor(guard: Guard<unknown>, requirements: McpRequirements) {
    this.guard = guard;
    this.needs = createNeeds(requirements);
    this.sessions = findSessions(guard);
  }

  /** Whether messages must be read before the transport gets them. */
  get readsBody(): boolean {
    return this.needs.isListed();
  }

  /** The token alone: sending a body costs nothing, so it is read only for a valid token. */
  checkToken(guardRequest: GuardRequest): Awaitable<Auth<unknown> | McpAnswer> {
    return this.#attempt(guardRequest, this.readsBody ? undefined : this.needs.base);
  }

  /** What the messages need. Both attempts count as one use of a DPoP proof. */
  checkMessages(auth: Auth<unknown>, incoming: Incoming): Awaitable<McpAdmitted | McpAnswer> {
    const { guardRequest, readHeader, body } = incoming;
    const session = readHeader(sessionHeader);
    if (!this.sessions.isOpenTo(session, auth)) return notFound;
    const admit = (admitted: Auth<unknown>, requirement: Requirement | undefined, lists: boolean): McpAdmitted => {
      const authInfo = toAuthInfo(this.guard, admitted);
      return { auth: admitted, authInfo, guardRequest, requirement, lists, session };
    };
    if (!this.readsBody) return admit(auth, this.needs.base, false);
    const messages = readMessages(incoming);
    if (typeof messages === "string") return toMcpProblem(400, -32600, malformed);
    const isBatch = Array.isArray(body);
    const mismatch = findHeaderMismatch(messages, isBatch, readHeader);
    if (mismatch !== undefined)
      return toMcpProblem(400, -32020, `Header mismatch: ${mismatch}`, readId(messages, isBatch));
    const asked = messages.flatMap(readAsked);
    if (asked.length > maxAsked) return toMcpProblem(400, -32600, tooManyNames, readId(messages, isBatch));
    const need = this.needs.findAll(asked);
    if (need === undefined) return toMcpProblem(403, -32602, unlisted, readId(messages, isBatch));
    const { requirement } = need;
    // A GET may get answers to earlier requests. So may any request of a session: the transport
    // sends an answer to the last request that had its id.
    const lists = messages.length === 0 || session !== undefined || messages.some(isListRequest);
    if (requirement === undefined) return admit(auth, requirement, lists);
    return chain(this.#attempt(guardRequest, requirement), (outcome) =>
      isAnswer(outcome) ? outcome : admit(outcome, requirement, lists),
    );
  }

  #attempt(guardRequest: GuardRequest, requirement: Requirement | undefined): Awaitable<Auth<unknown> | McpAnswer> {
    const outcome = this.guard.attempt(guardRequest, ...toNeedArgument({ requirement, optional: false }));
    return chain<Outcome<unknown>, Auth<unknown> | McpAnswer>(outcome, (settled) => {
      const auth = settled ?? new AuthError("credentials_missing");
      if (!(auth instanceof AuthError)) return auth;
      return this.guard.refusal(withScopes(auth, requirement ?? this.needs.base));
    });
  }
}

/** Tells an error of the protocol from a refusal. */
export function isProblem(answer: McpAnswer): answer is McpProblem {
  return "jsonrpc" in answer.body;
}

/** Tells an answer from facts of a token, or from an admitted request. */
export function isAnswer(outcome: object): outcome is McpAnswer {
  return "body" in outcome && "status" in outcome;
}

const malformed = "Invalid Request: the body must be a JSON-RPC message in JSON, or a batch of at most 100";
const tooManyNames = "Invalid Request: it may name at most 1000 tools, resources and prompts";
const unlisted = "Unknown tool, resource or prompt";

/** A JSON-RPC error (JSON-RPC 2.0 §5.1), as the SDKs' transports send them. */
export function toMcpProblem(
  status: number,
  code: number,
  message: string,
  id: string | number | null = null,
): McpProblem {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return { status, headers, body: { jsonrpc: "2.0", id, error: { code, message } } };
}

/** As the transports answer for a session that has ended: the client then opens its own. */
const notFound = toMcpProblem(404, -32001, "Session not found");

function readId([message]: readonly McpMessage[], isBatch: boolean): string | number | null {
  const id = isBatch ? null : message?.id;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

/**
 * The same refusal with all scopes that the operation needs: a client that asks for those of one
 * challenge must not meet a second one (MCP 2026-07-28, "Scope Challenge Handling"). A 401 names
 * those that every message needs ("Scope Selection Strategy").
 */
function withScopes(error: AuthError, requirement: Requirement | undefined): AuthError {
  const { reason, status, details, scheme, stepUp, retryAfter, cause } = error;
  if (status !== 403 && status !== 401) return error;
  const isAsked = error.scopes.length > 0 || (status === 401 && stepUp === undefined && requirement !== undefined);
  if (!isAsked) return error;
  const alternatives = toOpenApiSecurity(requirement, "oauth2").map(({ oauth2 = [] }) => oauth2);
  const whole = alternatives.find((names) => error.scopes.every((name) => names.includes(name))) ?? error.scopes;
  // A refresh token is not a need of this server (MCP 2026-07-28, "Refresh Tokens").
  const scopes = [...new Set([...error.scopes, ...whole])].filter((name) => name !== "offline_access");
  return new AuthError(reason, {
    ...{ details, scopes, scheme, cause },
    ...(stepUp && { stepUp }),
    ...(retryAfter !== undefined && { retryAfter }),
  });
}
