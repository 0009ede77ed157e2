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
  terms: githubActions({ audience: "https://deploy.acme.com", owner: "acme", repositoryId: ["74", "75"] }),
  issuer,
  published: publish(issuer, `${issuer}/.well-known/jwks`),
  accepted: [
    { what: "a workflow's token", header: { x5t: "own-key" }, claims: run, grants: { organization: "acme" } },
    {
      what: "a workflow's token of the other repository",
      claims: { ...run, repository: "acme/stock", repository_id: "75" },
      grants: { organization: "acme" },
    },
  ],
  refused: [
    {
      what: "a stranger's workflow's token",
      claims: { ...run, repository: "mallory/x", repository_owner: "mallory", repository_id: "666" },
      reason: "claims_rejected",
    },
    {
      what: "a token of a stranger's repository of the same name",
      claims: { ...run, repository: "mallory/orders", repository_owner: "mallory" },
      reason: "claims_rejected",
    },
    {
      what: "a token of another repository of the owner's",
      claims: { ...run, repository: "acme/fork", repository_id: "76" },
      reason: "claims_rejected",
    },
    {
      what: "a token of an owner who took the name over after a rename",
      claims: { ...run, repository_id: "666" },
      reason: "claims_rejected",
    },
    {
      what: "a token without an owner",
      claims: { ...run, repository_owner: undefined },
      reason: "claims_rejected",
    },
    {
      what: "a token with a list of owners",
      claims: { ...run, repository_owner: ["acme"] },
      reason: "claims_rejected",
    },
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
    {
      what: "a stranger's workflow's token",
      claims: { ...run, repository: "mallory/x", repository_owner: "mallory" },
      reason: "claims_rejected",
      fix: "only if it is yours",
    },
  ],
  misused: [
    [() => githubActions({} as never), "githubActions.audience is missing"],
    [() => githubActions({ audience: "a" }), "githubActions.owner is missing; one of owner, ownerId, repository"],
    [() => githubActions({ audience: "a", owner: [] }), "githubActions.owner is an empty list"],
    [() => githubActions({ audience: "a", owner: "acme", ownerId: 7 as never }), "githubActions.ownerId is 7"],
  ],
  page: {
    configure: [
      'The job: `permissions: { id-token: write }`, and `core.getIDToken("https://deploy.acme.com")`.',
      "The preset: `owner`, `repository`, or their ids (`ownerId`, `repositoryId`), of which at least one must be given. Each that is given must hold.",
      'Endpoints that only some workflows may call: `claim("ref", "refs/heads/main")`, or another claim.',
    ],
    grants: "none; `repository_owner` → organization",
    example: 'githubActions({ audience: "https://deploy.acme.com", owner: "acme" })',
    caveats: [
      "**Any workflow of any account on GitHub can get a token for your audience.** That is why the preset demands an owner or a repository. It checks them in the terms' `claims`, in place of the guard's own schema: one that takes its place there must check them itself.",
      "Names of owners and repositories can be taken over after a rename. Their ids cannot.",
    ],
  },
};
