// The status of a guard, as plain data. Read by health checks and metrics, so that a check itself
// reports nothing.

import type { ReplayStatus } from "../configuration/binding-options.js";
import type { GuardConfig } from "../configuration/configure.js";
import type { ResolvedStatus } from "../configuration/issuer-options.js";
import type { IntrospectionStatus } from "../introspection/introspector.js";
import type { KeysStatus } from "../keys/keys-status.js";
import { readSafely } from "../platform/runtime.js";
import type { RevocationSourceStatus } from "../revocation/refuse-revoked.js";
import type { CacheCounts } from "../token/cache.js";
import type { DependencyStatus } from "./dependency.js";

/** One issuer that the guard knows from the start. */
export interface IssuerStatus {
  /** As configured. */
  readonly issuer: string;
  readonly keys: KeysStatus;
}

/** The status of a deny list. */
export interface RevocationStatus extends DependencyStatus {
  /** What it says of itself. Undefined where it has no `status()`, or that threw. */
  readonly source: RevocationSourceStatus | undefined;
}

/**
 * The status of a guard. Parts that are not configured are undefined. Holds no token, no claim and
 * no `kid`.
 */
export interface GuardStatus {
  /** When this was read, in seconds since 1970 by the guard's clock. */
  readonly at: number;
  readonly issuers: readonly IssuerStatus[];
  /** All issuers that are looked up, together. */
  readonly resolved: ResolvedStatus | undefined;
  readonly cache: CacheCounts | undefined;
  readonly introspection: IntrospectionStatus | undefined;
  readonly revocation: RevocationStatus | undefined;
  readonly replay: ReplayStatus | undefined;
}

/** Reads the status without any outgoing call. */
export function readStatus(config: GuardConfig, cache: CacheCounts | undefined): GuardStatus {
  const { policies, resolved, introspection, revocation, revocationWatch, replay } = config;
  return {
    at: config.now(),
    issuers: policies.all.map(({ issuer, keys }) => ({ issuer, keys: keys.status() })),
    resolved: resolved?.(),
    cache,
    introspection: introspection?.introspector.status(),
    revocation: revocation && { ...revocationWatch, source: readSafely(() => revocation.status?.()) },
    replay: replay?.(),
  };
}
