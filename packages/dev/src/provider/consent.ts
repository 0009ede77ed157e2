// Consent is granted automatically: the applications and personas are the developer's own.
import type { Grant, interactionPolicy, KoaContextWithOIDC, UnknownObject } from "oidc-provider";
import type { Persona } from "../config/model.js";
import type { OidcModule } from "./oidc-module.js";

/**
 * The provider's policy without consent pages, and with `persona=alice` as a way to log in
 * directly.
 */
export function createPolicy(oidc: OidcModule, personas: readonly Persona[]): interactionPolicy.DefaultPolicy {
  const policy = oidc.interactionPolicy.base();
  policy.get("consent")?.checks.clear();
  const isSomebodyElse = ({ oidc: { params, session, result } }: KoaContextWithOIDC): boolean => {
    const wanted = personas.find(({ id }) => id === params?.["persona"]);
    return wanted !== undefined && wanted.subject !== session?.accountId && result?.login === undefined;
  };
  const check = new oidc.interactionPolicy.Check("persona", "another persona was asked for", isSomebodyElse);
  check.error = "login_required";
  policy.get("login")?.checks.add(check);
  policy.get("login")?.checks.add(createStrengthCheck(oidc));
  return policy;
}

/** A session that is not of the strength asked for is not enough: step-up (RFC 9470 §5). */
function createStrengthCheck(oidc: OidcModule): interactionPolicy.Check {
  const isTooWeak = ({ oidc: { params, session, result } }: KoaContextWithOIDC): boolean => {
    const wanted = readAcrValues(params ?? {});
    return wanted.length > 0 && !wanted.includes(session?.acr ?? "") && result?.login === undefined;
  };
  const check = new oidc.interactionPolicy.Check("acr", "another kind of login was asked for", isTooWeak);
  check.error = "login_required";
  return check;
}

/** The kinds of login that a request asks for, the preferred one first (OIDC Core §3.1.2.1). */
export function readAcrValues({ acr_values }: UnknownObject): readonly string[] {
  return typeof acr_values === "string" ? acr_values.split(" ").filter(Boolean) : [];
}

/** The grant of this session and client, extended by everything that the request asks for. */
export async function loadGrant(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const { client, account, session, provider } = ctx.oidc;
  if (client === undefined || account === undefined) return undefined;
  const id = session?.grantIdFor(client.clientId);
  const existing = id === undefined ? undefined : await provider.Grant.find(id);
  const isUsable = existing?.accountId === account.accountId;
  const grant =
    existing !== undefined && isUsable
      ? existing
      : new provider.Grant({ clientId: client.clientId, accountId: account.accountId });
  widen(grant, ctx);
  await grant.save();
  return grant;
}

function widen(grant: Grant, { oidc }: KoaContextWithOIDC): void {
  const identity = [...oidc.requestParamOIDCScopes];
  if (identity.length > 0) grant.addOIDCScope(identity);
  if (oidc.requestParamClaims.size > 0) grant.addOIDCClaims(oidc.requestParamClaims);
  for (const [indicator, resource] of Object.entries(oidc.resourceServers ?? {})) {
    const scopes = [...oidc.requestParamScopes].filter((scope) => resource.scopes.has(scope));
    if (scopes.length > 0) grant.addResourceScope(indicator, scopes);
  }
}
