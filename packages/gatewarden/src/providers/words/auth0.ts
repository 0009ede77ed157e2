// Facts about Auth0.
import type { ProviderWords } from "./provider-words.js";

const requestAudience =
  "Pass `audience: {audience}` in the client's login or token request (in the browser SDKs as `authorizationParams.audience`), or set it as Default Audience in the tenant's settings; then log in again.";

/** Affects MCP clients, which send `resource` (RFC 8707) and no `audience`. */
const resourceProfile =
  "Auth0 ignores `resource`, which MCP clients send, until Settings → Advanced → Resource Parameter Compatibility Profile is on.";

export const auth0Words: ProviderWords = {
  name: "Auth0",
  preset: "auth0",
  marks: { host: /\.auth0\.com$/ },
  clientIds: /^[A-Za-z0-9]{32}$/,
  discoveryHint:
    "Check tenant and region (such as acme.eu.auth0.com); with a custom domain, use that one, since tokens name it.",
  fixes: {
    token_opaque: `${requestAudience} ${resourceProfile}`,
    token_encrypted: `${requestAudience} ${resourceProfile} If it is one for this API, switch Token Encryption off under Applications → APIs → this API.`,
    audience_mismatch: `The audience is the Identifier of an API under Applications → APIs, never a client id. ${requestAudience} ${resourceProfile}`,
    id_token: `Send \`access_token\`, not \`id_token\`. ${requestAudience}`,
    issuer_untrusted:
      "AUTH0_DOMAIN is the Domain that the application shows under Settings, region included; clients that log in at a custom domain get tokens of that one: list both as `issuer`.",
    algorithm_not_allowed:
      "Applications → APIs → this API → Settings: Signing Algorithm RS256. Where it can no longer be changed, create the API again with RS256.",
    permission_missing:
      "Applications → APIs → this API → Settings: switch on Enable RBAC and Add Permissions in the Access Token. Assign the permission to the user or one of their roles, then log in again.",
    scope_missing:
      "Let the client request the scope together with the audience. With Enable RBAC on, a user only gets scopes that were assigned as permissions.",
    role_missing:
      "Auth0 puts no roles into access tokens: add them in a post-login Action under a namespaced claim, and set `claimNames.roles` to it.",
    organization_mismatch: "Let the client pass `organization` when it logs in, and let the user be a member of it.",
  },
  documentation: [
    "https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles",
    "https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis",
    "https://auth0.com/ai/docs/mcp/guides/resource-param-compatibility-profile",
  ],
};
