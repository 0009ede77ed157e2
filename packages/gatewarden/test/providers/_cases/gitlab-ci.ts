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
  terms: gitlabCi({ audience: "https://deploy.acme.com" }),
  issuer,
  published: publish(issuer, `${issuer}/oauth/discovery/keys`),
  accepted: [
    { what: "a job's ID token", claims: job, grants: { organization: "acme" } },
    {
      what: "a stranger's job's ID token, whose organization is its own",
      claims: { ...job, namespace_path: "mallory", project_path: "mallory/x" },
      grants: { organization: "mallory" },
    },
  ],
  refused: [
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
  ],
  misused: [[() => gitlabCi({ audience: "a", url: "gitlab.acme.com" }), 'gitlabCi.url is "gitlab.acme.com"']],
  page: {
    configure: [
      'The job: `id_tokens: { API_TOKEN: { aud: "https://deploy.acme.com" } }`.',
      'Every endpoint: `organization("acme")`, or a claim such as `claim("project_path", "acme/orders")`.',
    ],
    grants: "none; `namespace_path` → organization",
    example: 'gitlabCi({ audience: "https://deploy.acme.com" })',
    caveats: [
      "**Any job of anybody at gitlab.com can get a token for your audience.** A valid token alone says nothing: require the group or the project everywhere.",
      "In merge requests from forks, `project_path` and `namespace_path` are the fork's.",
    ],
  },
};
