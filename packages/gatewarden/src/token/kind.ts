// What shows that a token is an ID token rather than an access token (OIDC Core §2, RFC 8725 §3.12,
// RFC 9068 §5). The decision table in SECURITY.md describes the same rules.
import { readClaim } from "./absent.js";
import { type JsonObject, member } from "./json.js";
import type { TokenHeader } from "./parse.js";

/** What shows that a token is an ID token. */
export interface IdTokenMark {
  /** The claim. */
  readonly name: string;
  readonly problem?: string;
}

/**
 * Values of `token_use` for an access token: Cognito's, and that of issuers that use the name of
 * RFC 7009 §2.1.
 */
export const accessTokenUses: readonly unknown[] = ["access", "access_token"];
/** What Keycloak writes into `typ` of an access token. For an ID token it writes `ID`. */
const accessTokenKinds: readonly unknown[] = ["Bearer", "DPoP"];
/**
 * They bind an ID token to what it was issued with, so only ID tokens have them (OIDC Core
 * §3.3.2.11, FAPI 1.0 part 2 §5.1).
 */
const hashClaims = ["at_hash", "c_hash", "s_hash"];
/**
 * What a token may grant. Some providers' ID tokens also contain roles, so these alone never
 * outweigh a `nonce`.
 */
const grantClaims = ["scope", "scp", "permissions", "roles"];
/** Who got the token: OIDC Core §2, RFC 9068 §2.2. */
const registeredClients = ["azp", "client_id"];
/**
 * The same at Entra v1 and AD FS, and at Okta. All of them name scopes in `scp`. Elsewhere these
 * may be an application's own claims, such as a customer's number, and prove no client.
 */
const vendorClients = ["appid", "cid"];
const clientClaims = [...registeredClients, ...vendorClients];
/**
 * How the user logged in: part of an ID token, and possible in an access token (RFC 9068 §2.2.1).
 */
const loginClaims = ["auth_time", "acr", "amr"];

const mediaType = "application/";

/** `typ` without its optional prefix. Media types ignore case (RFC 7515 §4.1.9). */
export function toType({ typ }: TokenHeader): string | undefined {
  const type = typ?.toLowerCase();
  return type?.startsWith(mediaType) ? type.slice(mediaType.length) : type;
}

/** The audiences as a list. */
export function toList(audience: unknown): readonly unknown[] {
  return typeof audience === "string" ? [audience] : Array.isArray(audience) ? audience : [];
}

/** What the claims are compared with. */
interface Surroundings {
  /** Whether the header's type is `at+jwt`. */
  readonly isTyped: boolean;
  /** This API's audiences. */
  readonly audiences: readonly unknown[];
}

/**
 * What shows that it is an ID token. Undefined where nothing does, or where evidence of an access
 * token outweighs it. A hash claim always shows it.
 */
export function findIdTokenMark(claims: JsonObject, { isTyped, audiences }: Surroundings): IdTokenMark | undefined {
  const hash = hashClaims.find((name) => readClaim(claims, name) !== undefined);
  if (hash !== undefined) return { name: hash };
  if (isTyped || saysAccessToken(claims)) return undefined;
  if (readClaim(claims, "nonce") !== undefined) return grantsToAnother(claims) ? undefined : { name: "nonce" };
  if (!isForClient(claims, registeredClients) || isForClientToo(claims, audiences)) return undefined;
  return { name: "aud", problem: "is the client's own id" };
}

/** Whether a claim that the provider writes says that it is an access token. */
function saysAccessToken(claims: JsonObject): boolean {
  return accessTokenUses.includes(member(claims, "token_use")) || accessTokenKinds.includes(member(claims, "typ"));
}

/**
 * Whether it grants something to an API that is not its client: Keycloak before 25 and B2C copy the
 * login's `nonce` into access tokens. The client of an ID token is always among its audiences (OIDC
 * Core §2). So a token without a client, or whose client is an audience, stays an ID token.
 */
function grantsToAnother(claims: JsonObject): boolean {
  if (isForClient(claims, clientClaims)) return false;
  const isNamed = (name: string) => typeof member(claims, name) === "string";
  const grants = registeredClients.some(isNamed) ? grantClaims : vendorClients.some(isNamed) ? ["scp"] : [];
  return grants.some((name) => isGrant(member(claims, name)));
}

function isForClient(claims: JsonObject, names: readonly string[]): boolean {
  const audiences = toList(member(claims, "aud"));
  return names.some((name) => audiences.includes(readClaim(claims, name)));
}

/**
 * A token without a nonce may share an audience with its client in two cases: it grants a scope;
 * or, as with ZITADEL, it names the API beside the client, has a `jti`, and has no login claims.
 */
function isForClientToo(claims: JsonObject, audiences: readonly unknown[]): boolean {
  if (["scope", "scp", "permissions"].some((name) => readClaim(claims, name) !== undefined)) return true;
  const clients = clientClaims.map((name) => member(claims, name));
  const namesApi = toList(member(claims, "aud")).some((one) => audiences.includes(one) && !clients.includes(one));
  const tellsOfLogin = loginClaims.some((name) => readClaim(claims, name) !== undefined);
  return namesApi && !tellsOfLogin && readClaim(claims, "jti") !== undefined;
}

/** Non-blank text, or a non-empty list of it. */
function isGrant(value: unknown): boolean {
  const isName = (one: unknown) => typeof one === "string" && one.trim() !== "";
  return isName(value) || (Array.isArray(value) && value.length > 0 && value.every(isName));
}
