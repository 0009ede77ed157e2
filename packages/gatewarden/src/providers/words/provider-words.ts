// Facts about a provider beyond its issuer options: how its tokens are recognised, and how to fix a
// refusal there.
import type { Reason } from "../../reasons.js";

/**
 * Reason → fix, in the terms of the provider's own console and documentation. `{audience}` stands
 * for this API's audience.
 */
export type Fixes = Partial<Readonly<Record<Reason, string>>>;

/** Marks of a provider's tokens and issuers. One match is enough. */
export interface Marks {
  /** Matches the issuer's host name. */
  readonly host?: RegExp;
  /** Matches the issuer's path. */
  readonly path?: RegExp;
  /** Matches an issuer that is not a URL. */
  readonly text?: RegExp;
  /** Claims that only this provider writes. */
  readonly claims?: readonly string[];
}

/** One provider. */
export interface ProviderWords {
  readonly name: string;
  /**
   * The preset in `gatewarden/providers`. Omitted for tokens that are recognised only to say that
   * they are not for this API.
   */
  readonly preset?: string;
  readonly marks: Marks;
  readonly fixes: Fixes;
  /** Headers in which its proxy forwards tokens, in lower case. */
  readonly headers?: readonly string[];
  /**
   * Whether it signs for several issuers with the same keys. A matching key then does not show
   * whose token it is.
   */
  readonly sharesKeys?: true;
  /** What to check if the issuer's address has no metadata. Reported by `gatewarden doctor`. */
  readonly discoveryHint?: string;
  /**
   * The form of the provider's client ids. They are not audiences, though often mistaken for one.
   */
  readonly clientIds?: RegExp;
  /** Whether APIs have UUIDs as names there, as clients do elsewhere. */
  readonly namesApisByUuid?: true;
  /** Whether the audience of its tokens is a client id by design. */
  readonly namesClients?: true;
  /** Documentation pages behind these facts. */
  readonly documentation: readonly string[];
  /** Facts that none of these pages states. */
  readonly unverified?: string;
}
