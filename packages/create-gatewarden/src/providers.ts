// The providers that can be chosen, a row each: what is asked, and what their tokens grant.
import type * as presets from "gatewarden/providers";

/** A preset of `gatewarden/providers` whose arguments can be written on a command line. */
export type PresetName = Exclude<
  {
    [Name in keyof typeof presets]: (typeof presets)[Name] extends (...args: never) => unknown ? Name : never;
  }[keyof typeof presets],
  "awsAlb" | "createClusterFetch"
>;

/** One argument. */
export interface ArgumentRow {
  readonly name: string;
  /** What is asked for it. */
  readonly question: string;
  readonly example: string;
  /** Never asked, only taken from its flag. */
  readonly isOptional?: true;
  /** Asked unless one of these is given by its flag. */
  readonly unless?: readonly string[];
}

/** What tokens grant: what stands in place of the permission in `src/app.ts`. */
export type Grant = "permission" | "scope" | "role" | "none";

/** One provider. */
export interface ProviderRow {
  /** As the flag `--provider` takes it. */
  readonly id: string;
  readonly title: string;
  /** Undefined for an issuer without a preset. */
  readonly preset?: PresetName;
  /**
   * Environment variables by argument. Without them, the arguments are written in `src/guard.ts`.
   */
  readonly variables?: Readonly<Record<string, string>>;
  readonly arguments: readonly ArgumentRow[];
  readonly grant: Grant;
  /** The proxy whose header has the token. Its addresses are the argument `proxy`. */
  readonly header?: keyof typeof presets.tokenHeaders;
  /** Whether keys come from the cluster's own API server. */
  readonly isInCluster?: true;
}

const audience = (example = "https://api.acme.com"): ArgumentRow => ({
  name: "audience",
  question: "This API's identifier there (audience)",
  example,
});
const domain = (example: string): ArgumentRow => ({ name: "domain", question: "Its domain", example });
const url = (example: string): ArgumentRow => ({ name: "url", question: "The address of the server", example });
const optional = (row: ArgumentRow): ArgumentRow => ({ ...row, isOptional: true });
const proxy: ArgumentRow = {
  name: "proxy",
  question: "The addresses of the proxy in front, which alone may set the header",
  example: "10.0.0.0/8",
};

const guid = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
const apiId = "6e74172b-be56-4843-9ff4-e66a39bb12e3";
const tenant: ArgumentRow = { name: "tenant", question: "The tenant's id", example: guid };

