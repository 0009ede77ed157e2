// Clients that describe themselves in a document at their own client id
// (draft-ietf-oauth-client-id-metadata-document-02), which MCP clients prefer to registration. Off
// unless the configuration lists documents: the tenant fetches no address that a request names.
import type { Configuration } from "oidc-provider";

type Feature = NonNullable<NonNullable<Configuration["features"]>["clientIdMetadataDocument"]>;
type Fetch = NonNullable<Configuration["fetch"]>;

/** The provider's feature. The list is compared as text, so no other address is ever fetched. */
export function createClientDocuments(urls: readonly string[]): Feature {
  return { enabled: urls.length > 0, ack: "draft-02", allowFetch: (_ctx, clientId) => urls.includes(clientId) };
}

/**
 * The provider's own fetch refuses addresses of this machine. For the listed documents it may be
 * one, since the developer wrote it down.
 */
export function createDocumentFetch(urls: readonly string[]): Fetch {
  return (input, init) => {
    if (typeof input !== "string" || !urls.includes(input)) return globalThis.fetch(input, init);
    const { dispatcher: _guarded, ...options }: RequestInit & { dispatcher?: unknown } = init ?? {};
    return globalThis.fetch(input, options);
  };
}
