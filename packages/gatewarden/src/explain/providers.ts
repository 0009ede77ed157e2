// Recognises the identity provider of a token. For texts only: nothing here decides whether a token
// is valid.
import { allProviders } from "../providers/words/all.js";
import { auth0Words } from "../providers/words/auth0.js";
import { localFixes } from "../providers/words/local-tenant.js";
import type { Fixes, ProviderWords } from "../providers/words/provider-words.js";
import { type JsonObject, member } from "../token/json.js";

/** Addresses of this machine, as used by the local tenant. */
const local = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** A recognised provider. */
export interface Provider {
  /** Undefined for the local tenant, which imitates Auth0. */
  readonly name: string | undefined;
  /** Fixes by reason. `{audience}` stands for this API's audience. */
  readonly fixes: Fixes;
  /** What to check if no metadata is found. */
  readonly discoveryHint?: string;
  /** Whether it signs for several issuers with the same keys. */
  readonly sharesKeys?: true;
}

/** A provider on this machine is the local tenant, which has no dashboard. */
function isLocalTenant(url: URL | undefined): boolean {
  return url !== undefined && local.test(url.hostname) && url.pathname === "/";
}

/**
 * The provider that an issuer's address or a token's claims look like. A provider's own address is
 * stronger evidence than claims, which another provider may copy. A custom domain is recognised
 * only by claims.
 */
export function findProvider(issuer: unknown, claims: JsonObject = {}): Provider | undefined {
  const address = typeof issuer === "string" ? issuer : "";
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (isLocalTenant(url)) return { name: undefined, fixes: localFixes };
  return (
    allProviders.find(({ marks }) => fitsAddress(marks, url, address)) ??
    allProviders.find(({ marks }) => marks.claims?.some((claim) => Object.hasOwn(claims, claim))) ??
    (isAuth0(claims) ? auth0Words : undefined)
  );
}

function fitsAddress({ host, path, text }: ProviderWords["marks"], url: URL | undefined, address: string): boolean {
  if (text?.test(address)) return true;
  return url !== undefined && (host?.test(url.hostname) || path?.test(url.pathname)) === true;
}

/**
 * Auth0 under a custom domain: no other provider writes `gty` with this value, or uses an audience
 * ending in `/userinfo`.
 */
function isAuth0(claims: JsonObject): boolean {
  const audience = [member(claims, "aud")].flat().at(-1);
  const isForUserinfo = typeof audience === "string" && audience.endsWith("/userinfo");
  return member(claims, "gty") === "client-credentials" || isForUserinfo;
}
