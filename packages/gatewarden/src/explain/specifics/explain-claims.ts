// Details about a token's claims and algorithm beyond the rule that refused it.
import type { AuthError } from "../../errors.js";
import { member } from "../../token/json.js";
import { findNearest } from "../difference.js";
import { quote } from "../redact.js";
import type { RefusalFacts, Specific } from "../refusal-facts.js";
import { findResourceFix } from "./resource-parameter.js";

/** A near miss, or an audience that reveals the kind of token. */
export function explainAudience(
  { details: { expected, actual } }: AuthError,
  { claims = {} }: RefusalFacts,
): Specific | undefined {
  const near = findNearest(expected, actual);
  if (near) {
    return {
      cause: `The token is for ${quote(near.actual)}, this API is ${quote(near.expected)}: only ${near.what} differs.`,
      fix: "Audiences are compared letter for letter: use the same identifier in the client's request, at the provider and here.",
    };
  }
  if (member(claims, "token_use") === "id" || member(claims, "typ") === "ID") {
    return { detail: "It calls itself an ID token, which tells the client who logged in and is not meant for an API." };
  }
  if (Array.isArray(expected) && expected.length === 0) {
    return {
      cause: "The token names an audience, and this API has none: `audience` is false.",
      fix: "Send an access token without `aud`. Where the issuer's access tokens do name this API, set `audience` to that.",
    };
  }
  const audiences = [actual].flat().filter((one) => typeof one === "string");
  const kinds = audiences.map((one) => kindOf(one, claims));
  // Extra audiences that a client gets beside another API's identifier reveal nothing.
  const [kind] = kinds;
  return kind === undefined || kinds.includes(undefined) ? undefined : { detail: kind };
}

function kindOf(audience: string, claims: RefusalFacts["claims"] = {}): string | undefined {
  const client = member(claims, "azp") ?? member(claims, "client_id");
  if (audience === client)
    return "Its `aud` is a client id: that is how ID tokens look, and tokens of a login without an audience.";
  if (audience.endsWith("/userinfo"))
    return "Its `aud` is the provider's `/userinfo`: the client requested no audience of its own.";
  if (audience === "account")
    return "Its `aud` is `account`, Keycloak's own: no client scope puts this API's identifier into the token.";
  if (audience === "authenticated")
    return "Its `aud` is `authenticated`, which Supabase writes for everybody who is logged in.";
  if (audience === "00000003-0000-0000-c000-000000000000" || /^https:\/\/(dod-)?graph\.microsoft\./.test(audience))
    return "Its `aud` is Microsoft Graph: the client requested Graph's scopes, not this API's.";
  return undefined;
}

const withoutSecret =
  "Choose RS256 in the API's settings at the authorization server, or another algorithm with a private key. Only an API that shares a secret with its issuer sets `keys: { secret }`; where the issuer has tokens of both kinds, `keys: { jwksUri, secret }`.";

/** Explains which way the mix-up goes: public keys here and a secret there, or vice versa. */
export function explainAlgorithm(
  { details: { expected, actual } }: AuthError,
  { claims = {}, provider }: RefusalFacts,
): Specific | undefined {
  const type = member(claims, "typ");
  if (type === "Refresh" || type === "Offline") {
    return {
      cause: "This is a refresh token of Keycloak, which only Keycloak itself can verify.",
      fix: "Send the access token: the value of `access_token` in the answer of the token endpoint.",
    };
  }
  const wanted = [expected].flat().filter((one) => typeof one === "string");
  const isShared = typeof actual === "string" && actual.startsWith("HS");
  if (isShared && !wanted.some((one) => one.startsWith("HS"))) {
    return {
      cause: `The token is ${actual}, signed with a shared secret; the API expects ${wanted.includes("RS256") ? "RS256" : wanted.join(", ")}, signed with the issuer's private key.`,
      // Never advises adding it to `algorithms`: a public key must not reach HMAC (CVE-2016-10555).
      fix: provider?.fixes.algorithm_not_allowed ?? withoutSecret,
    };
  }
  if (wanted.every((one) => one.startsWith("HS")) && typeof actual === "string" && /^(RS|PS|ES|Ed)/.test(actual)) {
    return {
      cause: `The token is ${actual}, signed with the issuer's private key; the API was given a shared secret and expects ${wanted.join(", ")}.`,
      fix: "Leave `keys.secret` out: the guard then fetches the issuer's public keys.",
    };
  }
  return undefined;
}

/** A signature that cannot be valid is better explained by its length. */
export function explainShape(_error: AuthError, facts: RefusalFacts): Specific | undefined {
  return facts.shape;
}

/** Auth0 issues a token for no API to MCP clients if it ignores their `resource`. */
export function explainUnreadable(_error: AuthError, facts: RefusalFacts): Specific | undefined {
  const fix = facts.shape?.isDocument ? undefined : findResourceFix(facts);
  return fix === undefined ? facts.shape : { ...facts.shape, fix };
}

/**
 * Too large for a token, or with commas in it: possibly a document. A wrapping around a token
 * explains neither.
 */
export function explainDocument(_error: AuthError, { shape }: RefusalFacts): Specific | undefined {
  return shape?.isDocument ? shape : undefined;
}
