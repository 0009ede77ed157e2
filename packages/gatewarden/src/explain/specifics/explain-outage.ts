// Why an issuer's metadata, keys or introspection result is unavailable: the network's error, and
// what it means.
import type { AuthError } from "../../errors.js";
import { toCause } from "../../monitoring/safe-message.js";
import { describeValue } from "../describe-value.js";
import { redact } from "../redact.js";
import type { RefusalFacts, Specific } from "../refusal-facts.js";
import { findFault } from "./network-faults.js";

/**
 * URL, status and network error, as far as they are safe to show: a foreign error may quote the
 * token (CWE-532).
 */
export function explainOutage(error: AuthError, { provider }: RefusalFacts = {}): Specific | undefined {
  if (!(error.cause instanceof Error)) return undefined;
  const message = describeValue(redact(toCause(error)));
  const { cause, fix: usual, what, isProviders } = findFault(error.cause) ?? {};
  const fix = (isProviders && provider?.fixes.keys_unavailable) ?? usual;
  const detail = what === undefined ? `${message}.` : `${message}: ${what}.`;
  return { detail, ...(cause !== undefined && { cause }), ...(fix !== undefined && { fix }) };
}
