// The fixes in the words of each provider's own console and documentation. `{audience}` stands for this API's audience.
import type { Reason } from "../reasons.js";

type Fixes = Partial<Readonly<Record<Reason, string>>>;

const auth0Audience =
  "Pass `audience: {audience}` in the client's login or token request (in the browser SDKs as `authorizationParams.audience`), or set it as Default Audience in the tenant's settings; then log in again.";

const auth0: Fixes = {
  token_opaque: auth0Audience,
  token_encrypted: `${auth0Audience} If it is one for this API, switch Token Encryption off under Applications → APIs → this API.`,
  audience_mismatch: `The audience is the Identifier of an API under Applications → APIs, never a client id. ${auth0Audience}`,
  id_token: `Send \`access_token\`, not \`id_token\`. ${auth0Audience}`,
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
};

const entraScope =
  "Request a scope of this API: one under Expose an API, or `api://<application id>/.default`. A token for Microsoft Graph is for Graph alone, and no other API can verify it.";

const entra: Fixes = {
  audience_mismatch: `${entraScope} In version 2 tokens \`aud\` is the API's application id, in version 1 tokens usually its \`api://\` URI.`,
  id_token: `Send the access token. ${entraScope}`,
  signature_invalid: entraScope,
  key_unknown: entraScope,
  issuer_untrusted:
    "The manifest of the API's app registration decides the version of its tokens: with `requestedAccessTokenVersion: 2` they come from https://login.microsoftonline.com/<tenant>/v2.0, otherwise from https://sts.windows.net/<tenant>/. Set it to 2, or configure the issuer that the tokens name.",
  scope_missing:
    'Delegated permissions stand in `scp`: set `claimNames: { scope: "scp" }`. Tokens without a user carry app roles in `roles` instead.',
  permission_missing:
    "Entra writes no `permissions`: require `scope(…)` for delegated permissions (in `scp`) or `role(…)` for app roles (in `roles`).",
  role_missing:
    "Define the role under App roles of the API's registration, and assign it under Enterprise applications → Users and groups.",
};

const keycloakAudience =
  "Add a mapper of type Audience to a client scope that the client has (Client scopes → … → Mappers), with `{audience}` as Included Client Audience or Included Custom Audience, and Add to access token on.";

const keycloak: Fixes = {
  audience_mismatch: `\`account\` only means that the user may see their own account. ${keycloakAudience}`,
  claim_missing: keycloakAudience,
  issuer_untrusted:
    "Keycloak writes the address that the client used into `iss`, unless the server's `hostname` is set. Keep the public address as `issuer`; where this API reaches Keycloak under another one, such as a container's name, set that as `discoveryUrl`, and for plain http list its host and port in `insecureHttpHosts`.",
  permission_missing:
    'Keycloak writes no `permissions`: require `role(…)`, with `claimNames: { roles: ["realm_access", "roles"] }`, or `scope(…)`.',
  role_missing:
    'Realm roles stand in `realm_access.roles`: set `claimNames: { roles: ["realm_access", "roles"] }`. Assign the role and log in again.',
  algorithm_not_allowed:
    "Send the access token: refresh tokens are signed with HS512. Otherwise choose RS256 in the client's Advanced settings: Access token signature algorithm.",
};

const oktaServer =
  "Tokens of the org authorization server (`https://<org>.okta.com`) are for Okta alone. Use a custom one, such as https://<org>.okta.com/oauth2/default, as issuer in both client and API.";

const okta: Fixes = {
  audience_mismatch: `The audience is a setting of the authorization server: Security → API → Authorization Servers → Audience. ${oktaServer}`,
  issuer_untrusted: oktaServer,
  signature_invalid: oktaServer,
  key_unknown: oktaServer,
  type_not_allowed: oktaServer,
  scope_missing:
    'Scopes stand in `scp`, as a list: set `claimNames: { scope: "scp" }` and `scopeAsList: true`. Grant the scope in an access policy of the authorization server.',
  permission_missing:
    'Okta writes no `permissions`: require `scope(…)`, with `claimNames: { scope: "scp" }` and `scopeAsList: true`.',
};

