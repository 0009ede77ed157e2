// OIDC tokens of GitHub Actions, as "OpenID Connect reference" of its documentation shows them.
import { githubActions } from "../../../src/providers/providers.js";
import { githubActionsWords } from "../../../src/providers/words/github-actions.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://token.actions.githubusercontent.com";
const run = {
  jti: "example-id",
  sub: "repo:acme/orders:environment:prod",
  aud: "https://deploy.acme.com",
  ref: "refs/heads/main",
  repository: "acme/orders",
  repository_owner: "acme",
  repository_id: "74",
  actor: "octocat",
  workflow: "deploy",
  job_workflow_ref: "acme/automation/.github/workflows/oidc.yml@refs/heads/main",
};

export const githubActionsCase: ProviderCase = {
  preset: "githubActions",
  words: githubActionsWords,
  terms: githubActions({ audience: "https://deploy.acme.com" }),
  issuer,
  published: publish(issuer, `${issuer}/.well-known/jwks`),
  accepted: [
    { what: "a workflow's token", header: { x5t: "own-key" }, claims: run, grants: { organization: "acme" } },
    {
      what: "a stranger's workflow's token, whose organization is its own",
      claims: { ...run, repository: "mallory/x", repository_owner: "mallory" },
      grants: { organization: "mallory" },
    },
  ],
  refused: [
    {
      what: "a token for the default audience",
      claims: { ...run, aud: "https://github.com/acme" },
      reason: "audience_mismatch",
    },
    {
      what: "a token of an Enterprise server",
      claims: { ...run, iss: "https://github.acme.com/_services/token" },
      reason: "issuer_untrusted",
    },
  ],
  explained: [
    {
      what: "a token for the default audience",
      claims: { ...run, aud: "https://github.com/acme" },
      reason: "audience_mismatch",
      fix: 'core.getIDToken("https://deploy.acme.com")',
    },
  ],
  misused: [[() => githubActions({} as never), "githubActions.audience is missing"]],
  page: {
    configure: [
      'The job: `permissions: { id-token: write }`, and `core.getIDToken("https://deploy.acme.com")`.',
      'Every endpoint: `organization("acme")`, or a claim such as `claim("repository", "acme/orders")`.',
    ],
    grants: "none; `repository_owner` → organization",
    example: 'githubActions({ audience: "https://deploy.acme.com" })',
    caveats: [
      "**Any workflow of anybody on GitHub can get a token for your audience.** A valid token alone says nothing: require the owner or the repository everywhere.",
      'Names of owners and repositories can be taken over after a rename: `claim("repository_owner_id", …)` cannot.',
    ],
  },
};
