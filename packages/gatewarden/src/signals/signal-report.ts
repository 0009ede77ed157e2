// What a listener hears of each security event token.
import type { AuthError } from "../errors.js";
import type { Revocation } from "../revocation/revocation.js";
import type { Signal } from "./security-event.js";

/** What became of a security event token. Contains no token. */
export type SignalReport =
  | {
      /** `repeated`: the same token had been received before, and was not carried out again. */
      readonly outcome: "done" | "repeated";
      readonly signals: readonly Signal[];
      readonly revocations: readonly Revocation[];
      /**
       * Events that should revoke, and whose subject names no access tokens: answer them by the
       * option `subject`. Nothing was revoked for them.
       */
      readonly unmatched: readonly Signal[];
    }
  | { readonly outcome: "refused" | "failed"; readonly error: AuthError };