const cognito: Fixes = {
  claim_missing:
    "Cognito's access tokens name the app client in `client_id` and carry `aud` only when a resource was requested. Set `audience: false` and `clientId` to the app client's id, or let the client request this API as `resource` (RFC 8707).",
  audience_mismatch:
    "An `aud` that is the app client's id is the mark of the ID token. Send the access token, requested with `resource={audience}`.",
  id_token: "Send the access token (`token_use: access`), requested with this API as `resource`.",
  role_missing: 'Groups stand in `cognito:groups`: set `claimNames: { roles: "cognito:groups" }`.',
  permission_missing:
    "Cognito writes no `permissions`: define a resource server with custom scopes and require `scope(…)`.",
  scope_missing:
    "Define the scope on a resource server of the user pool (it is named `<resource server>/<scope>`), allow it for the app client, and request it.",
};

const google: Fixes = {
  id_token:
    "Google issues access tokens for its own APIs only. Log in with Google at an authorization server of your own (or Firebase), and send that one's token.",
  token_opaque:
    "Google's access tokens are for its own APIs. Log in with Google at an authorization server of your own (or Firebase), and send that one's token.",
};

const firebase: Fixes = {
  audience_mismatch:
    "Firebase's tokens name the project as `aud`: set `audience` to the project id, and `issuer` to https://securetoken.google.com/<project id>.",
  issuer_untrusted:
    "Set `issuer` to https://securetoken.google.com/<project id>, with the project that the client is configured for.",
  permission_missing:
    "Firebase writes custom claims only: set them with the Admin SDK, and `claimNames.permissions` to the claim's name.",
};

const clerk: Fixes = {
  claim_missing:
    "Clerk's session tokens have no `aud`: add it under Sessions → Customize session token, or in a JWT template, with `{audience}` as its value.",
  audience_mismatch:
    "Set `aud` to `{audience}` in the JWT template or the customized session token that the client uses.",
  issuer_untrusted:
    "The issuer is the instance's Frontend API URL: https://<name>.clerk.accounts.dev in development, https://clerk.<your domain> in production.",
};

const supabase: Fixes = {
  audience_mismatch: "Supabase writes `authenticated` as `aud` for everybody who is logged in: set `audience` to that.",
  algorithm_not_allowed:
    "The project signs with its legacy JWT secret (HS256). Migrate it to asymmetric signing keys (Project Settings → JWT Keys), or give the secret to the guard as `keys: { secret }`.",
  issuer_untrusted: "The issuer is https://<project>.supabase.co/auth/v1, without a slash at the end.",
};

const zitadel: Fixes = {
  token_opaque:
    "Set the application's access token type to JWT in its token settings, or give the guard `introspection`.",
  audience_mismatch:
    "Let the client request the project's audience scope: `urn:zitadel:iam:org:project:id:<project id>:aud`.",
};

const ory: Fixes = {
  token_opaque:
    "Set the access token strategy to `jwt` (`strategies.access_token`), or give the guard `introspection`.",
  audience_mismatch: "Allow `{audience}` in the client's `audience` list, and let the client request it as `audience`.",
};

/** For `gatewarden dev`. */
export const localFixes: Fixes = {
  token_opaque:
    "Request an audience, as with Auth0: `npx gatewarden token` gives a token for the first API, and clients pass `audience={audience}` when they log in.",
  audience_mismatch:
    "Set `AUDIENCE` to one of the APIs in the tenant's configuration, or request `{audience}`: `npx gatewarden token --audience {audience}`.",
  expired: "Get a new token: `npx gatewarden token`.",
  key_unknown:
    "The local tenant has new keys, as after a start in another directory: get a new token with `npx gatewarden token`.",
};

/** The providers that are known by name. */
export type ProviderName =
  | "Auth0"
  | "Microsoft Entra ID"
  | "Keycloak"
  | "Okta"
  | "Amazon Cognito"
  | "Firebase"
  | "Google"
  | "Clerk"
  | "Supabase"
  | "ZITADEL"
  | "Ory";

/** Reason → what to do, for each provider. */
export const providerFixes: Readonly<Record<ProviderName, Fixes>> = {
  Auth0: auth0,
  "Microsoft Entra ID": entra,
  Keycloak: keycloak,
  Okta: okta,
  "Amazon Cognito": cognito,
  Firebase: firebase,
  Google: google,
  Clerk: clerk,
  Supabase: supabase,
  ZITADEL: zitadel,
  Ory: ory,
};
