// ID tokens of GitLab CI/CD jobs, as "OpenID Connect (OIDC) Authentication Using ID Tokens" of its
// documentation shows them.
import { gitlabCi } from "../../../src/providers/providers.js";
import { gitlabCiWords } from "../../../src/providers/words/gitlab-ci.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://gitlab.com";
const job = {
  jti: "235b3a54-b797-45c7-ae9a-f72d7bc6ef5b",
  sub: "project_path:acme/orders:ref_type:branch:ref:main",
  aud: "https://deploy.acme.com",
  namespace_id: "72",
  namespace_path: "acme",
  project_id: "20",
  project_path: "acme/orders",
  user_login: "alice",
  pipeline_source: "web",
  ref: "main",
  ref_protected: "true",
};

export const gitlabCiCase: ProviderCase = {
  preset: "gitlabCi",
  words: gitlabCiWords,
  terms: gitlabCi({ audience: "https://deploy.acme.com", group: "acme" }),
  issuer,
  published: publish(issuer, `${issuer}/oauth/discovery/keys`),
  accepted: [
    { what: "a job's ID token", claims: job, grants: { organization: "acme" } },
    {
      what: "a job's ID token of a group below",
      claims: { ...job, namespace_path: "acme/platform", project_path: "acme/platform/orders" },
      grants: { organization: "acme/platform" },
    },
  ],
  refused: [
    {
      what: "a stranger's job's ID token",
      claims: { ...job, namespace_path: "mallory", project_path: "mallory/acme" },
      reason: "claims_rejected",
    },
    {
      what: "one of a group whose name only begins alike",
      claims: { ...job, namespace_path: "acme-evil", project_path: "acme-evil/orders" },
      reason: "claims_rejected",
    },
    {
      what: "one of a stranger's group of the same name below another",
      claims: { ...job, namespace_path: "mallory/acme", project_path: "mallory/acme/orders" },
      reason: "claims_rejected",
    },
    {
      what: "one without a group",
      claims: { ...job, namespace_path: undefined },
      reason: "claims_rejected",
    },
    {
      what: "an ID token for another service",
      claims: { ...job, aud: "vault" },
      reason: "audience_mismatch",
    },
    {
      what: "an ID token of a login at GitLab",
      claims: { aud: "client", nonce: "n", auth_time: 1 },
      reason: "id_token",
    },
    {
      what: "another instance's token",
      claims: { ...job, iss: "https://gitlab.acme.com" },
      reason: "issuer_untrusted",
    },
  ],
  explained: [
    {
      what: "an ID token for another service",
      claims: { ...job, aud: "vault" },
      reason: "audience_mismatch",
      fix: 'aud: "https://deploy.acme.com"',
    },
    {
      what: "a stranger's job's ID token",
      claims: { ...job, namespace_path: "mallory", project_path: "mallory/acme" },
      reason: "claims_rejected",
      fix: "only if it is yours",
    },
  ],
  misused: [
    [() => gitlabCi({ audience: "a", url: "gitlab.acme.com", group: "a" }), 'gitlabCi.url is "gitlab.acme.com"'],
    [() => gitlabCi({ audience: "a" }), "gitlabCi.group is missing; one of group, groupId, project"],
    [() => gitlabCi({ audience: "a", group: "" }), 'gitlabCi.group is ""'],
  ],
  page: {
    configure: [
      'The job: `id_tokens: { API_TOKEN: { aud: "https://deploy.acme.com" } }`.',
      "The preset: `group`, `project`, or their ids (`groupId`, `projectId`), of which at least one must be given. Each that is given must hold.",
      'Endpoints that only some jobs may call: `claim("ref_protected", "true")`, or another claim.',
    ],
    grants: "none; `namespace_path` → organization",
    example: 'gitlabCi({ audience: "https://deploy.acme.com", group: "acme" })',
    caveats: [
      "**Any job of any account at gitlab.com can get a token for your audience.** That is why the preset demands a group or a project. It checks them in the terms' `claims`, in place of the guard's own schema: one that takes its place there must check them itself.",
      "In merge requests from forks, `project_path` and `namespace_path` are the fork's.",
    ],
  },
};
