// The rule for the client that got a token, where the developer names clients. It stands in for an audience that is missing, or beside one.
import { AuthError } from "../errors.js";
import { isAbsent } from "./absent.js";
import { type JsonObject, member } from "./json.js";

/** What the rule looks at. */
interface ClientFacts {
  readonly claims: JsonObject;
  readonly policy: {
    /** Undefined where any client may come. */
    readonly clientIds?: readonly string[] | undefined;
  };
}

/** `client_id` (RFC 8693 §4.3, RFC 9068 §2.2) and `azp` (OIDC Core §2). */
const registered = ["client_id", "azp"];
/**
 * Providers' own names, read only where neither of the above stands: `appid` of Microsoft's version 1 tokens and AD FS
 * (learn.microsoft.com/entra/identity-platform/access-token-claims-reference), `cid` of Okta
 * (developer.okta.com/docs/api/openapi/okta-oauth/guides/overview).
 */
const vendor = ["appid", "cid"];

/**
 * The client is, letter for letter, one of those configured. Where a token names it in several claims, each of them must be: RFC 8693 has
 * `client_id` for who requested the token, OIDC has `azp` for whom it was issued to, and an attacker's client must be neither.
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

/** For the fast check of good tokens: whether the rule passes beyond doubt. */
export function isOfClient(clientIds: readonly string[] | undefined, clientId: unknown, azp: unknown): boolean {
  if (clientIds === undefined) return true;
  if (clientId === undefined) return isOneOf(clientIds, azp);
  return isOneOf(clientIds, clientId) && (azp === undefined || isOneOf(clientIds, azp));
}

function isOneOf(clientIds: readonly string[], value: unknown): boolean {
  return typeof value === "string" && clientIds.includes(value);
}
