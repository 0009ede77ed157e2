// Application tokens of Cloudflare Access, as "Application token" of its documentation shows them.
import { cloudflareAccess } from "../../../src/providers/providers.js";
import { cloudflareAccessWords } from "../../../src/providers/words/cloudflare-access.js";
import { ownKeys, type ProviderCase } from "../_provider-cases.js";

const issuer = "https://acme.cloudflareaccess.com";
const tag = "32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228";
const user = {
  aud: [tag],
  email: "user@acme.com",
  type: "app",
  identity_nonce: "6ei69kawdKzMIAPF",
  sub: "7335d417-61da-459d-899c-0a01c76a2f94",
  country: "US",
};

export const cloudflareAccessCase: ProviderCase = {
  preset: "cloudflareAccess",
  words: cloudflareAccessWords,
  terms: cloudflareAccess({ team: "acme", audience: tag }),
  issuer,
  published: { [`${issuer}/cdn-cgi/access/certs`]: ownKeys },
  accepted: [
    { what: "a user's application token", claims: user },
    {
      what: "a service token's application token",
      claims: { aud: tag, type: "app", common_name: "e367826f93b8d71185e03fe518aff3b4.access", sub: "" },
    },
  ],
  refused: [
    { what: "another application's token", claims: { ...user, aud: ["0".repeat(64)] }, reason: "audience_mismatch" },
    {
      what: "another team's token",
      claims: { ...user, iss: "https://other.cloudflareaccess.com" },
      reason: "issuer_untrusted",
    },
    {
      what: "an ID token of Access as identity provider",
      claims: { aud: tag, nonce: "n", at_hash: "h" },
      reason: "id_token",
    },
  ],
  explained: [
    {
      what: "another application's token",
      claims: { ...user, aud: ["0".repeat(64)] },
      reason: "audience_mismatch",
      fix: "AUD tag",
    },
  ],
  misused: [
    [
      () => cloudflareAccess({ team: "acme.cloudflareaccess.com", audience: tag }),
      'cloudflareAccess.team is "acme.cloudflareaccess.com"',
    ],
  ],
  page: {
    configure: [
      "Access controls → Applications → the application → Basic information: the AUD tag is the audience.",
      "The guard: `tokenFrom: { header: tokenHeaders.cloudflareAccess }`, and `trustProxy` with the tunnel or Cloudflare's addresses.",
    ],
    grants: "none",
    example:
      'cloudflareAccess({\n    team: "acme",\n    audience: "32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228",\n  })',
    imports: ["tokenHeaders"],
    options: ["tokenFrom: { header: tokenHeaders.cloudflareAccess },", 'trustProxy: { addresses: ["10.0.0.0/8"] },'],
    caveats: [
      "Tokens say who came (`email`, or `common_name` of a service token), and grant nothing: the application's policies decide.",
    ],
  },
};
