// The one event that is published per check. Logs, metrics and consoles listen; the road does not know them.
import type { Auth } from "./auth.js";
import type { AuthError } from "./errors.js";
import type { Explanation } from "./request/challenge.js";
import type { Requirement } from "./requirements/requirement.js";
import { builtin } from "./runtime.js";

/** What was decided about a request. Holds references, no copies: listeners must not log `auth.token` or `error.details`. */
export type Decision =
  | { readonly outcome: "accepted"; readonly auth: Auth<unknown>; readonly requirement: Requirement | undefined }
  | { readonly outcome: "anonymous" }
  | {
      readonly outcome: "refused";
      readonly error: AuthError;
      readonly requirement: Requirement | undefined;
      /** Cause and fix, expected and actual, with `explain: "development"`. */
      readonly explanation?: Explanation;
    };

/** A listener for decisions. What it throws is reported as a warning and changes nothing for the request. */
export type DecisionListener = (decision: Decision) => void;

/** The name of the `node:diagnostics_channel` on which every guard publishes its decisions. */
export const decisionChannelName = "gatewarden:decision";

const channel = builtin("node:diagnostics_channel")?.channel(decisionChannelName);

/** Whether anybody listens on the channel: without listeners a decision is not even built. */
export function hasChannelListeners(): boolean {
  return channel?.hasSubscribers ?? false;
}

/** Publishes to the channel. */
export function publishDecision(decision: Decision): void {
  channel?.publish(decision);
}
