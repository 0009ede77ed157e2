// Supabase Auth: access tokens of one project, signed with its signing keys, and during migration
// also with its legacy secret.
import type { IssuerOptions } from "../configuration/options.js";
import {
  type Arguments,
  audience,
  baseUrl,
  optional,
  requireArguments,
  requireAtMostOne,
  requireOneOf,
  text,
  trimSlash,
} from "./_arguments.js";

/** A Supabase project. */
export interface SupabaseArguments {
  /** The project's reference: `abcdefghijklmnopqrst` of `abcdefghijklmnopqrst.supabase.co`. */
  readonly project?: string;
  /** The API's address instead of the reference: a custom domain, or a server of your own. */
  readonly url?: string;
  /** Default `authenticated`, which Supabase writes for every user. */
  readonly audience?: string | readonly string[];
  /**
   * The legacy JWT secret, while tokens signed with it are still in use. Only HMAC is verified with
   * it.
   */
  readonly jwtSecret?: string;
}

const known: Arguments<SupabaseArguments> = {
  project: optional(text(/^[a-z]{20}$/, "the project's reference (20 letters)", '"abcdefghijklmnopqrst"')),
  url: optional(baseUrl('"https://api.acme.com"')),
  audience: optional({ ...audience, example: '"authenticated"' }),
  jwtSecret: optional({
    ...text(/^.{32,}$/s, "at least 32 characters", "process.env.SUPABASE_JWT_SECRET"),
    isSecret: true,
  }),
};

/**
 * The issuer options of a Supabase project. The database role (`role`) is the only role. Throws
 * `ConfigError`.
 */
export function supabase(given: SupabaseArguments): IssuerOptions {
  requireArguments("supabase", given, known);
  requireOneOf("supabase", given, ["project", "url"], known);
  requireAtMostOne("supabase", given, ["project", "url"]);
  const { project, url = `https://${project}.supabase.co`, audience = "authenticated", jwtSecret: secret } = given;
  const issuer = `${trimSlash(url)}/auth/v1`;
  return {
    issuer,
    audience,
    keys: { jwksUri: `${issuer}/.well-known/jwks.json`, ...(secret !== undefined && { secret }) },
    claimNames: { roles: "role" },
    claimFormats: { roles: "text" },
  };
}
