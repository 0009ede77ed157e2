// What the docs page may do. It holds an access token while it is open, so no foreign script may run in it (CWE-79).
import type { LoginEndpoints } from "./login-endpoints.js";

/** The policy as a header value. The page itself fetches the token, so it must reach the token endpoint. */
export function contentSecurityPolicy({ token }: LoginEndpoints): string {
  return [
    "default-src 'self'",
    `connect-src 'self' ${new URL(token).origin}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
