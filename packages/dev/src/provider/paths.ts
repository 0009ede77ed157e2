// Paths of the endpoints, as at Auth0.

/** The provider's routes by its own names. */
export const paths = {
  authorization: "/authorize",
  token: "/oauth/token",
  userinfo: "/userinfo",
  revocation: "/oauth/revoke",
  introspection: "/oauth/introspect",
  pushed_authorization_request: "/oauth/par",
  end_session: "/oidc/logout",
  registration: "/oidc/register",
  jwks: "/.well-known/jwks.json",
} as const;

/**
 * The two well-known paths of the issuer's metadata: OpenID Connect Discovery §4 and RFC 8414 §3.
 */
export const metadataPaths: readonly string[] = [
  "/.well-known/openid-configuration",
  "/.well-known/oauth-authorization-server",
];

/** The persona page of one login. */
export function loginPath(uid: string): string {
  return `/login/${uid}`;
}
