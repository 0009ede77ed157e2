// GitLab CI/CD: ID tokens of jobs, which GitLab documents as their credential for other services.
import type { IssuerOptions } from "../configuration/options.js";
import { type Arguments, audience, baseUrl, optional, requireArguments, trimSlash } from "./_arguments.js";

/** The audience of job tokens. */
export interface GitlabCiArguments {
  /** The `aud` of the job's `id_tokens`. */
  readonly audience: string | readonly string[];
  /** The address of the instance. Default `https://gitlab.com`. */
  readonly url?: string;
}

const known: Arguments<GitlabCiArguments> = {
  audience: { ...audience, example: '"https://deploy.acme.com"' },
  url: optional(baseUrl('"https://gitlab.acme.com"')),
};

/**
 * The issuer options of GitLab's jobs. Any job on GitLab can request a token for any audience.
 * Endpoints must therefore require the organization (`namespace_path`), or a claim such as
 * `project_path`. Throws `ConfigError`.
 */
export function gitlabCi(given: GitlabCiArguments): IssuerOptions {
  requireArguments("gitlabCi", given, known);
  const { audience, url = "https://gitlab.com" } = given;
  return { issuer: trimSlash(url), audience, claimNames: { organization: "namespace_path" } };
}
