// What every kind of key becomes, whichever cryptography prepared it.
import type { Verify } from "../token/signature.js";

/** A key that can verify signatures, with one prepared verifier per algorithm that it fits. */
export interface VerificationKey {
  readonly kid: string | undefined;
  readonly verifiers: ReadonlyMap<string, Verify>;
}
