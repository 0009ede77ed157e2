// The option `issuer`: the trusted issuers, as one issuer, a list, or a look-up in the developer's
// data.

import { ConfigError } from "../errors.js";
import { createIssuerPolicies, type IssuerPolicies, type TrustedIssuer } from "../issuer/policy.js";
import { createIssuerResolver, type ResolvedPolicies } from "../issuer/resolver.js";
import { createKeyCounts, type KeyCounts } from "../keys/keys-status.js";
import { requireTermsFromEnvironment } from "./environment-terms.js";
import { type IssuerSpellings, type NameSettings, requireIssuerFromEnvironment } from "./environment-variables.js";
import { requireHosts, requireHttpHosts } from "./hosts.js";
import { findMaterial, toIssuerSpellings } from "./issuer-name.js";
import { createPolicy, type PolicyContext } from "./issuer-terms.js";
import { requireIssuerOptions } from "./option-kinds.js";
import { requireNumber, toOptionError } from "./option-table.js";
import type { GuardOptions, IssuerOptions, IssuerResolver } from "./options.js";
import { requireOptions } from "./require-options.js";

/** The issuers that the guard trusts. */
export interface ConfiguredIssuers {
  readonly policies: IssuerPolicies;
  /**
   * The spellings of each issuer that is known at creation; undefined where issuers are looked up.
   */
  readonly issuers: readonly IssuerSpellings[] | undefined;
  /** State of the looked-up issuers, in total. */
  readonly resolved?: () => ResolvedStatus;
}

/** State of all looked-up issuers, in total: one entry per issuer would be too many for metrics. */
export interface ResolvedStatus {
  /** How many are kept with their keys. */
  readonly held: number;
  readonly counts: KeyCounts;
}

type Terms = IssuerOptions<unknown>;

const sharedExample = 'issuer: [{ issuer: "https://acme.eu.auth0.com/", keys: { jwksUri: … } }, …]';

/** Reads the option. Throws `ConfigError`. */
export function configureIssuers(context: PolicyContext): ConfiguredIssuers {
  const { options } = context;
  const resolver = requireResolver(options.issuer);
  if (resolver) {
    const counts = createKeyCounts();
    const policies = createResolved(resolver, { ...context, counts });
    return { policies, issuers: undefined, resolved: () => ({ held: policies.size, counts: { ...counts } }) };
  }
  const listed = requireIssuers(options.issuer as ListedIssuers, context);
  const trusted = listed.map(({ spellings, terms }) => createPolicy(spellings, terms, context));
  requireDistinct(trusted);
  if (listed.length > 1) requireOwnKeys(options);
  return { policies: createIssuerPolicies(trusted), issuers: listed.map(({ spellings }) => spellings) };
}

type ListedIssuers = string | Terms | readonly (string | Terms)[] | undefined;

interface IssuerTerms {
  readonly spellings: IssuerSpellings;
  readonly terms: Partial<Terms>;
}

function requireIssuers(issuer: ListedIssuers, { env, options }: PolicyContext): readonly IssuerTerms[] {
  if (issuer === undefined) {
    const requireTerms = () => requireTermsFromEnvironment(env, options);
    const spellings = requireIssuerFromEnvironment(env, () => requireNameSettings(requireTerms(), options));
    return [{ spellings, terms: requireTerms() }];
  }
  const list: readonly (string | Terms)[] = Array.isArray(issuer) ? issuer : [issuer];
  if (list.length === 0) throw toOptionError("issuer", "is an empty list");
  return list.map((one) => {
    const terms = typeof one === "string" ? { issuer: one } : one;
    if (typeof terms?.issuer !== "string" || terms.issuer === "") {
      throw toOptionError("issuer", "is empty");
    }
    requireIssuerOptions(terms);
    return { spellings: toIssuerSpellings(terms.issuer, requireNameSettings(terms, options)), terms };
  });
}

/** What decides how an issuer's name is read. Throws `ConfigError`. */
export function requireNameSettings(terms: Partial<Terms>, options: GuardOptions): NameSettings {
  const isPlaced = (terms.discoveryUrl ?? options.discoveryUrl) !== undefined;
  return {
    isApart: isPlaced || findMaterial(terms.keys ?? options.keys) !== undefined,
    httpHosts: requireHttpHosts(terms.insecureHttpHosts ?? options.insecureHttpHosts),
  };
}

function requireResolver(issuer: GuardOptions["issuer"]): IssuerResolver<unknown> | undefined {
  const resolver = typeof issuer === "function" ? { resolve: issuer } : issuer;
  if (typeof resolver !== "object" || resolver === null || !("resolve" in resolver)) return undefined;
  requireOptions("issuer", resolver);
  return resolver;
}

function createResolved(
  { resolve, tenant, maxIssuers, maxAge, timeout, allowPrivateNetwork = false }: IssuerResolver<unknown>,
  context: PolicyContext,
): ResolvedPolicies {
  requireSharedOptions(context);
  return createIssuerResolver<Terms>({
    resolve,
    tenant,
    // No spelling is corrected here: `iss` and terms must be equal, or the issuer is not trusted.
    compile: (terms) => {
      requireIssuerOptions(terms);
      // Tenants may have entered these URLs, which must not make this server contact its own
      // network (CWE-918).
      return createPolicy([terms.issuer], terms, {
        ...context,
        isPublicOnly: !allowPrivateNetwork,
        isLookedUp: true,
      }).policy;
    },
    maxIssuers: requireNumber("issuer.maxIssuers", maxIssuers),
    maxAge: requireNumber("issuer.maxAge", maxAge),
    timeout: requireNumber("issuer.timeout", timeout),
    now: context.now,
  });
}

/**
 * Options shared by all issuers are checked at creation, by creating a policy that is never used.
 */
function requireSharedOptions(context: PolicyContext): void {
  const { discoveryUrl, audience, clientId, allowedHosts } = context.options;
  requireOwnKeys(context.options);
  if (discoveryUrl !== undefined) {
    const problem = "would be shared by all issuers; it belongs to each one's own terms";
    throw new ConfigError({ option: "discoveryUrl", problem, example: sharedExample });
  }
  requireHosts(allowedHosts);
  const host = "nobody.gatewarden.invalid";
  // Each issuer may bring the client that replaces an audience.
  const checks = audience === false && clientId === undefined ? { audience: "any" } : { audience: audience ?? "any" };
  createPolicy([`https://${host}/`], { ...checks, allowedHosts: [host] }, context);
}

/** With one key for several issuers, each could sign tokens for every other (CVE-2025-59936). */
function requireOwnKeys({ keys }: GuardOptions): void {
  const material = findMaterial(keys);
  if (material === undefined) return;
  const problem = "would let each of several issuers sign for the others; it belongs to each issuer's own keys";
  throw new ConfigError({ option: `keys.${material}`, problem, example: sharedExample });
}

function requireDistinct(issuers: readonly TrustedIssuer[]): void {
  const seen = new Set<string>();
  for (const issuer of issuers.flatMap(({ spellings }) => spellings)) {
    if (seen.has(issuer)) throw toOptionError("issuer", `lists "${issuer}" twice`);
    seen.add(issuer);
  }
}
