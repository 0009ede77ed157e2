// Facts about GitHub Actions.
import type { ProviderWords } from "./provider-words.js";

export const githubActionsWords: ProviderWords = {
  name: "GitHub Actions",
  preset: "githubActions",
  marks: {
    host: /^token\.actions\.githubusercontent\.com$/,
    path: /\/_services\/token\/?$/,
    claims: ["job_workflow_ref"],
  },
  sharesKeys: true,
  fixes: {
    audience_mismatch:
      "Let the workflow request this API's audience: `core.getIDToken(\"{audience}\")`, or `&audience={audience}` with ACTIONS_ID_TOKEN_REQUEST_URL. The default is the URL of the repository's owner.",
    claims_rejected:
      "The workflow belongs to another owner or repository than `githubActions` was given. List its owner or repository only if it is yours: every workflow on GitHub can get a token for this API's audience.",
    credentials_missing:
      "Give the job `permissions: { id-token: write }`, and send the token as `Authorization: Bearer`.",
    organization_mismatch:
      "The workflow's repository belongs to another owner (`repository_owner`). Every workflow on GitHub can get a token for this API's audience.",
    permission_missing: 'Workflows carry no permissions: require `organization(…)` and `claim("repository", …)`.',
    role_missing: 'Workflows carry no roles: require `organization(…)` and `claim("repository", …)`.',
    expired: "Tokens of workflows live for a few minutes: request one right before the call.",
  },
  documentation: [
    "https://docs.github.com/en/actions/reference/security/oidc",
    "https://docs.github.com/en/enterprise-server@3.19/actions/reference/security/oidc",
  ],
};
