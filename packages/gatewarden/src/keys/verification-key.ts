// The common form of every kind of key, on any crypto implementation.
import type { Verify } from "../token/signature.js";

/** A key that can verify signatures, with one prepared verifier per algorithm that it fits. */
export interface VerificationKey {
  readonly kid: string | undefined;
  /**
   * Equal for equal key material, however it was written: the input of its RFC 7638 thumbprint.
   * Empty for a secret.
   */
  readonly identity: string;
  readonly verifiers: ReadonlyMap<string, Verify>;
}
