// What a decision knows beyond its outcome. Computed when a listener reads it, and held so that printing a decision shows no token.

import { sha256Text } from "../token/hash.js";
import { nodeCrypto } from "../token/signature.js";
import type { DecisionFacts } from "./decision.js";

/** Where the facts come from. */
export interface CheckSource {
  /** `performance.now()` when the check began. */
  readonly began: number | undefined;
  /** The token as it came; undefined where there was none, or none that could be read. */
  readonly readToken: () => string | undefined;
  /** The trusted issuer that the token names. */
  readonly readIssuer: (token: string) => string | undefined;
}

/** Facts that cost nothing until they are asked for. */
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
    // Read at once or not at all: Web Crypto has no digest at once.
    const token = nodeCrypto() && this.#source.readToken();
    const digest = token === undefined ? undefined : sha256Text(token);
    return typeof digest === "string" ? digest.slice(0, 16) : undefined;
  }
}
