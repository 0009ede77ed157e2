// GitHub Actions: OIDC tokens of workflows.
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

/** Whom workflows' tokens are for, and whose workflows may come: one of the last four at least. */
export interface GithubActionsArguments {
  /** The audience that workflows request (`core.getIDToken(audience)`). */
  readonly audience: string | readonly string[];
  /**
   * The issuer of a GitHub Enterprise server: `https://<host>/_services/token`. Default: that of
   * github.com.
   */
  readonly issuer?: string;
  /** The accounts whose repositories may come (`repository_owner`), letter for letter. */
  readonly owner?: string | readonly string[];
  /** The same by id (`repository_owner_id`), which stays when names are taken over. */
  readonly ownerId?: string | readonly string[];
  /** The repositories that may come (`repository`), with their owner. */
  readonly repository?: string | readonly string[];
  /** The same by id (`repository_id`). */
  readonly repositoryId?: string | readonly string[];
}

const known: Arguments<GithubActionsArguments> = {
  audience: { ...audience, example: '"https://deploy.acme.com"' },
  issuer: optional(baseUrl('"https://github.acme.com/_services/token"')),
  owner: optional(texts("the name of an account, or a list", '"acme"')),
  ownerId: optional(texts("the id of an account as text, or a list", '"9919"')),
  repository: optional(texts("owner and repository, or a list", '"acme/orders"')),
  repositoryId: optional(texts("the id of a repository as text, or a list", '"74"')),
};

/**
 * The terms of GitHub's workflows. Any workflow of any account can request a token for any
 * audience, so an owner or a repository must be given; where several are, each must hold. Tokens
 * of others are refused with `claims_rejected`. The check stands in the terms' `claims`: a schema
 * in its place takes it away. Throws `ConfigError`.
 */
export function githubActions(given: GithubActionsArguments): IssuerOptions<AccessTokenClaims> {
  requireArguments("githubActions", given, known);
  requireOneOf("githubActions", given, ["owner", "ownerId", "repository", "repositoryId"], known);
  const { audience, issuer = "https://token.actions.githubusercontent.com" } = given;
  const rules = pickRules([
    ["repository_owner", given.owner],
    ["repository_owner_id", given.ownerId],
    ["repository", given.repository],
    ["repository_id", given.repositoryId],
  ]);
  return {
    issuer: trimSlash(issuer),
    audience,
    claims: createOwnerSchema(rules),
    claimNames: { organization: "repository_owner" },
  };
}
