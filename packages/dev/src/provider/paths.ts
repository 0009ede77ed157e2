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

/** The endpoints of Shared Signals (SSF 1.0 §7 and §8), without the ones to poll. */
export const signals = {
  metadata: "/.well-known/ssf-configuration",
  stream: "/ssf/stream",
  status: "/ssf/status",
  addSubject: "/ssf/subjects:add",
  removeSubject: "/ssf/subjects:remove",
  verification: "/ssf/verify",
} as const;

export const signalPaths: readonly string[] = Object.values(signals);

/** Whether this is where a stream is polled. */
export function isPollPath(pathname: string): boolean {
  return pathname.startsWith("/ssf/poll/");
}
