// What can be said of a token's claims and algorithm beyond the rule that refused it.
import type { AuthError } from "../../errors.js";
import { member } from "../../token/json.js";
import { findNearest } from "../difference.js";
import type { Facts, Specific } from "../facts.js";
import { quote } from "../redact.js";

/** A near miss, or an audience that says what kind of token it is. */
export function explainAudience(
  { details: { expected, actual } }: AuthError,
  { claims = {} }: Facts,
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
  // Beside another API's identifier, what clients get along with it says nothing.
  const [kind] = kinds;
  return kind === undefined || kinds.includes(undefined) ? undefined : { detail: kind };
}

function kindOf(audience: string, claims: Facts["claims"] = {}): string | undefined {
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

/** Which way the mix-up goes: public keys here and a secret there, or the other way round. */
export function explainAlgorithm(
  { details: { expected, actual } }: AuthError,
  { claims = {} }: Facts,
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

/** How long ago or ahead, and how long the token was meant to live. */
export function explainTime(
  { reason, details: { actual } }: AuthError,
  { now, claims = {} }: Facts,
): Specific | undefined {
  if (now === undefined || typeof actual !== "number" || !Number.isFinite(actual)) return undefined;
  if (actual > now * 100) return { detail: "It looks like milliseconds: dates count seconds (RFC 7519 §2)." };
  if (actual < now / 100) return { detail: "It looks like a lifetime: dates count from 1970 (RFC 7519 §2)." };
  const distance = spell(Math.abs(now - actual));
  if (reason !== "expired") return { detail: `It is ${distance} ahead of this machine's clock.` };
  const iat = member(claims, "iat");
  const life = typeof iat === "number" && actual > iat ? ` It was issued for ${spell(actual - iat)}.` : "";
  return { detail: `It expired ${distance} ago.${life}` };
}

/** A signature that cannot be right is better explained by its length. */
export function explainShape(_error: AuthError, { shape }: Facts): Specific | undefined {
  return shape;
}

/** Seconds in words, in one unit. What is hardly less than an hour is an hour. */
export function spell(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400, "day"],
    [3600, "hour"],
    [60, "minute"],
  ];
  for (const [size, name] of units) {
    const count = Math.floor(seconds / size + 0.02);
    if (count >= 1) return `${count} ${name}${count === 1 ? "" : "s"}`;
  }
  const whole = Math.round(seconds);
  return `${whole} second${whole === 1 ? "" : "s"}`;
}
