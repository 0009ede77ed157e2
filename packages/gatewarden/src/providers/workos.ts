// WorkOS AuthKit: access tokens of a session, and those issued for MCP servers and third-party
// clients.
import type { IssuerOptions } from "../configuration/options.js";
import {
  type Arguments,
  audience,
  host,
  optional,
  requireArguments,
  requireAtMostOne,
  requireOneOf,
  text,
} from "./_arguments.js";

/** An environment of WorkOS. */
export interface WorkosArguments {
  /** The environment's client id, for access tokens of AuthKit sessions. */
  readonly clientId?: string;
  /**
   * The AuthKit domain instead, for tokens of MCP and other OAuth clients, which name an audience.
   */
  readonly domain?: string;
  /**
   * The resource indicator that clients request, or the `aud` that the JWT template writes.
   * Required with `domain`.
   */
  readonly audience?: string | readonly string[];
}

const known: Arguments<WorkosArguments> = {
  clientId: optional(text(/^client_\w+$/, "the environment's client id", '"client_01HXYZ"')),
  domain: optional(host('"acme.authkit.app"')),
  audience: optional(audience),
};

/**
 * The issuer options of a WorkOS environment: `permissions`, `roles`, `org_id`. Throws
 * `ConfigError`.
 */
export function workos(given: WorkosArguments): IssuerOptions {
  requireArguments("workos", given, known);
  requireOneOf("workos", given, ["clientId", "domain"], known);
  requireAtMostOne("workos", given, ["clientId", "domain"]);
  const { clientId, domain, audience } = given;
  if (domain !== undefined) {
    requireOneOf("workos", given, ["audience"], known);
    return { issuer: `https://${domain}`, audience: audience as string };
  }
  return {
    issuer: `https://api.workos.com/user_management/${clientId}`,
    ...(audience === undefined ? { audience: false, clientId: clientId as string } : { audience }),
    keys: { jwksUri: `https://api.workos.com/sso/jwks/${clientId}` },
  };
}
