// The option `issuer` → whom the guard trusts: one issuer, a list, or a look-up among the developer's data.

import { ConfigError } from "../errors.js";
import { createIssuerPolicies, type IssuerPolicies, type TrustedIssuer } from "../issuer/policy.js";
import { createIssuerResolver, type ResolvedPolicies } from "../issuer/resolver.js";
import { createKeyCounts, type KeyCounts } from "../keys/keys-status.js";
import { checkIssuerOptions } from "./check-options.js";
import { type IssuerSpellings, type NameSettings, readIssuerFromEnvironment } from "./environment.js";
import { readTermsFromEnvironment } from "./environment-terms.js";
import { readHosts, readHttpHosts } from "./hosts.js";
import { findMaterial, toIssuerSpellings } from "./issuer-name.js";
import { readNumber, requireOptions } from "./option-table.js";
import type { GuardOptions, IssuerOptions, IssuerResolver } from "./options.js";
import { createPolicy, type Surroundings } from "./policy.js";

/** Whom the guard trusts. */
export interface ConfiguredIssuers {
  readonly policies: IssuerPolicies;
  /** The spellings of each issuer that is known from the start; undefined where issuers are looked up. */
  readonly issuers: readonly IssuerSpellings[] | undefined;
  /** How those that are looked up are doing, all together. */
  readonly resolved?: () => ResolvedStatus;
}

/** Issuers that are looked up, all together: each by itself would be more than metrics can hold. */
export interface ResolvedStatus {
  /** How many are held with their keys. */
  readonly held: number;
  readonly counts: KeyCounts;
}

type Terms = IssuerOptions<unknown>;

const issuerExample = 'issuer: "https://acme.eu.auth0.com/"';
const sharedExample = 'issuer: [{ issuer: "https://acme.eu.auth0.com/", keys: { jwksUri: … } }, …]';

/** Reads the option. Throws `ConfigError`. */
export function configureIssuers(surroundings: Surroundings): ConfiguredIssuers {
  const { options } = surroundings;
  const resolver = readResolver(options.issuer);
  if (resolver) {
    const counts = createKeyCounts();
    const policies = createResolved(resolver, { ...surroundings, counts });
    return { policies, issuers: undefined, resolved: () => ({ held: policies.size, counts: { ...counts } }) };
  }
  const listed = readIssuers(options.issuer as ListedIssuers, surroundings);
  const trusted = listed.map(({ spellings, terms }) => createPolicy(spellings, terms, surroundings));
  checkDistinct(trusted);
  if (listed.length > 1) refuseSharedKeys(options);
  return { policies: createIssuerPolicies(trusted), issuers: listed.map(({ spellings }) => spellings) };
}

type ListedIssuers = string | Terms | readonly (string | Terms)[] | undefined;

interface IssuerTerms {
  readonly spellings: IssuerSpellings;
  readonly terms: Partial<Terms>;
}

function readIssuers(issuer: ListedIssuers, { env, options }: Surroundings): readonly IssuerTerms[] {
  if (issuer === undefined) {
    const terms = readTermsFromEnvironment(env, options);
    return [{ spellings: readIssuerFromEnvironment(env, readNameSettings(terms, options)), terms }];
  }
  const list: readonly (string | Terms)[] = Array.isArray(issuer) ? issuer : [issuer];
  if (list.length === 0)
    throw new ConfigError({ option: "issuer", problem: "is an empty list", example: issuerExample });
  return list.map((one) => {
    const terms = typeof one === "string" ? { issuer: one } : one;
    if (typeof terms?.issuer !== "string" || terms.issuer === "") {
      throw new ConfigError({ option: "issuer", problem: "is empty", example: issuerExample });
    }
    checkIssuerOptions(terms);
    return { spellings: toIssuerSpellings(terms.issuer, readNameSettings(terms, options)), terms };
  });
}

function readNameSettings(terms: Partial<Terms>, options: GuardOptions): NameSettings {
  const isPlaced = (terms.discoveryUrl ?? options.discoveryUrl) !== undefined;
  return {
    isApart: isPlaced || findMaterial(terms.keys ?? options.keys) !== undefined,
    httpHosts: readHttpHosts(terms.insecureHttpHosts ?? options.insecureHttpHosts),
  };
}

function readResolver(issuer: GuardOptions["issuer"]): IssuerResolver<unknown> | undefined {
  if (typeof issuer === "function") return { resolve: issuer };
  if (typeof issuer !== "object" || issuer === null || !("resolve" in issuer)) return undefined;
  requireOptions("issuer", issuer);
  return issuer;
}

function createResolved(
  { resolve, tenant, maxIssuers, maxAge, timeout, allowPrivateNetwork = false }: IssuerResolver<unknown>,
  surroundings: Surroundings,
): ResolvedPolicies {
  checkShared(surroundings);
  return createIssuerResolver<Terms>({
    resolve,
    tenant,
    // No spelling is mended here: `iss` and terms agree letter for letter, or the issuer is not trusted.
    compile: (terms) => {
      checkIssuerOptions(terms);
      // Tenants may have entered these addresses: they must not lead this server into its own network (CWE-918).
      return createPolicy([terms.issuer], terms, {
        ...surroundings,
        isPublicOnly: !allowPrivateNetwork,
        isLookedUp: true,
      }).policy;
    },
    maxIssuers: readNumber("issuer.maxIssuers", maxIssuers),
    maxAge: readNumber("issuer.maxAge", maxAge),
    timeout: readNumber("issuer.timeout", timeout),
    now: surroundings.now,
  });
}

/** What issuers have in common is checked at creation, by making a policy that nobody will ever find. */
function checkShared(surroundings: Surroundings): void {
  const { discoveryUrl, audience, clientId, allowedHosts } = surroundings.options;
  refuseSharedKeys(surroundings.options);
  if (discoveryUrl !== undefined) {
    const problem = "would be shared by all issuers; it belongs to each one's own terms";
    throw new ConfigError({ option: "discoveryUrl", problem, example: sharedExample });
  }
  readHosts(allowedHosts);
  const host = "nobody.gatewarden.invalid";
  // Each issuer may bring the client that stands in for an audience.
  const checks = audience === false && clientId === undefined ? { audience: "any" } : { audience: audience ?? "any" };
  createPolicy([`https://${host}/`], { ...checks, allowedHosts: [host] }, surroundings);
}

/** With one key for several issuers, each could write the tokens of every other (CVE-2025-59936). */
function refuseSharedKeys({ keys }: GuardOptions): void {
  const material = findMaterial(keys);
  if (material === undefined) return;
  const problem = "would let each of several issuers sign for the others; it belongs to each issuer's own keys";
  throw new ConfigError({ option: `keys.${material}`, problem, example: sharedExample });
}

function checkDistinct(issuers: readonly TrustedIssuer[]): void {
  const seen = new Set<string>();
  for (const issuer of issuers.flatMap(({ spellings }) => spellings)) {
    if (seen.has(issuer))
      throw new ConfigError({ option: "issuer", problem: `lists "${issuer}" twice`, example: issuerExample });
    seen.add(issuer);
  }
}
