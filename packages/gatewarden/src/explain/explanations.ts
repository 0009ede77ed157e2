// Explanations of refusals. Their texts are a separate chunk, so a server that does not explain
// never loads them.
import type { AuthError } from "../errors.js";
import type { IssuerPolicy } from "../issuer/policy.js";
import { warn } from "../platform/runtime.js";
import type { Explanation } from "../request/challenge.js";

/**
 * Refusals are answered synchronously, so the texts are loaded in advance. Until then there is no
 * explanation.
 */
export class Explanations {
  /** Resolves when the texts are loaded or loading failed. Never rejects. */
  readonly loaded: Promise<void>;
  #explain: ((error: AuthError) => Explanation) | undefined;

  constructor(policies: readonly IssuerPolicy[]) {
    this.loaded = this.#load(policies);
  }

  of(error: AuthError): Explanation | undefined {
    return this.#explain?.(error);
  }

  async #load(policies: readonly IssuerPolicy[]): Promise<void> {
    try {
      const { toExplanation } = await import("#explain");
      const audiences = [...new Set(policies.flatMap((policy) => policy.audiences))];
      // Read each time: a base URL is resolved by the issuer's own metadata.
      this.#explain = (error) => toExplanation(error, { audiences, issuers: policies.map(({ issuer }) => issuer) });
    } catch {
      warn("GATEWARDEN_EXPLAIN", "The texts for `explain` could not be loaded; refusals stay generic");
    }
  }
}
