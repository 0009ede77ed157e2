// The part of the catalogue that is about tokens bound to a key of their sender (RFC 9449, RFC 8705).
import type { ReasonRecord } from "./reasons.js";

/** Why a bound token, or the proof that came with it, was refused. */
export type BindingReason =
  | "binding_unproven"
  | "binding_missing"
  | "dpop_token_unbound"
  | "dpop_proof_missing"
  | "dpop_proof_multiple"
  | "dpop_proof_malformed"
  | "dpop_extension_unsupported"
  | "dpop_type_not_allowed"
  | "dpop_algorithm_not_allowed"
  | "dpop_key_unusable"
  | "dpop_signature_invalid"
  | "dpop_claim_invalid"
  | "dpop_method_mismatch"
  | "dpop_target_mismatch"
  | "dpop_stale"
  | "dpop_issued_in_future"
  | "dpop_token_mismatch"
  | "dpop_key_mismatch"
  | "dpop_nonce_required"
  | "dpop_replayed"
  | "replay_store_unavailable"
  | "target_unknown"
  | "certificate_missing"
  | "certificate_malformed"
  | "certificate_mismatch";

const badToken = { status: 401, error: "invalid_token" } as const;
const badProof = { status: 401, error: "invalid_dpop_proof" } as const;

/** Every reason of this part with its status and its text on the wire. */
export const bindingReasons: Readonly<Record<BindingReason, ReasonRecord>> = {
  binding_unproven: {
    ...badToken,
    description: "The access token is bound to a key that was not proven",
  },
  binding_missing: {
    ...badToken,
    description: "The access token must be bound to a key of its sender",
  },
  dpop_token_unbound: {
    ...badToken,
    description: "The access token is not bound to a DPoP key",
  },
  dpop_proof_missing: {
    ...badProof,
    description: "A DPoP proof is required",
  },
  dpop_proof_multiple: {
    ...badProof,
    description: "Only one DPoP proof may be sent",
  },
  dpop_proof_malformed: {
    ...badProof,
    description: "The DPoP proof is malformed",
  },
  dpop_extension_unsupported: {
    ...badProof,
    description: "The DPoP proof uses an unsupported extension",
  },
  dpop_type_not_allowed: {
    ...badProof,
    description: "The DPoP header holds no DPoP proof",
  },
  dpop_algorithm_not_allowed: {
    ...badProof,
    description: "The DPoP proof is signed with an algorithm that is not allowed",
  },
  dpop_key_unusable: {
    ...badProof,
    description: "The DPoP proof's key cannot be used",
  },
  dpop_signature_invalid: {
    ...badProof,
    description: "The DPoP proof's signature is invalid",
  },
  dpop_claim_invalid: {
    ...badProof,
    description: "The DPoP proof lacks a claim or has a malformed one",
  },
  dpop_method_mismatch: {
    ...badProof,
    description: "The DPoP proof is for another method",
  },
  dpop_target_mismatch: {
    ...badProof,
    description: "The DPoP proof is for another URL",
  },
  dpop_stale: {
    ...badProof,
    description: "The DPoP proof is too old",
  },
  dpop_issued_in_future: {
    ...badProof,
    description: "The DPoP proof is not valid yet",
  },
  dpop_token_mismatch: {
    ...badProof,
    description: "The DPoP proof is for another access token",
  },
  dpop_key_mismatch: {
    ...badToken,
    description: "The access token is bound to another DPoP key",
  },
  dpop_nonce_required: {
    status: 401,
    error: "use_dpop_nonce",
    description: "The DPoP proof must hold a nonce from this server",
  },
  dpop_replayed: {
    ...badProof,
    description: "The DPoP proof was used before",
  },
  replay_store_unavailable: {
    status: 503,
    description: "DPoP proofs cannot be checked at the moment",
  },
  target_unknown: {
    status: 400,
    error: "invalid_request",
    description: "The URL of the request cannot be told",
  },
  certificate_missing: {
    ...badToken,
    description: "The access token is bound to a client certificate, and none was presented",
  },
  certificate_malformed: {
    ...badToken,
    description: "The client certificate cannot be read",
  },
  certificate_mismatch: {
    ...badToken,
    description: "The access token is bound to another client certificate",
  },
};