/** The order is that of the question. */
export const providers: readonly ProviderRow[] = [
  { id: "local", title: "The local tenant only, for now", arguments: [], grant: "permission", variables: {} },
  {
    id: "auth0",
    title: "Auth0",
    preset: "auth0",
    variables: { domain: "AUTH0_DOMAIN", audience: "AUTH0_AUDIENCE" },
    arguments: [{ ...domain("acme.eu.auth0.com"), question: "The tenant's domain" }, audience()],
    grant: "permission",
  },
  {
    id: "oidc",
    title: "Any OpenID Connect or OAuth issuer",
    variables: { issuer: "ISSUER_BASE_URL", audience: "AUDIENCE" },
    arguments: [{ name: "issuer", question: "The issuer", example: "https://login.acme.com/" }, audience()],
    grant: "scope",
  },
  { id: "entra", title: "Microsoft Entra ID", preset: "entra", arguments: [tenant, audience(apiId)], grant: "scope" },
  {
    id: "entra-external",
    title: "Microsoft Entra External ID",
    preset: "entraExternal",
    arguments: [tenant, audience(apiId)],
    grant: "scope",
  },
  {
    id: "b2c",
    title: "Azure AD B2C",
    preset: "b2c",
    arguments: [
      { name: "tenant", question: "The tenant's name, in front of .onmicrosoft.com", example: "contoso" },
      { name: "tenantId", question: "The tenant's id", example: guid },
      { name: "policy", question: "The user flow or policy", example: "B2C_1_signin" },
      audience(apiId),
      optional(domain("login.contoso.com")),
    ],
    grant: "scope",
  },
  {
    id: "okta",
    title: "Okta",
    preset: "okta",
    arguments: [
      domain("acme.okta.com"),
      audience("api://default"),
      { name: "authorizationServer", question: "The authorization server", example: "default", isOptional: true },
    ],
    grant: "scope",
  },
  {
    id: "keycloak",
    title: "Keycloak",
    preset: "keycloak",
    arguments: [
      url("https://sso.acme.com"),
      { name: "realm", question: "The realm", example: "acme" },
      audience("orders-api"),
      { name: "rolesOf", question: "The client whose roles count", example: "orders-api", isOptional: true },
    ],
    grant: "role",
  },
  {
    id: "cognito",
    title: "Amazon Cognito",
    preset: "cognito",
    arguments: [
      { name: "region", question: "The region", example: "eu-central-1" },
      { name: "userPoolId", question: "The user pool's id", example: "eu-central-1_AbCdEf123" },
      {
        name: "clientId",
        question: "The app client's id",
        example: "57cbishk4j24pabc1234567890",
        unless: ["audience"],
      },
      optional(audience()),
    ],
    grant: "scope",
  },
  {
    id: "google",
    title: "Google",
    preset: "google",
    arguments: [audience("1234-abc.apps.googleusercontent.com")],
    grant: "none",
  },
  {
    id: "firebase",
    title: "Firebase",
    preset: "firebase",
    arguments: [{ name: "projectId", question: "The project's id", example: "acme-prod" }],
    grant: "permission",
  },
  {
    id: "clerk",
    title: "Clerk",
    preset: "clerk",
    arguments: [
      domain("clerk.acme.com"),
      {
        name: "authorizedParties",
        question: "The origin of your frontend",
        example: "https://app.acme.com",
        unless: ["audience"],
      },
      optional(audience()),
    ],
    grant: "role",
  },
  {
    id: "supabase",
    title: "Supabase",
    preset: "supabase",
    arguments: [
      { name: "project", question: "The project's reference", example: "abcdefghijklmnopqrst", unless: ["url"] },
      optional(url("https://api.acme.com")),
    ],
    grant: "role",
  },
  {
    id: "zitadel",
    title: "ZITADEL",
    preset: "zitadel",
    arguments: [
      domain("acme-x1y2z3.zitadel.cloud"),
      { name: "projectId", question: "The project's id", example: "69234237810729019" },
    ],
    grant: "role",
  },
  {
    id: "ory",
    title: "Ory",
    preset: "ory",
    arguments: [
      { name: "project", question: "The project's slug", example: "happy-cat-1a2b3c", unless: ["issuer"] },
      { name: "issuer", question: "The issuer", example: "https://auth.acme.com", isOptional: true },
      audience(),
    ],
    grant: "scope",
  },
  {
    id: "workos",
    title: "WorkOS",
    preset: "workos",
    arguments: [
      { name: "clientId", question: "The environment's client id", example: "client_01HXYZ", unless: ["domain"] },
      optional(domain("acme.authkit.app")),
      optional(audience()),
    ],
    grant: "permission",
  },
  {
    id: "authentik",
    title: "authentik",
    preset: "authentik",
    arguments: [
      url("https://auth.acme.com"),
      { name: "application", question: "The application's slug", example: "orders" },
      { name: "clientId", question: "The provider's client id", example: "GSbYVqzMOCoH1JWPLg4eFqDsZRT4sXHV" },
    ],
    grant: "role",
  },
  {
    id: "adfs",
    title: "AD FS",
    preset: "adfs",
    arguments: [
      { name: "host", question: "The federation service's host", example: "adfs.acme.com" },
      audience(),
      {
        name: "issuer",
        question: "The access_token_issuer",
        example: "http://adfs.acme.com/adfs/services/trust",
        isOptional: true,
      },
    ],
    grant: "scope",
  },
  {
    id: "fusion-auth",
    title: "FusionAuth",
    preset: "fusionAuth",
    arguments: [
      url("https://auth.acme.com"),
      { name: "issuer", question: "The tenant's issuer", example: "acme.com" },
      audience("e9fdb985-9173-4e01-9d73-ac2d60d1dc8e"),
    ],
    grant: "role",
  },
  {
    id: "ping",
    title: "PingOne",
    preset: "ping",
    arguments: [{ name: "environmentId", question: "The environment's id", example: guid }, audience()],
    grant: "scope",
  },
  {
    id: "duende",
    title: "Duende IdentityServer",
    preset: "duende",
    arguments: [url("https://identity.acme.com"), audience("orders")],
    grant: "scope",
  },
  {
    id: "logto",
    title: "Logto",
    preset: "logto",
    arguments: [{ name: "endpoint", question: "The Logto endpoint", example: "https://acme.logto.app" }, audience()],
    grant: "scope",
  },
  {
    id: "stytch",
    title: "Stytch",
    preset: "stytch",
    arguments: [
      {
        name: "projectId",
        question: "The project's id",
        example: "project-live-16d9ba61-97a1-4ba4-9720-b03761dc50c6",
      },
    ],
    grant: "role",
  },
  {
    id: "kubernetes",
    title: "Kubernetes service accounts",
    preset: "kubernetes",
    arguments: [audience("orders")],
    grant: "none",
    isInCluster: true,
  },
  {
    id: "github-actions",
    title: "GitHub Actions",
    preset: "githubActions",
    arguments: [
      audience("https://deploy.acme.com"),
      {
        name: "repository",
        question: "The repository that may call",
        example: "acme/orders",
        unless: ["owner"],
      },
      { name: "owner", question: "The account whose repositories may call", example: "acme", isOptional: true },
    ],
    grant: "none",
  },
  {
    id: "gitlab-ci",
    title: "GitLab CI",
    preset: "gitlabCi",
    arguments: [
      audience("https://deploy.acme.com"),
      { name: "project", question: "The project that may call", example: "acme/orders", unless: ["group"] },
      { name: "group", question: "The group whose projects may call", example: "acme", isOptional: true },
      optional(url("https://gitlab.acme.com")),
    ],
    grant: "none",
  },
  {
    id: "cloudflare-access",
    title: "Cloudflare Access",
    preset: "cloudflareAccess",
    arguments: [
      { name: "team", question: "The team's name, in front of .cloudflareaccess.com", example: "acme" },
      audience("32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228"),
      proxy,
    ],
    grant: "none",
    header: "cloudflareAccess",
  },
  {
    id: "google-iap",
    title: "Google Identity-Aware Proxy",
    preset: "googleIap",
    arguments: [audience("/projects/1234567890/global/backendServices/9876543210"), proxy],
    grant: "none",
    header: "googleIap",
  },
];
