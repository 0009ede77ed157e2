// A guard for an application that signs its own tokens: fixed keys alone say who signed. Used only
// by drop-ins for libraries that need neither issuer nor audience; `createGuard` demands both.
import type { AccessTokenClaims } from "../auth.js";
import { configure } from "../configuration/configure.js";
import type { KeysOptions } from "../configuration/keys-option-types.js";
import { toOptionError } from "../configuration/option-table.js";
import { defaults, type GuardOptions } from "../configuration/options.js";
import type { AuthError } from "../errors.js";
import type { Guard } from "../guard.js";
import type { IssuerPolicies, IssuerPolicy } from "../issuer/policy.js";
import { type Refusal, toRefusal } from "../request/challenge.js";
import { TokenGuard } from "./token-guard.js";

/**
 * Keys that are part of the configuration: nothing is fetched, and no token chooses among issuers.
 */
export type FixedKeys = Extract<KeysOptions, { readonly publicKey: unknown } | { readonly secret: unknown }>;

/** What the tokens must satisfy. Everything else has the defaults of `createGuard`. */
export interface KeyGuardOptions extends Pick<GuardOptions, "algorithms" | "clockTolerance" | "cache"> {
  readonly keys: FixedKeys;
  /** One of these must be in `aud`. Without them, a token that has an audience is refused. */
  readonly audience?: readonly string[];
}

/** Stands where `configure` demands a name. It is in no policy that a token meets. */
const unnamed = "urn:gatewarden:own-keys";

/**
 * A guard over one key, or the secrets of a rotation. `iss` is neither required nor compared: only
 * the holder of the key can sign, so it identifies the issuer (RFC 7515 §10.4). Where no audience
 * is given, a token for a named audience is refused (RFC 7519 §4.1.3). All other checks are those
 * of `createGuard`. Throws `ConfigError`.
 */
export function createKeyGuard({ keys, audience, ...terms }: KeyGuardOptions): Guard {
  if ("jwksUri" in keys || !("secret" in keys || "publicKey" in keys))
    throw toOptionError("issuer", "is required where keys are fetched: they are not this application's own");
  const options: GuardOptions<AccessTokenClaims> = {
    ...{ issuer: unnamed, audience: audience ?? unnamed, keys, env: {} },
    ...terms,
  };
  const config = configure(options);
  return new TokenGuard({ ...config, policies: toUnnamed(config.policies, audience ?? []) }, options);
}

function toUnnamed({ all }: IssuerPolicies, audiences: readonly string[]): IssuerPolicies {
  const [policy] = all.map((one): IssuerPolicy => ({ ...one, issuer: "", audiences }));
  if (policy === undefined) throw toOptionError("issuer", "is missing");
  return { isFixed: true, all: [policy], find: () => policy };
}

/**
 * The answer to a refusal where there is no guard to make it: the challenge has the default realm.
 */
export function toDefaultRefusal(error: AuthError): Refusal {
  return toRefusal(error, { realm: defaults.realm, metadataUrl: undefined, dpop: undefined });
}
