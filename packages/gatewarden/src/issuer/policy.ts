// Which issuers are trusted and on what terms. Decided before any key is fetched: nothing in a token chooses a URL (RFC 8725 §3.10).

import { AuthError } from "../errors.js";
import type { KeySource } from "../keys/key-source.js";
import type { Awaitable } from "../platform/awaitable.js";
import type { GuardRequest } from "../request/credentials.js";
import type { TokenPolicy } from "../token/claims.js";
import { type JsonObject, member } from "../token/json.js";
import type { StandardSchema } from "../token/standard-schema.js";

/** A claim by its name, or the way to it, such as `["realm_access", "roles"]`. */
export type ClaimName = string | readonly string[];

/** The claims in which an issuer puts what requirements ask for. */
export interface ClaimNames {
  /** Text with blanks between scopes (RFC 8693 §4.2). */
  readonly scope: ClaimName;
  /** A list of text. */
  readonly permissions: ClaimName;
  /** A list of text. */
  readonly roles: ClaimName;
  /** Text. */
  readonly organization: ClaimName;
}

/** In which shape an issuer writes grants. What has another shape grants nothing. */
export interface ClaimFormats {
  /**
   * `blanks`, the default: text with blanks between (RFC 8693 §4.2). `list`: that, or a list of
   * text. `commas`: text with commas between, and blanks around them.
   */
  readonly scope: "blanks" | "list" | "commas";
  /**
   * `list`, the default: a list of text. `text`: one name as text, or a list of text. `keys`: the
   * keys of an object, such as ZITADEL's. Their values are true, or an object or list with something
   * in it; false does not count.
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
  /** What its tokens' claims must satisfy beyond the rules. */
  readonly schema: StandardSchema | undefined;
}

/** Finds the policy for a token by its `iss`, letter for letter. */
export interface IssuerPolicies {
  /** Whether what was found once is found again for as long as the guard lives. */
  readonly isFixed: boolean;
  /** Throws, or rejects with, `AuthError`: `claim_missing`, `issuer_untrusted`. A promise only where a resolver has to be waited for. */
  find(claims: JsonObject, request?: GuardRequest): Awaitable<IssuerPolicy>;
  /** The policies that are known from the start. */
  readonly all: readonly IssuerPolicy[];
}

/** An issuer's accepted spellings with its policy. */
export interface TrustedIssuer {
  readonly spellings: readonly string[];
  readonly policy: IssuerPolicy;
}

/** Makes the look-up. A Map, so that no inherited name is ever an issuer. */
export function createIssuerPolicies(issuers: readonly TrustedIssuer[]): IssuerPolicies {
  const bySpelling = new Map(
    issuers.flatMap(({ spellings, policy }) => spellings.map((one) => [one, policy] as const)),
  );
  const all = issuers.map(({ policy }) => policy);
  return {
    isFixed: true,
    all,
    find(claims) {
      const actual = parseIssuer(claims);
      const policy = typeof actual === "string" ? bySpelling.get(actual) : undefined;
      if (policy) return policy;
      const expected = all.map(({ issuer }) => issuer);
      throw new AuthError("issuer_untrusted", { details: { name: "iss", expected, actual } });
    },
  };
}

/** `iss`, which must be there to find anything by (RFC 8725 §3.8). Whether it is text is for the caller to see. */
export function parseIssuer(claims: JsonObject): unknown {
  const iss = member(claims, "iss");
  if (iss === undefined) throw new AuthError("claim_missing", { details: { name: "iss" } });
  return iss;
}
