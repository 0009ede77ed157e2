// What `explain: "development"` adds to a refusal: cause and fix, expected and actual. A separate
// chunk, loaded if the option is on.
import type { AuthError } from "../errors.js";
import { environment } from "../platform/runtime.js";
import type { Explanation } from "../request/challenge.js";
import { toReasonLink } from "./documentation.js";
import { findProvider } from "./providers.js";
import type { RefusalFacts } from "./refusal-facts.js";
import { toRefusalFinding } from "./refusal-to-finding.js";

/** The explanation of a refusal, from the refusal itself and the configuration. */
export function toExplanation(error: AuthError, facts: Pick<RefusalFacts, "issuers" | "audiences">): Explanation {
  const [only, ...others] = facts.issuers ?? [];
  const provider = others.length === 0 ? findProvider(only) : undefined;
  const { message, fix, expected, actual } = toRefusalFinding(error, { ...facts, provider });
  const see = toReasonLink(error.reason, environment());
  return {
    cause: message,
    fix,
    ...(expected !== undefined && { expected }),
    ...(actual !== undefined && { actual }),
    ...(see !== undefined && { see }),
  };
}
