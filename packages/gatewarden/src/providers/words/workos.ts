// Facts about WorkOS AuthKit.
import type { ProviderWords } from "./provider-words.js";

const client =
  "Access tokens of AuthKit sessions have no `aud`: use `workos({ clientId })` of `gatewarden/providers`, which checks `client_id`. Where tokens have none, let the JWT template write `aud`, and pass `audience`.";

export const workosWords: ProviderWords = {
  name: "WorkOS",
  preset: "workos",
  marks: { host: /^api\.workos\.com$|\.authkit\.app$/ },
  clientIds: /^client_\w+$/,
  discoveryHint:
    "At WorkOS, sessions are issued by https://api.workos.com/user_management/<client id>, with keys at https://api.workos.com/sso/jwks/<client id>; tokens for MCP clients by https://<name>.authkit.app.",
  fixes: {
    claim_missing: client,
    client_mismatch:
      "The token is another environment's or application's: pass the client id that this API belongs to.",
    issuer_untrusted:
      "Tokens of AuthKit sessions name https://api.workos.com/user_management/<client id>; those that MCP and other OAuth clients get name https://<name>.authkit.app, or the custom domain: list both presets where both come.",
    audience_mismatch:
      "Let the client request the resource indicator that is set under Connect → Configuration, and pass it as `audience`.",
    permission_missing:
      "Permissions stand in `permissions` while an organization is active: assign them to a role, and let the client refresh its token.",
    role_missing: "Roles stand in `roles` while an organization is active: let the client log in to one.",
  },
  documentation: [
    "https://workos.com/docs/reference/authkit/session-tokens",
    "https://workos.com/docs/authkit/jwt-templates",
    "https://workos.com/docs/authkit/mcp",
  ],
  unverified:
    "the issuer with the client id in it, and `client_id`: tokens in the field have both, the documentation's example has https://api.workos.com and none.",
};
