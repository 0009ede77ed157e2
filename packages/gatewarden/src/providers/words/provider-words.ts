// What is known of a provider beyond its terms: how its tokens are recognised, and what to do there
// when one is refused.
import type { Reason } from "../../reasons.js";

/**
 * Reason → what to do, in the words of the provider's own console and documentation. `{audience}`
 * stands for this API's audience.
 */
export type Fixes = Partial<Readonly<Record<Reason, string>>>;

/** What a provider's tokens and issuers look like. One mark that fits is enough. */
export interface Marks {
  /** Of the issuer's host name. */
  readonly host?: RegExp;
  /** Of the issuer's path. */
  readonly path?: RegExp;
  /** Of an issuer that is no URL. */
  readonly text?: RegExp;
  /** Claims that no other provider writes. */
  readonly claims?: readonly string[];
}

/** One provider. */
export interface ProviderWords {
  readonly name: string;
  /**
   * The preset in `gatewarden/providers`; left out for what is recognised only to say that it is
   * not for this API.
   */
  readonly preset?: string;
  readonly marks: Marks;
  readonly fixes: Fixes;
  /** Headers in which its proxy passes tokens on, in lower case. */
  readonly headers?: readonly string[];
  /**
   * Whether it signs under several issuers with the same keys: that a key fits then says nothing
   * about whose token it is.
   */
  readonly sharesKeys?: true;
  /**
   * What to check where no metadata are found at the issuer's address. Said by `gatewarden doctor`.
   */
  readonly discoveryHint?: string;
  /** What the provider's client ids look like. They are no audience, though often taken for one. */
  readonly clientIds?: RegExp;
  /** Whether APIs are called by UUIDs there, as clients are elsewhere. */
  readonly namesApisByUuid?: true;
  /** Whether the audience of its tokens is a client id by design. */
  readonly namesClients?: true;
  /** Pages that were looked up. */
  readonly documentation: readonly string[];
  /** What none of these pages says. */
  readonly unverified?: string;
}
