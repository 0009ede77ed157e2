// What an operator asks to cut off: one JSON object, which is read completely or refused.
import { isNonEmptyText } from "../events/signed-event.js";
import type { Revocation } from "../revocation/revocation.js";
import type { JsonObject } from "../token/json.js";

/** What a cut-off ends: exactly one of these. All but `everything` are of one issuer. */
export type CutOffTarget =
  /** All access tokens of a user. */
  | { readonly issuer: string; readonly sub: string }
  /** Those of one login session. */
  | { readonly issuer: string; readonly sid: string }
  /** One access token. */
  | { readonly issuer: string; readonly jti: string }
  /** All access tokens that a client was issued. */
  | { readonly issuer: string; readonly client: string }
  /** All access tokens of an issuer. */
  | { readonly issuer: string; readonly wholeIssuer: true }
  /** All access tokens of all issuers. */
  | { readonly everything: true };

/** A request that was read. */
export interface CutOffRequest {
  readonly target: CutOffTarget;
  readonly reason: string;
}

const names = ["sub", "sid", "jti", "client", "wholeIssuer", "everything"] as const;
const maxMemberLength = 1000;

/**
 * Reads a request. Returns what is wrong with it as text: names of members, never their values.
 * `issuers` are those of the guard; empty where they are looked up.
 */
export function readCutOff(body: JsonObject, issuers: readonly string[]): CutOffRequest | string {
  const unknown = Object.keys(body).some((name) => ![...names, "issuer", "reason"].some((one) => one === name));
  if (unknown) return `The members are reason, issuer and one of ${names.join(", ")}`;
  const [name, ...others] = names.filter((one) => Object.hasOwn(body, one));
  if (name === undefined || others.length > 0) return `Exactly one of ${names.join(", ")} must be given`;
  const { [name]: value, reason } = body;
  if (!isShortText(reason)) return `reason must be a string of 1 to ${maxMemberLength} characters`;
  const isWide = name === "wholeIssuer" || name === "everything";
  if (isWide ? value !== true : !isShortText(value)) {
    return `${name} must be ${isWide ? "true" : `a string of 1 to ${maxMemberLength} characters`}`;
  }
  if (name === "everything") {
    return Object.hasOwn(body, "issuer")
      ? "issuer must not be given beside everything"
      : { target: { everything: true }, reason };
  }
  const issuer = Object.hasOwn(body, "issuer") ? body["issuer"] : issuers.length === 1 ? issuers[0] : undefined;
  if (!isShortText(issuer)) return "issuer must be given where there are several";
  // A misspelt issuer would revoke nothing and look like success.
  if (issuers.length > 0 && !issuers.includes(issuer)) return "issuer must be one of this API's issuers, exactly";
  return { target: { issuer, [name]: value } as CutOffTarget, reason };
}

/** The revocation. `issuedBefore` and `expiresAt` in seconds since 1970. */
export function toCutOffRevocation(target: CutOffTarget, issuedBefore: number, expiresAt: number): Revocation {
  if ("everything" in target) return { everything: true, issuedBefore, expiresAt };
  const { issuer } = target;
  if ("sid" in target) return { issuer, sid: target.sid, expiresAt };
  if ("jti" in target) return { issuer, jti: target.jti, expiresAt };
  if ("sub" in target) return { issuer, subject: target.sub, issuedBefore, expiresAt };
  if ("client" in target) return { issuer, clientId: target.client, issuedBefore, expiresAt };
  return { issuer, wholeIssuer: true, issuedBefore, expiresAt };
}

function isShortText(value: unknown): value is string {
  return isNonEmptyText(value) && value.length <= maxMemberLength;
}
