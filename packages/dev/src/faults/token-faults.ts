// Token faults that change the claims. All other claims stay the same.
import type { AccessToken, ClientCredentials, UnknownObject } from "oidc-provider";
import { identityScopes } from "../permissions.js";
import type { Fault, FaultName } from "./fault.js";

type Token = AccessToken | ClientCredentials;

/** The faults of one token, by name. */
export type FaultsOfToken = ReadonlyMap<FaultName, Fault>;

/** Changes the claims of a token before it is signed. */
export function breakClaims(faults: FaultsOfToken, token: Token, payload: UnknownObject): void {
  const audience = faults.get("wrong-audience")?.audience;
  if (audience !== undefined) payload["aud"] = replaceAudience(payload["aud"], token.aud, audience);
  const issuer = faults.get("wrong-issuer")?.issuer;
  if (issuer !== undefined) payload["iss"] = issuer;
  breakTimes(faults, payload);
}

/** With `openid` a token also has the userinfo endpoint as audience, which stays. */
function replaceAudience(aud: unknown, api: unknown, other: string): unknown {
  return Array.isArray(aud) ? aud.map((one: unknown) => (one === api ? other : one)) : other;
}

function breakTimes(faults: FaultsOfToken, payload: UnknownObject): void {
  const [iat, exp] = [Number(payload["iat"]), Number(payload["exp"])];
  const expired = faults.get("expired")?.seconds;
  if (expired !== undefined) shiftTimes(payload, iat - exp - expired);
  const skew = faults.get("clock-skew")?.seconds;
  if (skew !== undefined) shiftTimes(payload, skew);
  const early = faults.get("not-yet-valid")?.seconds;
  if (early === undefined) return;
  payload["nbf"] = iat + early;
  // Keeps the full lifetime, so that it is never both expired and not yet valid.
  payload["exp"] = exp + early;
}

/** As if the token, or an ID token, had been issued that many seconds later. */
export function shiftTimes(payload: UnknownObject, seconds: number): void {
  payload["iat"] = Number(payload["iat"]) + seconds;
  payload["exp"] = Number(payload["exp"]) + seconds;
}

/** Removes permissions from a scope. Scopes about the user are not permissions. */
export function withoutScopes(scope: string, { permissions }: Fault): string {
  const isKept = (name: string): boolean =>
    identityScopes.includes(name) || (permissions !== undefined && !permissions.includes(name));
  return scope.split(" ").filter(isKept).join(" ");
}

/** Removes permissions from the `permissions` claim, if there is one. */
export function withoutPermissions(
  claims: UnknownObject | undefined,
  fault: Fault | undefined,
): UnknownObject | undefined {
  const held = claims?.["permissions"];
  if (fault === undefined || !Array.isArray(held)) return claims;
  return {
    ...claims,
    permissions: held.filter((one) => fault.permissions !== undefined && !fault.permissions.includes(one)),
  };
}
