// Options → what the guard works with. Whatever is wrong is said here, at creation, by name (RFC 8725 §3: no unsafe defaults).
import { type ConfiguredIntrospection, configureIntrospection } from "./configure-introspection.js";
import { configureIssuers } from "./configure-issuers.js";
import { ConfigError } from "./errors.js";
import type { IssuerPolicies } from "./issuer/policy.js";
import { defaults, type GuardOptions, readNumber } from "./options.js";
import type { RevocationSource } from "./revocation/check.js";
import { environment } from "./runtime.js";

/** What the guard works with. */
export interface GuardConfig {
  readonly policies: IssuerPolicies;
  /** Undefined where opaque tokens are refused. */
  readonly introspection: ConfiguredIntrospection | undefined;
  readonly revocation: RevocationSource | undefined;
  readonly maxTokenSize: number;
  readonly realm: string;
  /** Seconds since 1970. */
  readonly now: () => number;
}

const knownOptions: ReadonlySet<string> = new Set([
  ...["issuer", "audience", "algorithms", "clockTolerance", "keys", "discoveryUrl", "fetch", "tokenType", "claims"],
  ...["claimNames", "scopeAsList", "maxTokenSize", "realm", "onDecision", "now", "env"],
  ...["introspection", "revocation"],
]);

/** Checks all options. Throws `ConfigError`, which names the option or variable, its value and an example. */
export function configure(options: GuardOptions): GuardConfig {
  checkKnown(options);
  const env = options.env ?? environment();
  const now = options.now ?? (() => Date.now() / 1000);
  const { policies, issuers } = configureIssuers({ options, env, now });
  return {
    policies,
    introspection: configureIntrospection(options.introspection, { issuers, now }),
    revocation: readRevocation(options.revocation),
    maxTokenSize: readNumber("maxTokenSize", options.maxTokenSize, {
      min: 256,
      max: 65_536,
      fallback: defaults.maxTokenSize,
    }),
    realm: options.realm ?? defaults.realm,
    now,
  };
}

/** A misspelt option would be a check that never runs. */
function checkKnown(options: GuardOptions): void {
  const unknown = Object.keys(options).find((name) => !knownOptions.has(name));
  if (unknown === undefined) return;
  throw new ConfigError({
    option: unknown,
    problem: `is no option of createGuard; there are ${[...knownOptions].join(", ")}`,
    example: 'issuer: "https://acme.eu.auth0.com/"',
  });
}

function readRevocation(revocation: RevocationSource | undefined): RevocationSource | undefined {
  if (revocation === undefined || typeof revocation?.isRevoked === "function") return revocation;
  throw new ConfigError({
    option: "revocation",
    problem: "has no method isRevoked",
    example: "revocation: createRevocationList()",
  });
}
