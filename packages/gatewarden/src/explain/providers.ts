// Which identity provider a token is from, and the fixes in that provider's words. Looks only: nothing here decides whether a token is good.
import type { Reason } from "../reasons.js";
import { type JsonObject, member } from "../token/json.js";
import { localFixes, type ProviderName, providerFixes } from "./provider-fixes.js";

/** This machine's own addresses, as the local tenant has them. */
const local = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** A provider that is recognised. */
export interface Provider {
  /** Undefined for the local tenant, which looks like Auth0 and is not. */
  readonly name: string | undefined;
  /** What to do there. `{audience}` stands for this API's audience. */
  readonly fixes: Partial<Readonly<Record<Reason, string>>>;
}

interface Marks {
  readonly host?: RegExp;
  readonly path?: RegExp;
  /** Claims that no other provider writes. */
  readonly claims?: readonly string[];
}

/** In this order: the first that fits. A custom domain is recognised by claims only. */
const marks: Readonly<Record<ProviderName, Marks>> = {
  Auth0: { host: /\.auth0\.com$/ },
  "Microsoft Entra ID": {
    host: /^(login\.microsoftonline\.(com|us)|sts\.windows\.net|login\.partner\.microsoftonline\.cn)$|\.(ciamlogin|b2clogin)\.com$/,
    claims: ["appidacr", "azpacr", "xms_idrel"],
  },
  Keycloak: { path: /\/realms\/[^/]+\/?$/, claims: ["realm_access", "resource_access"] },
  Okta: { host: /\.(okta|oktapreview|okta-emea|okta-gov)\.com$/ },
  "Amazon Cognito": { host: /^cognito-idp\.[\w-]+\.amazonaws\.com(\.cn)?$/, claims: ["token_use", "cognito:username"] },
  Firebase: { host: /^securetoken\.google\.com$/, claims: ["firebase"] },
  Google: { host: /^accounts\.google\.com$/ },
  Clerk: { host: /\.clerk\.accounts\.dev$|^clerk\./ },
  Supabase: { host: /\.supabase\.(co|in)$/, path: /\/auth\/v1\/?$/ },
  ZITADEL: { host: /\.zitadel\.cloud$/, claims: ["urn:zitadel:iam:org:project:roles"] },
  Ory: { host: /\.projects\.oryapis\.com$/ },
};

/** A provider on this machine is Auth0's likeness at most, and has no dashboard. */
function isLocalTenant(url: URL | undefined): boolean {
  return url !== undefined && local.test(url.hostname) && url.pathname === "/";
}

/** The provider that an issuer's address, or the claims of a token, look like. */
export function findProvider(issuer: unknown, claims: JsonObject = {}): Provider | undefined {
  // Google writes its issuer without a scheme too.
  const text = typeof issuer === "string" ? issuer : "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (isLocalTenant(url)) return { name: undefined, fixes: localFixes };
  for (const [name, { host, path, claims: own = [] }] of Object.entries(marks)) {
    const fits =
      (url && (host?.test(url.hostname) || path?.test(url.pathname))) ||
      own.some((claim) => Object.hasOwn(claims, claim));
    if (fits) return { name, fixes: providerFixes[name as ProviderName] };
  }
  // Auth0 under a custom domain: no other provider writes `gty` with these values.
  const audience = [member(claims, "aud")].flat().at(-1);
  const isForUserinfo = typeof audience === "string" && audience.endsWith("/userinfo");
  const isAuth0 = member(claims, "gty") === "client-credentials" || isForUserinfo;
  return isAuth0 ? { name: "Auth0", fixes: providerFixes.Auth0 } : undefined;
}
