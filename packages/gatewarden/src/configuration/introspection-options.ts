// The option `introspection`: how the guard asks about opaque tokens, and the rules for the answer.

import type { Introspect, IntrospectionOptions } from "../introspection/introspect.js";
import { createIntrospector, type Introspector } from "../introspection/introspector.js";
import { createIntrospectionRules } from "../introspection/rules.js";
import type { OutgoingCalls } from "../monitoring/outgoing-calls.js";
import type { ClaimRule } from "../token/claims.js";
import type { IssuerSpellings } from "./environment-variables.js";
import { requireNumber, toOptionError } from "./option-table.js";
import { requireOptions } from "./require-options.js";

/** How the guard checks opaque tokens. */
export interface ConfiguredIntrospection {
  /** The issuer of these tokens. */
  readonly issuer: string;
  readonly rules: readonly ClaimRule[];
  readonly introspector: Introspector;
}

interface IntrospectionSettings {
  /** Undefined where issuers are looked up. */
  readonly issuers: readonly IssuerSpellings[] | undefined;
  /** Seconds since 1970. */
  readonly now: () => number;
  readonly calls: OutgoingCalls;
}

/** Reads the option; undefined where it is left out. Throws `ConfigError`. */
export function configureIntrospection(
  option: Introspect | IntrospectionOptions | undefined,
  { issuers, now, calls }: IntrospectionSettings,
): ConfiguredIntrospection | undefined {
  if (option === undefined) return undefined;
  const options: IntrospectionOptions = typeof option === "function" ? { introspect: option } : option;
  requireOptions("introspection", options);
  if (options.introspect === undefined) throw toOptionError("introspection.introspect", "is left out");
  const { introspect, audienceClaim = "required", store } = options;
  if (store !== undefined && !(typeof store?.load === "function" && typeof store.save === "function")) {
    throw toOptionError("introspection.store", "must have the methods `load` and `save`");
  }
  const spellings = chooseIssuer(options.issuer, issuers);
  const [issuer] = spellings;
  return {
    issuer,
    rules: createIntrospectionRules({ issuers: spellings, audienceClaim }),
    introspector: createIntrospector({ introspect, issuer, ...requireNumbers(options), store, now, calls }),
  };
}

function requireNumbers({ maxAge, inactiveMaxAge, maxEntries, maxConcurrent, timeout }: IntrospectionOptions) {
  return {
    maxAge: requireNumber("introspection.maxAge", maxAge),
    inactiveMaxAge: requireNumber("introspection.inactiveMaxAge", inactiveMaxAge),
    maxEntries: requireNumber("introspection.maxEntries", maxEntries),
    maxConcurrent: requireNumber("introspection.maxConcurrent", maxConcurrent),
    timeout: requireNumber("introspection.timeout", timeout),
  };
}

/**
 * An opaque token does not name its issuer, and an endpoint must not vouch for another issuer's
 * tokens. So introspection belongs to exactly one issuer, which is named where there are several.
 */
function chooseIssuer(named: string | undefined, issuers: readonly IssuerSpellings[] | undefined): IssuerSpellings {
  const fail = (problem: string) => toOptionError("introspection.issuer", problem);
  if (named !== undefined) {
    const found = issuers === undefined ? ([named] as const) : issuers.find((spellings) => spellings.includes(named));
    if (found && typeof named === "string") return found;
    throw fail(`is "${String(named)}", which is not an issuer of this guard`);
  }
  const [only, ...others] = issuers ?? [];
  if (only && others.length === 0) return only;
  throw fail("is left out, but the guard trusts more than one issuer");
}
