// The reasons that a test issuer can cause, and with what. A new reason does not compile until it
// is classified here.
import type { BindingReason, Reason } from "../index.js";
import type { TestTokenOptions } from "./token-options.js";

/**
 * Not caused by a token, but by the guard's dependencies, by your own code, or by the place that
 * `tokenFrom` names.
 */
export type FaultElsewhere =
  | "origin_not_allowed"
  | "issuer_unavailable"
  | "keys_unavailable"
  | "introspection_unavailable"
  | "revocation_unavailable"
  | "replay_store_unavailable"
  | "token_revoked"
  | "claims_rejected"
  | "check_failed";

/** Reasons that only a DPoP proof or its request can cause: see `DpopClient.broken`. */
export type BrokenProofReason = Exclude<
  BindingReason,
  FaultElsewhere | "binding_unproven" | "binding_missing" | `certificate_${string}`
>;

/** Reasons that a token or its header can cause: see `TestIssuer.broken`. */
export type BrokenTokenReason = Exclude<Reason, FaultElsewhere | BrokenProofReason>;

/** A request that must be refused. */
export interface BrokenRequest<Name extends Reason = Reason> {
  /** Why it is refused. */
  readonly reason: Name;
  /** The token in it, for transports other than HTTP. */
  readonly token: string;
  /** To be sent unchanged. Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * By reason: creates a request that is refused for it. The options describe the rest of its token.
 */
export type BrokenTokens = {
  readonly [Name in BrokenTokenReason]: (options?: TestTokenOptions) => BrokenRequest<Name>;
};
