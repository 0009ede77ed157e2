// Attributes of metrics and spans. They have few values, all known in advance: reasons, results,
// and configured issuers.
import type { Attributes } from "@opentelemetry/api";
import type { Decision, Guard } from "../index.js";

/**
 * The label of all issuers that are looked up. Separate labels would be unbounded (thousands of
 * tenants).
 */
export const resolvedIssuers = "(resolved)";

/** The issuers of a guard's list, of which there may be thousands: each decision asks for one. */
const configured = new WeakMap<readonly string[], ReadonlySet<string>>();

/** The issuer if it is configured, otherwise the shared label. */
export function toIssuer(issuer: string, { issuers }: Guard<unknown>): string {
  const names = configured.get(issuers) ?? new Set(issuers);
  configured.set(issuers, names);
  return names.has(issuer) ? issuer : resolvedIssuers;
}

/** Result, reason and the label of the issuer of a decision. */
export function toAttributes(decision: Decision, issuer: string | undefined): Attributes {
  const { outcome } = decision;
  return {
    "gatewarden.result": outcome,
    ...(outcome === "refused" && { "gatewarden.reason": decision.error.reason }),
    ...(issuer !== undefined && { "gatewarden.issuer": issuer }),
  };
}

/**
 * The value of `error.type`: the status of an answer, a system's code, an OAuth error code, or the
 * name of the innermost error. Never a message.
 */
export function toErrorType(error: unknown): string {
  if (!(error instanceof Error)) return "_OTHER";
  const { status, code } = error as { status?: unknown; code?: unknown };
  // Its status is the one to answer with, not the server's.
  if (error.name === "TokenRequestError" && typeof code === "string") return code.slice(0, 64);
  if (typeof status === "number") return String(status);
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]{1,40}$/.test(code)) return code;
  return error.cause instanceof Error ? toErrorType(error.cause) : error.name;
}
