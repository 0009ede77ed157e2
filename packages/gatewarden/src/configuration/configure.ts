// Options → the guard's configuration. Every mistake is reported here, at creation, by option name
// (RFC 8725 §3: no unsafe defaults).
import type { Binding } from "../binding/binding.js";
import { ConfigError } from "../errors.js";
import type { TokenExchange } from "../exchange/exchange.js";
import type { IssuerPolicies } from "../issuer/policy.js";
import { Dependency } from "../monitoring/dependency.js";
import { OutgoingCalls } from "../monitoring/outgoing-calls.js";
import { environment, isProduction, readSafely } from "../platform/runtime.js";
import type { ChallengePolicy } from "../request/challenge.js";
import { type ResourceOptions, toMetadataUrl } from "../request/metadata.js";
import type { TokenPlace } from "../request/token-from.js";
import type { RevocationSource } from "../revocation/refuse-revoked.js";
import type { CacheBounds } from "../token/cache.js";
import { configureBinding, type ReplayStatus } from "./binding-options.js";
import { type ConfiguredIntrospection, configureIntrospection } from "./introspection-options.js";
import { configureIssuers, type ResolvedStatus } from "./issuer-options.js";
import { requireTolerance } from "./issuer-terms.js";
import { requireGuardOptions } from "./option-kinds.js";
import { requireNumber, toOptionError } from "./option-table.js";
import { defaults, type GuardOptions } from "./options.js";
import { requireProxy } from "./proxy-options.js";
import { requireResource } from "./resource-options.js";
import { requireTokenPlace } from "./token-from.js";

/** The guard's configuration. */
export interface GuardConfig {
  readonly policies: IssuerPolicies;
  /** Undefined where opaque tokens are refused. */
  readonly introspection: ConfiguredIntrospection | undefined;
  readonly revocation: RevocationSource | undefined;
  /** Undefined where no token is exchanged. */
  readonly exchange: TokenExchange | undefined;
  readonly maxTokenSize: number;
  /** Undefined without a cache. */
  readonly cache: CacheBounds | undefined;
  readonly challenges: ChallengePolicy;
  /** Whether refusals include cause and fix. */
  readonly explainsRefusals: boolean;
  readonly resource: ResourceOptions | undefined;
  readonly binding: Binding;
  /** Where a token may be besides Authorization; undefined for nowhere else. */
  readonly tokenPlace: TokenPlace | undefined;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Seconds by which clocks may differ. */
  readonly clockTolerance: number;
  readonly calls: OutgoingCalls;
  readonly revocationWatch: Dependency;
  /** State of issuers that are looked up; undefined where all are listed. */
  readonly resolved: (() => ResolvedStatus) | undefined;
  /** State of the store of used proofs; undefined where DPoP is off. */
  readonly replay: (() => ReplayStatus) | undefined;
}

/**
 * Checks all options. Throws `ConfigError`, which names the option or variable, its value and an
 * example.
 */
export function configure(options: GuardOptions): GuardConfig {
  requireGuardOptions(options);
  const env = options.env ?? environment();
  const now = options.now ?? (() => Date.now() / 1000);
  const calls = new OutgoingCalls();
  const { policies, issuers, resolved } = configureIssuers({ options, env, now, calls });
  const resource = requireResource(options.resource);
  const clockTolerance = requireTolerance(options.clockTolerance);
  const bindingSettings = { resourceUrl: resource?.url, clockTolerance, now };
  const { binding, challenge: dpop, replay } = configureBinding(options, bindingSettings);
  return {
    policies,
    introspection: configureIntrospection(options.introspection, { issuers, now, calls }),
    revocation: requireRevocation(options.revocation),
    exchange: requireExchange(options.exchange, issuers?.length === 1),
    maxTokenSize: requireNumber("maxTokenSize", options.maxTokenSize),
    cache: requireCache(options.cache),
    challenges: { realm: options.realm ?? defaults.realm, metadataUrl: resource && toMetadataUrl(resource.url), dpop },
    explainsRefusals: requireExplain(options.explain, env),
    binding,
    tokenPlace: requireTokenPlace(options.tokenFrom, requireProxy(options.trustProxy)),
    resource,
    now,
    clockTolerance,
    calls,
    revocationWatch: new Dependency(now),
    resolved,
    replay,
  };
}

/**
 * Checks both environments: an `env` option must not hide that the process runs in production
 * (CWE-489, CWE-209).
 */
function requireExplain(explain: unknown, env: Readonly<Record<string, string | undefined>>): boolean {
  if (explain === undefined) return false;
  const example = 'explain: process.env["NODE_ENV"] === "production" ? undefined : "development"';
  if (explain !== "development") {
    throw new ConfigError({ option: "explain", problem: `is ${JSON.stringify(explain)}`, example });
  }
  const production = [env, environment()].find((one) => isProduction(one));
  if (production === undefined) return true;
  const value = readSafely(() => `is "${production["NODE_ENV"]}"`) ?? "cannot be read";
  const problem = `${value} while explain is "development", which tells callers what is in their tokens`;
  throw new ConfigError({ option: "NODE_ENV", problem, example });
}

function requireCache(cache: Partial<CacheBounds> | false | undefined): CacheBounds | undefined {
  if (cache === false) return undefined;
  const { maxEntries, maxBytes } = cache ?? {};
  return {
    maxEntries: requireNumber("cache.maxEntries", maxEntries),
    maxBytes: requireNumber("cache.maxBytes", maxBytes),
  };
}

/** With several issuers, each one's tokens would be sent to the server of one (CWE-441). */
function requireExchange(exchange: TokenExchange | undefined, hasOneIssuer: boolean): TokenExchange | undefined {
  if (exchange === undefined || hasOneIssuer || exchange.subjectIssuers !== undefined) return exchange;
  throw toOptionError("exchange", "has no subjectIssuers, but the guard trusts more than one issuer");
}

function requireRevocation(revocation: RevocationSource | undefined): RevocationSource | undefined {
  if (revocation === undefined || typeof revocation?.isRevoked === "function") return revocation;
  throw toOptionError("revocation", "has no method isRevoked");
}
