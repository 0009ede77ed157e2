// The facts of a decision beyond its outcome. Computed when a listener reads them, and stored so
// that printing a decision shows no token.

import { sha256Text } from "../token/hash.js";
import { nodeCrypto } from "../token/signature.js";
import type { DecisionFacts } from "./decision.js";

/** The source of the facts. */
export interface CheckSource {
  /** `performance.now()` when the check began. */
  readonly began: number | undefined;
  /** Reads the token as it was sent. Undefined if there was none, or none could be read. */
  readonly readToken: () => string | undefined;
  /** The trusted issuer that the token names. */
  readonly readIssuer: (token: string) => string | undefined;
}

/** Facts that cost nothing until they are read. */
export class CheckFacts implements DecisionFacts {
  readonly duration: number | undefined;
  readonly #source: CheckSource;

  constructor(source: CheckSource) {
    const { began } = source;
    this.duration = began === undefined ? undefined : (performance.now() - began) / 1000;
    this.#source = source;
  }

  get issuer(): string | undefined {
    const token = this.#source.readToken();
    return token === undefined ? undefined : this.#source.readIssuer(token);
  }

  get fingerprint(): string | undefined {
    // Synchronous only: Web Crypto has no synchronous digest, so there is no fingerprint then.
    const token = nodeCrypto() && this.#source.readToken();
    const digest = token === undefined ? undefined : sha256Text(token);
    return typeof digest === "string" ? digest.slice(0, 16) : undefined;
  }
}
