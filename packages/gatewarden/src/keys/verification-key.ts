// What every kind of key becomes, whichever cryptography prepared it.
import type { Verify } from "../token/signature.js";

/** A key that can verify signatures, with one prepared verifier per algorithm that it fits. */
export interface VerificationKey {
  readonly kid: string | undefined;
  /**
   * The same for the same key material, however it was written: what its RFC 7638 thumbprint is
   * made of. Empty for a secret.
   */
  readonly identity: string;
  readonly verifiers: ReadonlyMap<string, Verify>;
}
