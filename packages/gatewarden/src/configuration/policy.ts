// One issuer's terms → its policy. What the terms leave out comes from the guard's own options.

import { ConfigError } from "../errors.js";
import type { TrustedIssuer } from "../issuer/policy.js";
import { createKeyCounts, type MutableKeyCounts } from "../keys/keys-status.js";
import { OutgoingCalls } from "../monitoring/outgoing-calls.js";
import { globalFetch } from "../platform/fetch.js";
import { algorithms as algorithmTable, asymmetricAlgorithms } from "../token/algorithms.js";
import { type IssuerSpellings, isPlaceholder, readAudienceFromEnvironment } from "./environment.js";
import { createKeySource, requirePlace, rsaExample } from "./keys.js";
import { readNumber } from "./option-table.js";
import { defaults, type GuardOptions, type IssuerOptions } from "./options.js";

/** What terms are completed from. */
export interface Surroundings {
  readonly options: GuardOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /** Where the calls for keys can be listened to. Default: nowhere. */
  readonly calls?: OutgoingCalls;
  /** Where attempts to fetch keys are counted. Default: each issuer for itself. */
  readonly counts?: MutableKeyCounts;
  /** Whether metadata and keys may come from public hosts only. Default false. */
  readonly isPublicOnly?: boolean;
}

/** One issuer's terms, completed by the guard's own options and checked. Throws `ConfigError`. */
export function createPolicy(
  spellings: IssuerSpellings,
  terms: Partial<IssuerOptions<unknown>>,
  { options, env, now, calls = new OutgoingCalls(), counts = createKeyCounts(), isPublicOnly = false }: Surroundings,
): TrustedIssuer {
  const discoveryUrl = terms.discoveryUrl ?? options.discoveryUrl;
  if (discoveryUrl !== undefined) requirePlace("discoveryUrl", discoveryUrl);
  const keys = terms.keys ?? options.keys ?? {};
  const source = createKeySource({
    keys,
    issuers: spellings,
    discoveryUrl,
    places: { hosts: readHosts(terms.allowedHosts ?? options.allowedHosts), isPublicOnly },
    fetch: options.fetch ?? globalFetch,
    now,
    calls,
    counts,
  });
  const allowed = readAlgorithms(terms.algorithms ?? options.algorithms, source.hmacAlgorithms);
  checkPin(keys, allowed);
  return {
    spellings: source.spellings,
    policy: {
      // A base URL's last slash is settled by the issuer's metadata, before any of its keys is used.
      get issuer() {
        return source.issuer();
      },
      audiences: readAudiences(terms.audience ?? options.audience ?? readAudienceFromEnvironment(env)),
      algorithms: new Set(allowed),
      tokenType: readTokenType(terms.tokenType ?? options.tokenType),
      clockTolerance: readTolerance(terms.clockTolerance ?? options.clockTolerance),
      keys: source.keys,
      claimNames: { ...defaults.claimNames, ...options.claimNames, ...terms.claimNames },
      scopeAsList: terms.scopeAsList ?? options.scopeAsList ?? defaults.scopeAsList,
      schema: terms.claims ?? options.claims,
    },
  };
}

/** A pin to an algorithm that is not allowed would leave the keys without any. */
function checkPin({ rsaAlgorithm }: { rsaAlgorithm?: string; secret?: unknown }, allowed: readonly string[]): void {
  if (rsaAlgorithm === undefined || allowed.includes(rsaAlgorithm)) return;
  const problem = "is not one of the allowed algorithms";
  throw new ConfigError({ option: "keys.rsaAlgorithm", problem, example: rsaExample });
}

/** Seconds by which clocks may differ: a few, not for ever. */
export function readTolerance(tolerance: number | undefined): number {
  return readNumber("clockTolerance", tolerance);
}

function readTokenType(tokenType: "any" | "at+jwt" | undefined): "any" | "at+jwt" {
  if (tokenType === undefined) return defaults.tokenType;
  if (tokenType === "any" || tokenType === "at+jwt") return tokenType;
  throw new ConfigError({ option: "tokenType", problem: `is "${String(tokenType)}"`, example: 'tokenType: "at+jwt"' });
}

/** Hosts are compared as text, so each must be written as `URL` writes it. Patterns would let in what nobody thought of (CWE-183). */
export function readHosts(hosts: readonly string[] | undefined): readonly string[] | undefined {
  if (hosts === undefined) return undefined;
  const example = 'allowedHosts: ["acme.eu.auth0.com"]';
  if (!Array.isArray(hosts) || hosts.length === 0)
    throw new ConfigError({ option: "allowedHosts", problem: "is empty, or is not a list", example });
  const bad: unknown = hosts.find((one) => !isHost(one));
  if (bad === undefined && hosts.every(isHost)) return hosts;
  const problem = `holds ${JSON.stringify(bad)}; it must be a host in lower case, with its port unless that is the usual one`;
  throw new ConfigError({ option: "allowedHosts", problem, example });
}

function isHost(text: unknown): boolean {
  if (typeof text !== "string" || !/^[a-z\d._:[\]-]+$/.test(text)) return false;
  return (
    ["https", "http"].every((scheme) => URL.canParse(`${scheme}://${text}`)) && new URL(`https://${text}`).host === text
  );
}

function readAudiences(audience: string | readonly string[]): readonly string[] {
  const list: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  const example = 'audience: "https://api.acme.com"';
  if (list.length === 0) throw new ConfigError({ option: "audience", problem: "is an empty list", example });
  return list.map((one) => {
    if (typeof one !== "string" || one.trim() === "")
      throw new ConfigError({ option: "audience", problem: "is empty", example });
    if (isPlaceholder(one))
      throw new ConfigError({ option: "audience", problem: `is "${one}", which is only a placeholder`, example });
    return one;
  });
}

/** Secrets go with HMAC and public keys with everything else: never both, whatever is listed (CVE-2016-10555, CVE-2024-33663). */
function readAlgorithms(listed: readonly string[] | undefined, hmac: readonly string[] | undefined): readonly string[] {
  const possible: readonly string[] = hmac ?? asymmetricAlgorithms;
  if (listed === undefined) return possible;
  const example = `algorithms: ["${possible[0]}"]`;
  if (!Array.isArray(listed) || listed.length === 0)
    throw new ConfigError({ option: "algorithms", problem: "is empty, or is no list", example });
  for (const name of listed) {
    if (possible.includes(name)) continue;
    const problem = algorithmTable.has(name)
      ? `lists "${name}", which does not fit the configured keys`
      : `lists "${String(name)}", which is no signature algorithm`;
    throw new ConfigError({ option: "algorithms", problem, example });
  }
  return listed;
}
