// The request that a proof is made for, and its deliberate faults.
import type { Members, SigningKey } from "./signing-key.js";

/** The request that a proof is made for. */
export interface ProvenRequest {
  /** Default `GET`. */
  readonly method?: string;
  /** The URL as the client sends it, absolute: `https://api.test/orders`. */
  readonly url: string;
}

/** Deliberate faults of a proof. */
export interface ProofForgery {
  readonly header?: Members;
  readonly claims?: Members;
  readonly signer?: Pick<SigningKey, "sign">;
}
