// The one event that is published per check. Logs, metrics and consoles listen; the road does not know them.
import type { Auth } from "../auth.js";
import type { AuthError } from "../errors.js";
import type { Explanation } from "../request/challenge.js";
import type { Requirement } from "../requirements/requirement.js";

/** What is known of a check, whatever came of it. */
export interface DecisionFacts {
  /** Seconds that the check took, with all that it waited for; undefined if nobody listened yet when it began. */
  readonly duration: number | undefined;
  /** The trusted issuer that the token names: proven by an accepted token, only claimed by a refused one. Read when it is asked for. */
  readonly issuer: string | undefined;
  /** Tells one token from another without saying anything of it: 16 characters of its SHA-256. Read when it is asked for. */
  readonly fingerprint: string | undefined;
}

/** What came of a check. */
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

/** What was decided about a request. Holds references, no copies: listeners must not log `auth.token` or `error.details`. */
export type Decision = DecisionOutcome & DecisionFacts;

/** A listener for decisions. What it throws is reported as a warning and changes nothing for the request. */
export type DecisionListener = (decision: Decision) => void;

/** The name of the `node:diagnostics_channel` on which every guard publishes its decisions. */
export const decisionChannelName = "gatewarden:decision";
