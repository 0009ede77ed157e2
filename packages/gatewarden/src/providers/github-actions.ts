// GitHub Actions: OIDC tokens of workflows.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, baseUrl, optional, requireArguments, trimSlash } from "./_arguments.js";

/** The audience of workflow tokens. */
export interface GithubActionsArguments {
  /** The audience that workflows request (`core.getIDToken(audience)`). */
  readonly audience: string | readonly string[];
  /**
   * The issuer of a GitHub Enterprise server: `https://<host>/_services/token`. Default: that of
   * github.com.
   */
  readonly issuer?: string;
}

const known: Arguments<GithubActionsArguments> = {
  audience: { ...audience, example: '"https://deploy.acme.com"' },
  issuer: optional(baseUrl('"https://github.acme.com/_services/token"')),
};

/**
 * The issuer options of GitHub's workflows. Any workflow on GitHub can request a token for any
 * audience. Endpoints must therefore require the organization (`repository_owner`), or a claim such
 * as `repository`. Throws `ConfigError`.
 */
export function githubActions(given: GithubActionsArguments): IssuerOptions {
  requireArguments("githubActions", given, known);
  const { audience, issuer = "https://token.actions.githubusercontent.com" } = given;
  return { issuer: trimSlash(issuer), audience, claimNames: { organization: "repository_owner" } };
}
