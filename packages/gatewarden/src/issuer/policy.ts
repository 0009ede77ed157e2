// Which issuers are trusted and on what terms. Decided before any key is fetched: nothing in a
// token chooses a URL (RFC 8725 §3.10).

import { AuthError } from "../errors.js";
import type { KeySource } from "../keys/key-source.js";
import type { Awaitable } from "../platform/awaitable.js";
import type { GuardRequest } from "../request/credentials.js";
import type { TokenPolicy } from "../token/claims.js";
import { type JsonObject, member } from "../token/json.js";
import type { StandardSchema } from "../token/standard-schema.js";

/** A claim by name, or by path, such as `["realm_access", "roles"]`. */
export type ClaimName = string | readonly string[];

/** The claims in which an issuer writes what requirements ask for. */
export interface ClaimNames {
  /** Text with scopes separated by blanks (RFC 8693 §4.2). */
  readonly scope: ClaimName;
  /** A list of strings. */
  readonly permissions: ClaimName;
  /** A list of strings. */
  readonly roles: ClaimName;
  /** Text. */
  readonly organization: ClaimName;
}

/** The formats in which an issuer writes grants. A claim in another format grants nothing. */
export interface ClaimFormats {
  /**
   * `blanks`, the default: text separated by blanks (RFC 8693 §4.2). `list`: that, or a list of
   * strings. `commas`: text separated by commas, with optional blanks.
   */
  readonly scope: "blanks" | "list" | "commas";
  /**
   * `list`, the default: a list of strings. `text`: one name as text, or a list of strings. `keys`:
   * the keys of an object, as ZITADEL writes them. Their values must be true, or a non-empty object
   * or list; false does not count.
   */
  readonly permissions: "list" | "text" | "keys";
  /** As `permissions`. */
  readonly roles: "list" | "text" | "keys";
}

/** The terms on which one issuer is trusted, and its keys. */
export interface IssuerPolicy extends TokenPolicy {
  readonly keys: KeySource;
  readonly claimNames: ClaimNames;
  readonly claimFormats: ClaimFormats;
  /** An additional schema for its tokens' claims. */
  readonly schema: StandardSchema | undefined;
}

/** Finds the policy for a token by its exact `iss`. */
export interface IssuerPolicies {
  /** Whether a policy that was found once stays valid for the lifetime of the guard. */
  readonly isFixed: boolean;
  /**
   * Throws, or rejects with, `AuthError`: `claim_missing`, `issuer_untrusted`. Returns a promise
   * only where a resolver must be awaited.
   */
  find(claims: JsonObject, request?: GuardRequest): Awaitable<IssuerPolicy>;
  /** The policies known at creation. */
  readonly all: readonly IssuerPolicy[];
}

/** An issuer's accepted spellings with its policy. */
export interface TrustedIssuer {
  readonly spellings: readonly string[];
  readonly policy: IssuerPolicy;
}

/** Creates the look-up. A Map, so that no inherited name is ever an issuer. */
export function createIssuerPolicies(issuers: readonly TrustedIssuer[]): IssuerPolicies {
  const bySpelling = new Map(
    issuers.flatMap(({ spellings, policy }) => spellings.map((one) => [one, policy] as const)),
  );
  const all = issuers.map(({ policy }) => policy);
  // One list for all refusals: there may be thousands of issuers, and strangers cause them.
  const expected = Object.freeze(all.map(({ issuer }) => issuer));
  return {
    isFixed: true,
    all,
    find(claims) {
      const actual = parseIssuer(claims);
      const policy = typeof actual === "string" ? bySpelling.get(actual) : undefined;
      if (policy) return policy;
      throw new AuthError("issuer_untrusted", { details: { name: "iss", expected, actual } });
    },
  };
}

/** `iss`, which must be present (RFC 8725 §3.8). The caller checks its type. */
export function parseIssuer(claims: JsonObject): unknown {
  const iss = member(claims, "iss");
  if (iss === undefined) throw new AuthError("claim_missing", { details: { name: "iss" } });
  return iss;
}
