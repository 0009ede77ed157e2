// GitLab CI/CD: ID tokens of jobs, which GitLab documents as their credential for other services.
import type { AccessTokenClaims } from "../auth.js";
import type { IssuerOptions } from "../configuration/options.js";
import {
  type Arguments,
  audience,
  baseUrl,
  optional,
  requireArguments,
  requireOneOf,
  texts,
  trimSlash,
} from "./_arguments.js";
import { createOwnerSchema, pickRules } from "./_owner-schema.js";

/** Whom jobs' tokens are for, and whose jobs may come: one of the last four at least. */
export interface GitlabCiArguments {
  /** The `aud` of the job's `id_tokens`. */
  readonly audience: string | readonly string[];
  /** The address of the instance. Default `https://gitlab.com`. */
  readonly url?: string;
  /** The groups or users whose projects may come (`namespace_path`), with the groups below them. */
  readonly group?: string | readonly string[];
  /**
   * The same by id (`namespace_id`), without the groups below. It stays when names are taken over.
   */
  readonly groupId?: string | readonly string[];
  /** The projects that may come (`project_path`), with their groups. */
  readonly project?: string | readonly string[];
  /** The same by id (`project_id`). */
  readonly projectId?: string | readonly string[];
}

const known: Arguments<GitlabCiArguments> = {
  audience: { ...audience, example: '"https://deploy.acme.com"' },
  url: optional(baseUrl('"https://gitlab.acme.com"')),
  group: optional(texts("the path of a group, or a list", '"acme"')),
  groupId: optional(texts("the id of a group as text, or a list", '"72"')),
  project: optional(texts("the path of a project with its groups, or a list", '"acme/orders"')),
  projectId: optional(texts("the id of a project as text, or a list", '"20"')),
};

/** The group, or one below it. */
function toGroupRule(given: string | readonly string[]): (path: string) => boolean {
  const groups = [given].flat();
  return (path) => groups.some((group) => path === group || path.startsWith(`${group}/`));
}

/**
 * The terms of GitLab's jobs. Any job of the instance can request a token for any audience, so a
 * group or a project must be given; where several are, each must hold. Tokens of others are refused
 * with `claims_rejected`. The check stands in the terms' `claims`: a schema in its place takes it
 * away. Throws `ConfigError`.
 */
export function gitlabCi(given: GitlabCiArguments): IssuerOptions<AccessTokenClaims> {
  requireArguments("gitlabCi", given, known);
  requireOneOf("gitlabCi", given, ["group", "groupId", "project", "projectId"], known);
  const { audience, url = "https://gitlab.com" } = given;
  const rules = pickRules([
    ["namespace_path", given.group, toGroupRule],
    ["namespace_id", given.groupId],
    ["project_path", given.project],
    ["project_id", given.projectId],
  ]);
  return {
    issuer: trimSlash(url),
    audience,
    claims: createOwnerSchema(rules),
    claimNames: { organization: "namespace_path" },
  };
}
