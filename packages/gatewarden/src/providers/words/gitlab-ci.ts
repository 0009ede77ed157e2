// Facts about GitLab CI/CD.
import type { ProviderWords } from "./provider-words.js";

export const gitlabCiWords: ProviderWords = {
  name: "GitLab CI",
  preset: "gitlabCi",
  marks: { host: /^gitlab\.com$/, claims: ["ci_config_ref_uri", "pipeline_source"] },
  sharesKeys: true,
  fixes: {
    audience_mismatch: 'Let the job ask for this API\'s audience: `id_tokens: { API_TOKEN: { aud: "{audience}" } }`.',
    issuer_untrusted:
      "`iss` is the address of the GitLab instance, without a slash at the end: pass it as `url` to `gitlabCi` of `gatewarden/providers`.",
    claims_rejected:
      "The job belongs to another group or project than `gitlabCi` was given. List its group or project only if it is yours: every job of the instance can get a token for this API's audience.",
    organization_mismatch:
      "The job's project belongs to another group (`namespace_path`). Every job of the instance can get a token for this API's audience.",
    permission_missing: 'Jobs carry no permissions: require `organization(…)` and `claim("project_path", …)`.',
    role_missing: 'Jobs carry no roles: require `organization(…)` and `claim("project_path", …)`.',
    expired:
      "An ID token of a job lives as long as the job, or five minutes where it has no timeout: start the job again.",
  },
  documentation: ["https://docs.gitlab.com/ci/secrets/id_token_authentication"],
};
