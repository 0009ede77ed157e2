// A decision → the answer to the proxy. Every proxy gets the true status, except those that
// understand 2xx, 401 and 403 only: their configuration restores the rest from headers.
import { type Auth, AuthError, type Guard } from "gatewarden";
import { type GatewayReason, GatewayRefusal, gatewayReasons } from "../refusals.js";

/** An answer, ready to be written. */
export interface Answer {
  readonly status: number;
  /** The status that the client should see. */
  readonly trueStatus: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** Why it was refused. */
  readonly reason: string | undefined;
  /** What went wrong in the gateway itself, for operators. */
  readonly problem?: string;
  /** The headers as they are written, where one answer serves many requests. */
  readonly lines?: readonly string[];
}

/**
 * Names and values in turn, for `writeHead`. nginx reads an absent header as an empty one, and
 * removes what the client sent either way.
 */
export function toLines({ headers, body }: Answer, needsRestoring: boolean): readonly string[] {
  const lines: string[] = [];
  for (const [name, value] of headers) if (value !== "" || !needsRestoring) lines.push(name, value);
  lines.push("content-length", String(Buffer.byteLength(body)));
  return lines;
}

/** The answer for a request that may pass. */
export function toAcceptance(headers: Answer["headers"]): Answer {
  return {
    status: 200,
    trueStatus: 200,
    headers: [["cache-control", "no-store"], ...headers],
    body: "",
    reason: undefined,
  };
}

/** How a refusal is told. */
export interface Refusing {
  readonly guard: Guard<unknown>;
  readonly needsRestoring: boolean;
  /** Headers for the client, besides those of the refusal. */
  readonly more: Answer["headers"];
}

/** The answer for a refused request. */
export function toRefusalAnswer(
  refusal: AuthError | GatewayRefusal,
  { guard, needsRestoring, more }: Refusing,
): Answer {
  const facts = refusal instanceof AuthError ? toGuardFacts(refusal, guard) : toOwnFacts(refusal);
  const { status, body, reason } = facts;
  const headers = [...facts.headers, ...more];
  const text = toAscii(JSON.stringify(body));
  const problem = refusal instanceof GatewayRefusal ? toProblem(refusal) : {};
  if (!needsRestoring)
    return { status, trueStatus: status, headers: [...headers, json], body: text, reason, ...problem };
  const carried = headers.map(([name, value]) => [carriers[name] ?? name, value] as const);
  const restored: Answer["headers"] = [
    ...headers.filter(([name]) => name === "www-authenticate" || name === "cache-control"),
    ["x-gatewarden-status", String(status)],
    ["x-gatewarden-reason", reason],
    ["x-gatewarden-body", text],
    ...carried.filter(([name]) => name !== "cache-control"),
    json,
  ];
  // nginx answers 401 with the challenge itself; for anything else 403 is the only refusal.
  return { status: status === 401 ? 401 : 403, trueStatus: status, headers: restored, body: text, reason, ...problem };
}

function toProblem({ cause }: GatewayRefusal): Pick<Answer, "problem"> {
  return cause instanceof Error ? { problem: `${cause.name}: ${cause.message}`.slice(0, 200) } : {};
}

const json = ["content-type", "application/json; charset=utf-8"] as const;

/** The headers that nginx' configuration restores under their own names. */
const carriers: Readonly<Record<string, string>> = {
  "www-authenticate": "x-gatewarden-challenge",
  "retry-after": "x-gatewarden-retry-after",
  "dpop-nonce": "x-gatewarden-dpop-nonce",
  vary: "x-gatewarden-vary",
  "access-control-allow-origin": "x-gatewarden-allow-origin",
  "access-control-allow-credentials": "x-gatewarden-allow-credentials",
  "access-control-expose-headers": "x-gatewarden-expose-headers",
};

/** The name under which a header for the client travels. */
export function toCarrier(name: string, needsRestoring: boolean): string {
  return needsRestoring ? (carriers[name] ?? name) : name;
}

interface Facts {
  readonly status: number;
  readonly headers: Answer["headers"];
  readonly body: object;
  readonly reason: string;
}

function toGuardFacts(error: AuthError, guard: Guard<unknown>): Facts {
  const { status, headers, body } = guard.refusal(error);
  // One field with all challenges: proxies that copy a header copy the first of several (RFC 9110
  // §11.6.1 allows the list).
  const joined = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")] as const);
  return { status, headers: joined, body, reason: error.reason };
}

function toOwnFacts({ reason, retryAfter }: GatewayRefusal): Facts {
  const { status, description } = gatewayReasons[reason as GatewayReason];
  const retry = retryAfter === undefined ? [] : [["retry-after", String(retryAfter)] as const];
  const error =
    status === 403
      ? "access_denied"
      : status >= 500
        ? "server_error"
        : status === 429
          ? "temporarily_unavailable"
          : "invalid_request";
  return {
    status,
    headers: [["cache-control", "no-store"], ...retry],
    body: { error, error_description: description, reason },
    reason,
  };
}

/** A header may hold ASCII only; JSON has escapes for the rest. */
function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A member of the union that is a token's proof. */
export function isAccepted(
  verdict: Auth<unknown> | AuthError | GatewayRefusal | undefined,
): verdict is Auth<unknown> | undefined {
  return !(verdict instanceof AuthError || verdict instanceof GatewayRefusal);
}
