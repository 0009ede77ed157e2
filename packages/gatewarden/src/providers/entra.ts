// Microsoft Entra ID: access tokens of version 1 or 2, of one tenant, of several, or of all that a
// function allows.
import type { IssuerOptions, IssuerResolver } from "../configuration/options.js";
import type { Awaitable } from "../platform/awaitable.js";
import {
  type Argument,
  type Arguments,
  audience,
  oneOf,
  optional,
  requireArguments,
  requireAtMostOne,
  requireOneOf,
  tenantId,
} from "./_arguments.js";

interface EntraCommon {
  /**
   * The API's application id. For version 1 also its Application ID URI (`api://…`), as the client
   * requested it.
   */
  readonly audience: string | readonly string[];
  /**
   * `requestedAccessTokenVersion` in the manifest of the API's registration, which means 1 if
   * absent. Default 2.
   */
  readonly version?: 1 | 2;
  /** The national cloud. Default `global`. */
  readonly cloud?: "global" | "us" | "china";
  /**
   * The API's application id, if its tokens are signed with its own keys (claims mapping, custom
   * signing keys).
   */
  readonly appId?: string;
}

/** One tenant. */
export interface EntraTenant extends EntraCommon {
  /** The tenant's id. */
  readonly tenant: string;
}

/** Several known tenants. */
export interface EntraTenants extends EntraCommon {
  readonly tenants: readonly string[];
}

/** Tenants that are looked up, such as the customers of a product. */
export interface EntraOrganizations extends EntraCommon {
  /**
   * Whether users of this tenant are accepted: look it up in your own data. Any tenant worldwide
   * can get tokens for a multi-tenant API.
   */
  readonly isTenantAllowed: (tenant: string) => Awaitable<boolean>;
}

const hosts = {
  global: { login: "login.microsoftonline.com", sts: "sts.windows.net" },
  us: { login: "login.microsoftonline.us", sts: "sts.windows.net" },
  china: { login: "login.partner.microsoftonline.cn", sts: "sts.chinacloudapi.cn" },
} as const;

const tenants: Argument = {
  must: "a list of tenant ids (GUIDs in lower case)",
  isRight: (value) => Array.isArray(value) && value.length > 0 && value.every(tenantId.isRight),
  example: '["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"]',
};
const isTenantAllowed: Argument = {
  must: "a function",
  isRight: (value) => typeof value === "function",
  example: "(tenant) => customers.has(tenant)",
};
const known: Arguments<EntraTenant & EntraTenants & EntraOrganizations> = {
  tenant: optional(tenantId),
  tenants: optional(tenants),
  isTenantAllowed: optional(isTenantAllowed),
  audience: { ...audience, example: '"6e74172b-be56-4843-9ff4-e66a39bb12e3"' },
  version: optional(oneOf(2, 1)),
  cloud: optional(oneOf("global", "us", "china")),
  appId: optional({ ...tenantId, must: "the API's application id (a GUID in lower case)" }),
};

/**
 * The issuer options of Entra tenants: one issuer for `tenant`, a list for `tenants`, a resolver
 * for `isTenantAllowed`. Delegated permissions are read from `scp`, app roles from `roles`; the
 * tenant (`tid`) is the organization. Throws `ConfigError`.
 */
export function entra(given: EntraTenant): IssuerOptions;
export function entra(given: EntraTenants): readonly IssuerOptions[];
export function entra(given: EntraOrganizations): IssuerResolver;
export function entra(
  given: EntraTenant | EntraTenants | EntraOrganizations,
): IssuerOptions | readonly IssuerOptions[] | IssuerResolver {
  const all = given as Partial<EntraTenant & EntraTenants & EntraOrganizations> & EntraCommon;
  requireArguments("entra", all, known as Arguments<typeof all>);
  requireOneOf("entra", all, ["tenant", "tenants", "isTenantAllowed"], known as Arguments<typeof all>);
  requireAtMostOne("entra", all, ["tenant", "tenants", "isTenantAllowed"]);
  if (all.tenant !== undefined) return toTerms(all.tenant, all);
  if (all.tenants !== undefined) return all.tenants.map((tenant) => toTerms(tenant, all));
  return toResolver(all, all.isTenantAllowed as EntraOrganizations["isTenantAllowed"]);
}

function toTerms(tenant: string, { audience, version = 2, cloud = "global", appId }: EntraCommon): IssuerOptions {
  const { login, sts } = hosts[cloud];
  const authority = `https://${login}/${tenant}${version === 2 ? "/v2.0" : ""}`;
  const isElsewhere = version === 1 || appId !== undefined;
  return {
    issuer: version === 2 ? authority : `https://${sts}/${tenant}/`,
    audience,
    ...(isElsewhere && {
      discoveryUrl: `${authority}/.well-known/openid-configuration${appId === undefined ? "" : `?appid=${appId}`}`,
    }),
    claimNames: { scope: "scp", organization: "tid" },
  };
}

/**
 * The tenant is read from `iss` only to ask about it. The options are created from that tenant, and
 * must name the same `iss`.
 */
function toResolver(common: EntraCommon, isAllowed: EntraOrganizations["isTenantAllowed"]): IssuerResolver {
  return {
    async resolve(iss) {
      const tenant = iss.split("/")[3];
      if (!tenantId.isRight(tenant)) return undefined;
      const terms = toTerms(tenant as string, common);
      return terms.issuer === iss && (await isAllowed(tenant as string)) === true ? terms : undefined;
    },
  };
}
