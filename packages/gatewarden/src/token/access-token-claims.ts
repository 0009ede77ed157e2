// The claims of an access token, as the guard has checked them.

/**
 * The claims of an access token when no schema is given. Registered claims have the types that the
 * guard checked; all others are unknown.
 */
export interface AccessTokenClaims {
  readonly iss: string;
  /**
   * Absent if `audience` is false, or if introspection leaves it out. Some issuers write null for
   * what is absent.
   */
  readonly aud?: string | readonly string[] | null;
  readonly exp: number;
  /** Null at some issuers for tokens without a user. `auth.subject` is text or undefined. */
  readonly sub?: string | null;
  readonly [name: string]: unknown;
}
