// Facts about Keycloak.
import type { ProviderWords } from "./provider-words.js";

const audienceFix =
  "Add a mapper of type Audience to a client scope that the client has (Client scopes → … → Mappers), with `{audience}` as Included Client Audience or Included Custom Audience, and Add to access token on.";

export const keycloakWords: ProviderWords = {
  name: "Keycloak",
  preset: "keycloak",
  marks: { path: /\/realms\/[^/]+\/?$/, claims: ["realm_access", "resource_access"] },
  discoveryHint: "At Keycloak, issuers end in /realms/<realm>, and upper and lower case of the realm count.",
  fixes: {
    audience_mismatch: `\`account\` only means that the user may see their own account. ${audienceFix}`,
    claim_missing: audienceFix,
    issuer_untrusted:
      "Keycloak writes the address that the client used into `iss`, unless the server's `hostname` is set. Keep the public address as `issuer`; where this API reaches Keycloak under another one, such as a container's name, set that as `discoveryUrl`, and for plain http list its host and port in `insecureHttpHosts`.",
    permission_missing:
      'Keycloak writes no `permissions`: require `role(…)`, with `claimNames: { roles: ["realm_access", "roles"] }`, or `scope(…)`.',
    role_missing:
      'Realm roles stand in `realm_access.roles`: set `claimNames: { roles: ["realm_access", "roles"] }`. Assign the role and log in again.',
    algorithm_not_allowed:
      "Send the access token: refresh tokens are signed with HS512. Otherwise choose RS256 in the client's Advanced settings: Access token signature algorithm.",
  },
  documentation: [
    "https://www.keycloak.org/docs/latest/server_admin/#_audience",
    "https://www.keycloak.org/nightly/admin-api/protocol-mappers",
    "https://www.keycloak.org/server/hostname",
  ],
  unverified:
    "the form of the `organization` claim, which depends on its mapper: set `claimNames.organization` yourself.",
};
