// ZITADEL: JWT access tokens for one project. Roles are the member names of an object.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, host, requireArguments, text } from "./_arguments.js";

/** A project of a ZITADEL instance. */
export interface ZitadelArguments {
  /** The instance's domain. */
  readonly domain: string;
  /** The id of the project that this API belongs to. Tokens name it as their audience. */
  readonly projectId: string;
}

const known: Arguments<ZitadelArguments> = {
  domain: host('"acme-x1y2z3.zitadel.cloud"'),
  projectId: text(/^\d+$/, "the project's id (digits)", '"69234237810729019"'),
};

/**
 * The issuer options of a ZITADEL project. Roles are those of this project, not of the client's
 * (`urn:zitadel:iam:org:project:<id>:roles`). Throws `ConfigError`.
 */
export function zitadel(given: ZitadelArguments): IssuerOptions {
  requireArguments("zitadel", given, known);
  const { domain, projectId } = given;
  return {
    issuer: `https://${domain}`,
    audience: projectId,
    claimNames: {
      roles: `urn:zitadel:iam:org:project:${projectId}:roles`,
      organization: "urn:zitadel:iam:user:resourceowner:id",
    },
    claimFormats: { roles: "keys" },
  };
}
