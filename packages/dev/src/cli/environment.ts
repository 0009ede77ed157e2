// The variables with which a program finds the tenant, and trusts it.
import type { Tenant, TenantAuthority } from "../tenant-types.js";

type Variables = Readonly<Record<string, string>>;

/** For the API: the names that `createGuard` and the guides of Auth0 read. */
export function toApiEnvironment({ audience, issuer }: Pick<Tenant, "audience" | "issuer">): Variables {
  const { host, protocol } = new URL(issuer);
  return {
    ISSUER_BASE_URL: issuer,
    AUDIENCE: audience,
    // Guides write `https://` before it. Without https, only Gatewarden can read it, as an address.
    AUTH0_DOMAIN: protocol === "https:" ? host : issuer,
    AUTH0_AUDIENCE: audience,
  };
}

/** For clients that must trust the tenant's authority. None without its files. */
export function toTrustEnvironment(authority: TenantAuthority | undefined): Variables {
  if (authority?.files === undefined) return {};
  const { bundle, ca } = authority.files;
  // Node.js adds this file to the authorities that it knows. The others replace theirs.
  return { NODE_EXTRA_CA_CERTS: ca, REQUESTS_CA_BUNDLE: bundle, SSL_CERT_FILE: bundle, CURL_CA_BUNDLE: bundle };
}

/** All of it, and where the console is, for a command that the tenant runs for. */
export function toCommandEnvironment(tenant: Tenant): Variables {
  return { ...toApiEnvironment(tenant), ...toTrustEnvironment(tenant.authority), GATEWARDEN_CONSOLE: tenant.url };
}
