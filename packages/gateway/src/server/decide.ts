// One request → may it pass. The order: what the client asked for, its path, its rule, its token.
import { type Auth, AuthError, type GuardRequest, type LastArgument, type Need } from "gatewarden";
import type { Policy } from "../config.js";
import { parseTarget } from "../path/parse-target.js";
import type { SentHeaders } from "../proxy/headers.js";
import { proxyKinds } from "../proxy/kinds.js";
import { type OriginalRequest, type ProxyRequest, parseOriginalRequest } from "../proxy/original-request.js";
import { GatewayRefusal } from "../refusals.js";
import { requireRule } from "../rules/find-rule.js";
import type { Rule } from "../rules/rule.js";
import type { FailureBudget } from "./failure-budget.js";
import { toMcpNeed } from "./mcp.js";

/** What is known of a request so far, for answer and log. */
export interface Journey {
  original?: OriginalRequest;
  /** The page that asks, in a browser. */
  origin?: string;
  /** Without the query, which may hold secrets. */
  path?: string;
  rule?: Rule;
  guardRequest?: GuardRequest;
}

/** The decision: who may pass, or why not. Undefined is an anonymous request that may pass. */
export type Verdict = Auth<unknown> | undefined | AuthError | GatewayRefusal;

/** What decisions need besides the request. */
export interface Deciding {
  readonly policy: Policy;
  readonly failures: FailureBudget | undefined;
}

/**
 * Never throws or rejects: everything unexpected refuses. Writes what it finds out on the journey.
 * A promise only where the guard has to wait: a known token needs none.
 */
export function decide(request: ProxyRequest, journey: Journey, deciding: Deciding): Verdict | Promise<Verdict> {
  try {
    const verdict = requirePassage(request, journey, deciding);
    return verdict instanceof Promise ? verdict.catch(toRefusal) : verdict;
  } catch (error) {
    return toRefusal(error);
  }
}

function toRefusal(error: unknown): AuthError | GatewayRefusal {
  if (error instanceof GatewayRefusal || error instanceof AuthError) return error;
  return new GatewayRefusal("gateway_failed", { cause: error });
}

function requirePassage(
  request: ProxyRequest,
  journey: Journey,
  { policy, failures }: Deciding,
): Verdict | Promise<Verdict> {
  const { origin } = request.headers;
  if (typeof origin === "string") journey.origin = origin;
  const original = parseOriginalRequest(proxyKinds[policy.proxy], request);
  journey.original = original;
  const path = parseTarget(original.target);
  journey.path = path.text;
  const asked = policy.preflight === "pass" ? readPreflight(original, request.headers) : undefined;
  const rule = requireRule(policy.rules, { method: asked ?? original.method, host: original.host, path });
  journey.rule = rule;
  if (rule.access.kind === "deny") throw new GatewayRefusal("rule_denies");
  // Browsers send preflights without credentials (Fetch §3.2.2). They pass only where a rule allows
  // the method that they ask about.
  if (rule.access.kind === "public" || asked !== undefined) return undefined;
  const need =
    rule.access.kind === "mcp" ? toMcpNeed(rule.access.mcp, original.method, request.headers) : rule.access.need;
  return requireToken(need, { request, original, journey, policy, failures });
}

/** The method that a preflight asks about; undefined for any other request. */
function readPreflight({ method }: OriginalRequest, headers: SentHeaders): string | undefined {
  if (method !== "OPTIONS" || headers["authorization"] !== undefined) return undefined;
  const { origin, "access-control-request-method": asked } = headers;
  if (typeof origin !== "string" || typeof asked !== "string") return undefined;
  return /^[A-Z][A-Z-]{0,31}$/.test(asked) ? asked : undefined;
}

interface TokenCheck extends Deciding {
  readonly request: ProxyRequest;
  readonly original: OriginalRequest;
  readonly journey: Journey;
}

function requireToken(
  need: LastArgument<Need>,
  { request, original, journey, policy, failures }: TokenCheck,
): Verdict | Promise<Verdict> {
  const guardRequest = toGuardRequest(original, request);
  journey.guardRequest = guardRequest;
  const { headers } = request;
  failures?.refuseExhausted(original.address, headers, policy.credentials);
  const note = <Outcome extends Verdict>(outcome: Outcome): Outcome => {
    if (outcome instanceof AuthError) failures?.countRefusal(original.address, outcome);
    else failures?.recordAccepted(original.address, headers, policy.credentials);
    return outcome;
  };
  const outcome = policy.guard.attempt(guardRequest, ...need);
  return outcome instanceof Promise ? outcome.then(note) : note(outcome);
}

/**
 * The request as the guard sees it: the client's method, URL and host. The certificate is the one
 * that the proxy saw: that of the connection is the proxy's own. Nothing reads Host after
 * this, so it is changed in place: a copy costs more than the check of a known token.
 */
function toGuardRequest(
  { method, target, host, scheme, address }: OriginalRequest,
  { headers, certificate }: ProxyRequest,
): GuardRequest {
  headers["host"] = host;
  if (headers[":authority"] !== undefined) headers[":authority"] = undefined;
  return {
    method,
    url: target,
    headers,
    connection: { isEncrypted: scheme === "https", address, certificate },
    incoming: headers,
  };
}
