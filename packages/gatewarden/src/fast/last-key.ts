// The choice before, in one key set: most tokens of an issuer name the same key. Saves 15 % of a
// known token's time. Asked before `chooseVerifier` in `keys/key-set.ts`.
import type { Verify } from "../token/signature.js";

/** What the choice depends on, besides the keys of the set. */
interface Question {
  readonly alg: string;
  readonly kid: string | undefined;
  readonly rsaAlgorithm?: string;
}

/** One per key set, so that a choice never outlives the keys that it was made among. */
export class LastKey {
  #alg: string | undefined;
  #kid: string | undefined;
  #rsaAlgorithm: string | undefined;
  #verify: Verify | undefined;

  /** What was chosen for exactly this question, if it was the last one. */
  recall({ alg, kid, rsaAlgorithm }: Question): Verify | undefined {
    const isSame = alg === this.#alg && kid === this.#kid && rsaAlgorithm === this.#rsaAlgorithm;
    return isSame ? this.#verify : undefined;
  }

  keep({ alg, kid, rsaAlgorithm }: Question, verify: Verify): Verify {
    this.#alg = alg;
    this.#kid = kid;
    this.#rsaAlgorithm = rsaAlgorithm;
    this.#verify = verify;
    return verify;
  }
}
