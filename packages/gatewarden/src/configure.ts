// Options → what the guard works with. Whatever is wrong is said here, at creation, by name (RFC 8725 §3: no unsafe defaults).
import type { Binding } from "./binding/binding.js";
import { checkGuardOptions, checkIssuerOptions } from "./check-options.js";
import { configureBinding } from "./configure-binding.js";
import { createKeySource } from "./configure-keys.js";
import {
  type IssuerSpellings,
  isPlaceholder,
  readAudienceFromEnvironment,
  readIssuerFromEnvironment,
  toExactIssuer,
} from "./environment.js";
import { ConfigError } from "./errors.js";
import { createIssuerPolicies, type IssuerPolicies, type TrustedIssuer } from "./issuer/policy.js";
import { isSafeUrl } from "./issuer/url.js";
import { defaults, type GuardOptions, type IssuerOptions, readNumber } from "./options.js";
import type { DpopChallenge } from "./request/challenge.js";
import { environment } from "./runtime.js";
import { algorithms as algorithmTable, asymmetricAlgorithms } from "./token/algorithms.js";

/** What the guard works with. */
export interface GuardConfig {
  readonly policies: IssuerPolicies;
  readonly maxTokenSize: number;
  readonly realm: string;
  readonly binding: Binding;
  readonly dpopChallenge: DpopChallenge | undefined;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** Checks all options. Throws `ConfigError`, which names the option or variable, its value and an example. */
export function configure(options: GuardOptions): GuardConfig {
  checkGuardOptions(options);
  const env = options.env ?? environment();
  const now = options.now ?? (() => Date.now() / 1000);
  const issuers = readIssuers(options, env).map(({ spellings, terms }) =>
    createPolicy(spellings, terms, { options, env, now }),
  );
  checkDistinct(issuers);
  return {
    policies: createIssuerPolicies(issuers),
    maxTokenSize: readNumber("maxTokenSize", options.maxTokenSize, {
      min: 256,
      max: 65_536,
      fallback: defaults.maxTokenSize,
    }),
    realm: options.realm ?? defaults.realm,
    ...configureBinding(options, { clockTolerance: readTolerance(options), now }),
    now,
  };
}

interface IssuerTerms {
  readonly spellings: IssuerSpellings;
  readonly terms: Partial<IssuerOptions>;
}

interface Surroundings {
  readonly options: GuardOptions;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
}

function readIssuers({ issuer }: GuardOptions, env: Surroundings["env"]): readonly IssuerTerms[] {
  if (issuer === undefined) return [{ spellings: readIssuerFromEnvironment(env), terms: {} }];
  const list: readonly (string | IssuerOptions)[] = Array.isArray(issuer) ? issuer : [issuer];
  if (list.length === 0)
    throw new ConfigError({ option: "issuer", problem: "is an empty list", example: issuerExample });
  return list.map((one) => {
    const terms = typeof one === "string" ? { issuer: one } : one;
    if (typeof terms?.issuer !== "string" || terms.issuer === "") {
      throw new ConfigError({ option: "issuer", problem: "is empty", example: issuerExample });
    }
    checkIssuerOptions(terms);
    return { spellings: toExactIssuer(terms.issuer), terms };
  });
}

const issuerExample = 'issuer: "https://acme.eu.auth0.com/"';

function createPolicy(
  spellings: IssuerSpellings,
  terms: Partial<IssuerOptions>,
  { options, env, now }: Surroundings,
): TrustedIssuer {
  const tokenType = terms.tokenType ?? options.tokenType ?? defaults.tokenType;
  if (tokenType !== "any" && tokenType !== "at+jwt") {
    throw new ConfigError({
      option: "tokenType",
      problem: `is "${String(tokenType)}"`,
      example: 'tokenType: "at+jwt"',
    });
  }
  const discoveryUrl = terms.discoveryUrl ?? options.discoveryUrl;
  if (discoveryUrl !== undefined && !isSafeUrl(discoveryUrl)) {
    const problem = `is "${discoveryUrl}"; it must be an https URL (http only on this machine itself)`;
    throw new ConfigError({
      option: "discoveryUrl",
      problem,
      example: 'discoveryUrl: "https://idp.internal/.well-known/openid-configuration"',
    });
  }
  const source = createKeySource({
    keys: terms.keys ?? options.keys ?? {},
    issuers: spellings,
    discoveryUrl,
    fetch: options.fetch ?? globalThis.fetch,
    now,
  });
  return {
    spellings: source.spellings,
    policy: {
      // A base URL's last slash is settled by the issuer's metadata, before any of its keys is used.
      get issuer() {
        return source.issuer();
      },
      audiences: readAudiences(terms.audience ?? options.audience ?? readAudienceFromEnvironment(env)),
      algorithms: new Set(readAlgorithms(terms.algorithms ?? options.algorithms, source.hmacAlgorithms)),
      tokenType,
      clockTolerance: readTolerance(options),
      keys: source.keys,
      claimNames: { ...defaults.claimNames, ...options.claimNames, ...terms.claimNames },
      scopeAsList: terms.scopeAsList ?? options.scopeAsList ?? defaults.scopeAsList,
    },
  };
}

function readTolerance({ clockTolerance }: GuardOptions): number {
  return readNumber("clockTolerance", clockTolerance, { min: 0, max: 300, fallback: defaults.clockTolerance });
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

function checkDistinct(issuers: readonly TrustedIssuer[]): void {
  const seen = new Set<string>();
  for (const issuer of issuers.flatMap(({ spellings }) => spellings)) {
    if (seen.has(issuer))
      throw new ConfigError({ option: "issuer", problem: `lists "${issuer}" twice`, example: issuerExample });
    seen.add(issuer);
  }
}
