// Stytch: session JWTs of one project, and access tokens of its connected apps.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, host, oneOf, optional, requireArguments, text } from "./_arguments.js";

/** A project. */
export interface StytchArguments {
  readonly projectId: string;
  /** The project's kind. Default `consumer`. */
  readonly vertical?: "consumer" | "b2b";
  /** The project's custom domain, if tokens name it as their issuer. */
  readonly domain?: string;
}

const known: Arguments<StytchArguments> = {
  projectId: text(
    /^project-(live|test)-[\da-f-]+$/,
    "the project's id",
    '"project-live-16d9ba61-97a1-4ba4-9720-b03761dc50c6"',
  ),
  vertical: optional(oneOf("consumer", "b2b")),
  domain: optional(host('"login.acme.com"')),
};

const sessionKeys = { consumer: "sessions", b2b: "b2b/sessions" } as const;

/**
 * The issuer options of a Stytch project: `scope`, roles of the session, the organization of the
 * member. Throws `ConfigError`.
 */
export function stytch(given: StytchArguments): IssuerOptions {
  requireArguments("stytch", given, known);
  const { projectId, vertical = "consumer", domain } = given;
  const api = projectId.startsWith("project-test-") ? "test.stytch.com" : "api.stytch.com";
  return {
    issuer: domain === undefined ? `stytch.com/${projectId}` : `https://${domain}`,
    audience: projectId,
    keys: {
      jwksUri:
        domain === undefined
          ? `https://${api}/v1/${sessionKeys[vertical]}/jwks/${projectId}`
          : `https://${domain}/.well-known/jwks.json`,
    },
    claimNames: {
      roles: ["https://stytch.com/session", "roles"],
      organization: ["https://stytch.com/organization", "organization_id"],
    },
  };
}
