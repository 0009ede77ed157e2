// One issuer's terms → its policy. The guard's own options complete the terms.

import { ConfigError } from "../errors.js";
import type { ClaimFormats, TrustedIssuer } from "../issuer/policy.js";
import { createKeyCounts, type MutableKeyCounts } from "../keys/keys-status.js";
import { OutgoingCalls } from "../monitoring/outgoing-calls.js";
import { globalFetch } from "../platform/fetch.js";
import { algorithms as algorithmTable } from "../token/algorithms.js";
import { requireAudiences, requireClientIds } from "./audience.js";
import { type IssuerSpellings, requireAudienceFromEnvironment } from "./environment-variables.js";
import { requireHosts, requireHttpHosts } from "./hosts.js";
import { createKeySource, requirePlace } from "./key-options.js";
import { requireNumber, toOptionError, toValueError } from "./option-table.js";
import { defaults, type GuardOptions, type IssuerOptions } from "./options.js";

/** What completes an issuer's terms. */
export interface PolicyContext {
  readonly options: GuardOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /** Where calls for keys are published to listeners. Default: nowhere. */
  readonly calls?: OutgoingCalls;
  /** Where attempts to fetch keys are counted. Default: per issuer. */
  readonly counts?: MutableKeyCounts;
  /** Whether metadata and keys may come from public hosts only. Default false. */
  readonly isPublicOnly?: boolean;
  /** Whether the terms were looked up by a token's `iss`. Default false. */
  readonly isLookedUp?: boolean;
}

/** One issuer's terms, completed by the guard's own options and checked. Throws `ConfigError`. */
export function createPolicy(
  spellings: IssuerSpellings,
  terms: Partial<IssuerOptions<unknown>>,
  surroundings: PolicyContext,
): TrustedIssuer {
  const { options, env, now, calls = new OutgoingCalls(), counts = createKeyCounts() } = surroundings;
  const { isPublicOnly = false, isLookedUp = false } = surroundings;
  const discoveryUrl = terms.discoveryUrl ?? options.discoveryUrl;
  const httpHosts = requireHttpHosts(terms.insecureHttpHosts ?? options.insecureHttpHosts);
  if (discoveryUrl !== undefined) requirePlace("discoveryUrl", discoveryUrl, { httpHosts });
  const keys = terms.keys ?? options.keys ?? {};
  const source = createKeySource({
    keys,
    issuers: spellings,
    discoveryUrl,
    places: { hosts: requireHosts(terms.allowedHosts ?? options.allowedHosts), httpHosts, isPublicOnly },
    isLookedUp,
    fetch: options.fetch ?? globalFetch,
    now,
    calls,
    counts,
  });
  const clientIds = requireClientIds(terms.clientId ?? options.clientId);
  const tokenType = requireTokenType(terms.tokenType ?? options.tokenType);
  const allowIdTokens = terms.allowIdTokens ?? options.allowIdTokens ?? false;
  if (allowIdTokens && tokenType === "at+jwt") throw noIdTokens();
  const audience = terms.audience ?? options.audience ?? requireAudienceFromEnvironment(env);
  const audiences = requireAudiences(audience, { clientIds, tokenType });
  const allowed = requireAlgorithms(terms.algorithms ?? options.algorithms, source.algorithms);
  requirePin(keys, allowed);
  return {
    spellings: source.spellings,
    policy: {
      // The issuer's metadata decides a base URL's last slash before any of its keys is used.
      get issuer() {
        return source.issuer();
      },
      audiences,
      clientIds,
      algorithms: new Set(allowed),
      tokenType,
      clockTolerance: requireTolerance(terms.clockTolerance ?? options.clockTolerance),
      allowIdTokens,
      keys: source.keys,
      claimNames: { ...defaults.claimNames, ...options.claimNames, ...terms.claimNames },
      claimFormats: readFormats(terms, options),
      schema: terms.claims ?? options.claims,
    },
  };
}

type Formats = Pick<IssuerOptions<unknown>, "claimFormats" | "scopeAsList">;

/** The issuer's terms, then the guard's options, then the defaults. */
function readFormats(terms: Formats, options: Formats): ClaimFormats {
  const pick = <Name extends keyof ClaimFormats>(name: Name): ClaimFormats[Name] | undefined =>
    terms.claimFormats?.[name] ?? options.claimFormats?.[name];
  return {
    scope: readScopeFormat(terms) ?? readScopeFormat(options) ?? defaults.claimFormats.scope,
    permissions: pick("permissions") ?? defaults.claimFormats.permissions,
    roles: pick("roles") ?? defaults.claimFormats.roles,
  };
}

function readScopeFormat({ claimFormats, scopeAsList }: Formats): ClaimFormats["scope"] | undefined {
  if (claimFormats?.scope !== undefined || scopeAsList === undefined) return claimFormats?.scope;
  return scopeAsList ? "list" : "blanks";
}

/** No ID token has that type, so one of both would mean nothing (RFC 9068 §4). */
function noIdTokens(): ConfigError {
  return new ConfigError({
    option: "allowIdTokens",
    problem: 'is true beside tokenType "at+jwt", which no ID token has (RFC 9068 §4)',
    example: 'allowIdTokens: true, tokenType: "any"',
    other: "tokenType",
  });
}

/** A pin to an algorithm that is not allowed would leave the keys without any. */
function requirePin({ rsaAlgorithm }: { rsaAlgorithm?: string; secret?: unknown }, allowed: readonly string[]): void {
  if (rsaAlgorithm === undefined || allowed.includes(rsaAlgorithm)) return;
  throw toOptionError("keys.rsaAlgorithm", "is not one of the allowed algorithms");
}

/** Seconds by which clocks may differ. Throws `ConfigError`. */
export function requireTolerance(tolerance: number | undefined): number {
  return requireNumber("clockTolerance", tolerance);
}

function requireTokenType(tokenType: "any" | "at+jwt" | undefined): "any" | "at+jwt" {
  if (tokenType === undefined) return defaults.tokenType;
  if (tokenType === "any" || tokenType === "at+jwt") return tokenType;
  throw toValueError("tokenType", tokenType);
}

/**
 * Secrets verify only HMAC, and public keys only the other algorithms, whatever the list contains
 * (CVE-2016-10555, CVE-2024-33663).
 */
function requireAlgorithms(listed: readonly string[] | undefined, possible: readonly string[]): readonly string[] {
  if (listed === undefined) return possible;
  const example = `algorithms: ["${possible[0]}"]`;
  if (!Array.isArray(listed) || listed.length === 0)
    throw new ConfigError({ option: "algorithms", problem: "must be a non-empty list", example });
  for (const name of listed) {
    if (possible.includes(name)) continue;
    const problem = algorithmTable.has(name)
      ? `lists "${name}", which does not fit the configured keys`
      : `lists "${String(name)}", which is not a signature algorithm`;
    throw new ConfigError({ option: "algorithms", problem, example });
  }
  return listed;
}
