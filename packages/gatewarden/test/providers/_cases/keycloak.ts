// Tokens of Keycloak 26 and earlier. Before 25, `nonce` stood in access tokens too.
import { keycloak } from "../../../src/providers/providers.js";
import { keycloakWords } from "../../../src/providers/words/keycloak.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://sso.acme.com/realms/acme";
const certs = `${issuer}/protocol/openid-connect/certs`;
const user = {
  typ: "Bearer",
  azp: "spa",
  aud: ["orders-api", "account"],
  acr: "1",
  scope: "openid profile email",
  realm_access: { roles: ["offline_access", "admin"] },
  resource_access: { account: { roles: ["view-profile"] }, "orders-api": { roles: ["orders-reader"] } },
};
const given = { url: "https://sso.acme.com/", realm: "acme", audience: "orders-api" };
const scopes = ["openid", "profile", "email"];

export const keycloakCase: ProviderCase = {
  preset: "keycloak",
  words: keycloakWords,
  terms: keycloak(given),
  issuer,
  published: publish(issuer, certs),
  accepted: [
    {
      what: "a user's access token with realm roles",
      claims: user,
      grants: { scopes, roles: ["offline_access", "admin"] },
    },
    {
      what: "a service account's access token",
      claims: { typ: "Bearer", azp: "worker", client_id: "worker", aud: "orders-api", scope: "orders" },
      grants: { scopes: ["orders"] },
    },
  ],
  refused: [
    { what: "an ID token", claims: { typ: "ID", azp: "spa", aud: "spa", at_hash: "x", acr: "1" }, reason: "id_token" },
    {
      what: "an ID token whose client is the API",
      claims: { typ: "ID", azp: "orders-api", aud: "orders-api" },
      reason: "id_token",
    },
    {
      what: "a refresh token, signed as access tokens are",
      claims: { typ: "Refresh", azp: "spa", aud: "orders-api" },
      reason: "type_not_allowed",
    },
    {
      what: "a refresh token",
      header: { alg: "HS512" },
      signer: { secret: "realm-secret-that-only-keycloak-knows-0123456789" },
      claims: { typ: "Refresh", azp: "spa", aud: issuer },
      reason: "algorithm_not_allowed",
    },
    { what: "a logout token", claims: { typ: "Logout", aud: "orders-api", events: {} }, reason: "logout_token" },
    {
      what: "another realm's token",
      claims: { ...user, iss: "https://sso.acme.com/realms/master" },
      reason: "issuer_untrusted",
    },
    { what: "a token for `account` alone", claims: { ...user, aud: "account" }, reason: "audience_mismatch" },
    { what: "a token without audience", claims: { ...user, aud: undefined }, reason: "claim_missing" },
  ],
  explained: [
    {
      what: "a token for `account` alone",
      claims: { ...user, aud: "account" },
      reason: "audience_mismatch",
      fix: "Add a mapper of type Audience",
    },
  ],
  misused: [
    [() => keycloak({ ...given, url: "sso.acme.com" }), 'keycloak.url is "sso.acme.com"; it must be a URL'],
    [() => keycloak({ ...given, realm: "realms/acme" }), 'keycloak.realm is "realms/acme"'],
  ],
  page: {
    configure: [
      "Client scopes → a scope of the client → Mappers: one of type Audience, with the API's identifier, in the access token.",
      "Server: `hostname`, so that `iss` is the same wherever clients come from.",
      "Where this API reaches the server under another address, pass it as `internalUrl`.",
    ],
    grants: "`scope`, `realm_access.roles` (or `resource_access.<client>.roles`) → roles",
    example: 'keycloak({ url: "https://sso.acme.com", realm: "acme", audience: "orders-api" })',
    caveats: [
      "A realm role of the same name counts for every API of the realm. For roles of this API alone: `rolesOf`, the id of its client.",
      "Keycloak writes no `permissions`.",
    ],
  },
};

/** Client roles, and an address inside the network. */
export const keycloakInsideCase: ProviderCase = {
  ...keycloakCase,
  terms: keycloak({ ...given, rolesOf: "orders-api", internalUrl: "https://keycloak.internal" }),
  published: publish(
    issuer,
    "https://keycloak.internal/realms/acme/protocol/openid-connect/certs",
    "https://keycloak.internal/realms/acme/.well-known/openid-configuration",
  ),
  accepted: [
    { what: "a user's access token with client roles", claims: user, grants: { scopes, roles: ["orders-reader"] } },
  ],
  refused: [],
  explained: [],
  misused: [],
};
