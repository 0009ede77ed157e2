// Which reasons a test issuer can cause, and with what. A new reason does not compile until it has found its place here.
import type { BindingReason, Reason } from "../index.js";
import type { TestTokenOptions } from "./token-options.js";

/** Not caused by a token, but by what the guard depends on, by code of your own, or by where `tokenFrom` reads it. */
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

/** What only a DPoP proof, or the request around it, can cause: see `DpopClient.broken`. */
export type BrokenProofReason = Exclude<
  BindingReason,
  FaultElsewhere | "binding_unproven" | "binding_missing" | `certificate_${string}`
>;

/** What a token, or the header that carries it, can cause: see `TestIssuer.broken`. */
export type BrokenTokenReason = Exclude<Reason, FaultElsewhere | BrokenProofReason>;

/** A request that must be refused. */
export interface BrokenRequest<Name extends Reason = Reason> {
  /** Why it is refused. */
  readonly reason: Name;
  /** The token in it, for what comes by another way than HTTP. */
  readonly token: string;
  /** To be sent as they are. Names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** By reason: a request that is refused for it. The options say what else is in its token. */
export type BrokenTokens = {
  readonly [Name in BrokenTokenReason]: (options?: TestTokenOptions) => BrokenRequest<Name>;
};
