// What a proof is made for, and what may be wrong with it on purpose.
import type { Members, SigningKey } from "./signing-key.js";

/** The request that a proof is for. */
export interface ProvenRequest {
  /** Default `GET`. */
  readonly method?: string;
  /** The URL as the client writes it: absolute, such as `https://api.test/orders`. */
  readonly url: string;
}

/** What is wrong with a proof, on purpose. */
export interface ProofForgery {
  readonly header?: Members;
  readonly claims?: Members;
  readonly signer?: Pick<SigningKey, "sign">;
}
