// Protected resource metadata: tells clients which issuer this API trusts, before they have a token
// (RFC 9728).

/** How this API presents itself to clients. */
export interface ResourceOptions {
  /**
   * This API's own URL, as clients write it: https, without fragment (RFC 9728 §1.2). Published
   * unchanged.
   */
  readonly url: string;
  /** `resource_name`: for people to read. */
  readonly name?: string;
  /**
   * `scopes_supported`. Many clients request all of these at once, so list what a client usually
   * needs, not all scopes.
   */
  readonly scopes?: readonly string[];
  /** `authorization_details_types_supported` (RFC 9396). */
  readonly detailsTypes?: readonly string[];
  /** `resource_documentation`: a page for developers. */
  readonly documentation?: string;
  /** `resource_policy_uri`: a page on how clients may use the data. */
  readonly policy?: string;
  /** `resource_tos_uri`: the terms of service. */
  readonly terms?: string;
}

/** The metadata document (RFC 9728 §2). Members without a value are left out. */
export interface ResourceMetadata {
  readonly resource: string;
  readonly authorization_servers: readonly string[];
  readonly bearer_methods_supported: readonly string[];
  readonly scopes_supported?: readonly string[];
  readonly authorization_details_types_supported?: readonly string[];
  readonly dpop_signing_alg_values_supported?: readonly string[];
  readonly dpop_bound_access_tokens_required?: boolean;
  readonly tls_client_certificate_bound_access_tokens?: boolean;
  readonly resource_name?: string;
  readonly resource_documentation?: string;
  readonly resource_policy_uri?: string;
  readonly resource_tos_uri?: string;
}

/** The metadata response, ready for any framework to write. */
export interface PublishedMetadata {
  /** URL of the metadata. Challenges name it as `resource_metadata`. */
  readonly url: string;
  /** The path of `url`, for the route. */
  readonly path: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The headers of the answer (204) to OPTIONS: browsers send it before they read the metadata
   * (Fetch §3.3.2).
   */
  readonly preflight: Readonly<Record<string, string>>;
  readonly body: ResourceMetadata;
}

/** What the metadata contains beyond the resource's own options. */
export interface ResourceTerms {
  /** Trusted issuers, as far as their exact spelling is known. */
  readonly issuers: readonly string[];
  /**
   * Where DPoP is accepted: the algorithms, and whether a token without a proof is refused (RFC
   * 9449).
   */
  readonly dpop?: { readonly algorithms: readonly string[]; readonly required: boolean };
  /** Whether every token must be bound to a client certificate (RFC 8705 §3). */
  readonly certificateRequired?: boolean;
}

/**
 * URL of a resource's metadata. The well-known name goes between host and path, and a path of only
 * a slash is dropped (RFC 9728 §3.1). Built from configuration, since the caller chooses a
 * request's `Host`.
 */
export function toMetadataUrl(resource: string): string {
  const { origin, pathname, search } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname === "/" ? "" : pathname}${search}`;
}

/** The metadata response for a resource. */
export function toPublishedMetadata(resource: ResourceOptions, terms: ResourceTerms): PublishedMetadata {
  const url = toMetadataUrl(resource.url);
  return { url, path: new URL(url).pathname, headers, preflight, body: toDocument(resource, terms) };
}

const headers: PublishedMetadata["headers"] = {
  "content-type": "application/json",
  // The same for everyone and without secrets, so any web page may read it; `*` never applies to
  // credentials (Fetch §3.3.5).
  "access-control-allow-origin": "*",
  "cache-control": "public, max-age=300",
};

const preflight: PublishedMetadata["preflight"] = {
  allow: "GET, HEAD, OPTIONS",
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD",
  // MCP clients send their version in every request. The asterisk does not include Authorization.
  "access-control-allow-headers": "*, Authorization, MCP-Protocol-Version",
  "access-control-max-age": "3600",
};

function toDocument(
  resource: ResourceOptions,
  { issuers, dpop, certificateRequired }: ResourceTerms,
): ResourceMetadata {
  return withoutEmpty({
    resource: resource.url,
    authorization_servers: [...new Set(issuers)],
    // The only way in which a token is read (RFC 6750 §2.1).
    bearer_methods_supported: ["header"],
    // A refresh token is not a need of the resource (MCP 2026-07-28, "Refresh Tokens").
    scopes_supported: resource.scopes?.filter((name) => name !== "offline_access"),
    authorization_details_types_supported: resource.detailsTypes,
    dpop_signing_alg_values_supported: dpop?.algorithms,
    dpop_bound_access_tokens_required: dpop?.required,
    tls_client_certificate_bound_access_tokens: certificateRequired,
    resource_name: resource.name,
    resource_documentation: resource.documentation,
    resource_policy_uri: resource.policy,
    resource_tos_uri: resource.terms,
  });
}

type MetadataDraft = { readonly [Name in keyof ResourceMetadata]: ResourceMetadata[Name] | undefined };

/** A parameter without values must be left out (RFC 9728 §3.2). */
function withoutEmpty(draft: MetadataDraft): ResourceMetadata {
  const members = Object.entries(draft).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(members) as unknown as ResourceMetadata;
}
