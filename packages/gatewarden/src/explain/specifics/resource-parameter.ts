// Auth0 and MCP: MCP clients name the API with `resource` (RFC 8707), which Auth0 ignores unless a
// setting of the tenant is on.
// https://auth0.com/ai/docs/mcp/guides/resource-param-compatibility-profile
import { type GuardRequest, readHeader } from "../../request/credentials.js";
import type { RefusalFacts } from "../refusal-facts.js";

const resourceProfile =
  "Auth0 ignores the `resource` that MCP clients send (RFC 8707), and issues a token for no API, unless the tenant's Resource Parameter Compatibility Profile is on: Dashboard → Settings → Advanced. Then register an API whose Identifier is this server's URL, and log in again.";

/** The fix for a request that looks like an MCP client's, if the issuer is Auth0. */
export function findResourceFix({ request, provider }: RefusalFacts): string | undefined {
  return provider?.name === "Auth0" && request !== undefined && isMcp(request) ? resourceProfile : undefined;
}

/**
 * MCP, Streamable HTTP: clients accept both response types, and send version and session in
 * headers.
 */
function isMcp({ url, headers }: GuardRequest): boolean {
  if (["mcp-protocol-version", "mcp-session-id"].some((name) => readHeader(headers, name) !== undefined)) return true;
  const accept = readHeader(headers, "accept");
  if (typeof accept === "string" && /application\/json/i.test(accept) && /text\/event-stream/i.test(accept))
    return true;
  return /\/(mcp|sse)\/?$/.test(url.split(/[?#]/, 1)[0] ?? "");
}
