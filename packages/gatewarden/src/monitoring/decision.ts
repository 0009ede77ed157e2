// The one event published per check. Logs, metrics and consoles listen to it; the check itself does
// not know them.
import type { Auth } from "../auth.js";
import type { AuthError } from "../errors.js";
import type { Explanation } from "../request/challenge.js";
import type { Requirement } from "../requirements/requirement.js";

/** The facts of a check, independent of its outcome. */
export interface DecisionFacts {
  /**
   * Seconds that the check took, including all waiting. Undefined if there was no listener when it
   * began.
   */
  readonly duration: number | undefined;
  /**
   * The trusted issuer that the token names: proven by an accepted token, only claimed by a refused
   * one. Computed when it is read.
   */
  readonly issuer: string | undefined;
  /**
   * Distinguishes tokens without revealing anything about them: 16 characters of its SHA-256.
   * Computed when it is read.
   */
  readonly fingerprint: string | undefined;
}

/** The outcome of a check. */
export type DecisionOutcome =
  | { readonly outcome: "accepted"; readonly auth: Auth<unknown>; readonly requirement: Requirement | undefined }
  | { readonly outcome: "anonymous" }
  | {
      readonly outcome: "refused";
      readonly error: AuthError;
      readonly requirement: Requirement | undefined;
      /** Cause and fix, expected and actual, with `explain: "development"`. */
      readonly explanation?: Explanation;
    };

/**
 * What was decided about a request. Holds references, not copies: listeners must not log
 * `auth.token` or `error.details`.
 */
export type Decision = DecisionOutcome & DecisionFacts;

/**
 * A listener for decisions. An error that it throws is reported as a warning and does not affect
 * the request.
 */
export type DecisionListener = (decision: Decision) => void;

/** The name of the `node:diagnostics_channel` on which every guard publishes its decisions. */
export const decisionChannelName = "gatewarden:decision";
