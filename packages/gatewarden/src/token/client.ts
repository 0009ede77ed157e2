// The rule for the client that a token was issued to, where `clientId` is configured. It replaces
// the audience, or applies in addition to it.
import { AuthError } from "../errors.js";
import { isAbsent } from "./absent.js";
import { type JsonObject, member } from "./json.js";

/** What the rule reads. */
interface ClientFacts {
  readonly claims: JsonObject;
  readonly policy: {
    /** Undefined where any client is accepted. */
    readonly clientIds?: readonly string[] | undefined;
  };
}

/** `client_id` (RFC 8693 §4.3, RFC 9068 §2.2) and `azp` (OIDC Core §2). */
const registered = ["client_id", "azp"];
/**
 * Providers' own names, read only where neither of the above is present: `appid` of Microsoft's
 * version 1 tokens and AD FS
 * (learn.microsoft.com/entra/identity-platform/access-token-claims-reference), `cid` of Okta
 * (developer.okta.com/docs/api/openapi/okta-oauth/guides/overview).
 */
const vendor = ["appid", "cid"];

/**
 * The client is exactly one of those configured. Where several claims name a client, each must be
 * configured: RFC 8693 uses `client_id` for the client that requested the token, OIDC uses `azp`
 * for the client that it was issued to. An attacker's client must be neither.
 */
export function checkClient({ claims, policy }: ClientFacts): AuthError | undefined {
  const { clientIds } = policy;
  if (clientIds === undefined) return undefined;
  const names = namesIn(claims);
  if (names.length === 0) return new AuthError("claim_missing", { details: { name: "client_id" } });
  const name = names.find((one) => !isOneOf(clientIds, member(claims, one)));
  if (name === undefined) return undefined;
  return new AuthError("client_mismatch", { details: { name, expected: clientIds, actual: member(claims, name) } });
}

function namesIn(claims: JsonObject): readonly string[] {
  const isIn = (name: string) => !isAbsent(claims, name);
  const names = registered.filter(isIn);
  return names.length > 0 ? names : vendor.filter(isIn);
}

/** For the fast check of valid tokens: whether the rule certainly passes. */
export function isOfClient(clientIds: readonly string[] | undefined, clientId: unknown, azp: unknown): boolean {
  if (clientIds === undefined) return true;
  if (clientId === undefined) return isOneOf(clientIds, azp);
  return isOneOf(clientIds, clientId) && (azp === undefined || isOneOf(clientIds, azp));
}

function isOneOf(clientIds: readonly string[], value: unknown): boolean {
  return typeof value === "string" && clientIds.includes(value);
}
