// Google's identity tokens, as "Verify the Google ID token on your server side" shows them.
import { google } from "../../../src/providers/providers.js";
import { googleWords } from "../../../src/providers/words/google.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://accounts.google.com";
const jwksUri = "https://www.googleapis.com/oauth2/v3/certs";
const client = "1234987819200.apps.googleusercontent.com";
const user = {
  azp: client,
  aud: client,
  sub: "10769150350006150715113082367",
  at_hash: "HK6E_P6Dh8Y93mRNtsDB1Q",
  hd: "acme.com",
  email: "jsmith@acme.com",
  email_verified: true,
  nonce: "0394852-3190485-2490358",
};

export const googleCase: ProviderCase = {
  preset: "google",
  words: googleWords,
  terms: google({ audience: [client, "https://orders-abc.a.run.app"] }),
  issuer,
  published: publish(issuer, jwksUri),
  accepted: [
    { what: "a user's identity token", claims: user, grants: { organization: "acme.com" } },
    {
      what: "a service account's identity token for this service",
      claims: {
        azp: "113774264463038321964",
        aud: "https://orders-abc.a.run.app",
        sub: "113774264463038321964",
        email: "worker@acme-prod.iam.gserviceaccount.com",
        email_verified: true,
      },
    },
  ],
  refused: [
    {
      what: "another client's identity token",
      claims: { ...user, aud: "5678.apps.googleusercontent.com" },
      reason: "audience_mismatch",
    },
    {
      what: "an identity token for another service",
      claims: { ...user, aud: "https://billing-abc.a.run.app" },
      reason: "audience_mismatch",
    },
    {
      what: "a Firebase token",
      claims: { ...user, iss: "https://securetoken.google.com/acme-prod" },
      reason: "issuer_untrusted",
    },
    {
      what: "a token of `accounts.google.com` without https",
      claims: { ...user, iss: "accounts.google.com" },
      reason: "issuer_untrusted",
    },
  ],
  explained: [
    {
      what: "another client's identity token",
      claims: { ...user, aud: "5678.apps.googleusercontent.com" },
      reason: "audience_mismatch",
      fix: "`aud` is the OAuth client id",
    },
  ],
  misused: [
    [() => google({} as never), "google.audience is missing"],
    [
      () => google({ audience: client, isSchemeless: "yes" as never }),
      'google.isSchemeless is "yes"; it must be true or false',
    ],
  ],
  page: {
    configure: [
      "APIs & Services → Credentials: the OAuth client id that users log in with is the audience.",
      "Between services (Cloud Run, scheduled calls): the audience is the URL that the caller asks a token for.",
    ],
    grants: "none; `hd` → organization",
    example: 'google({ audience: "1234987819200.apps.googleusercontent.com" })',
    caveats: [
      "Identity tokens are ID tokens, which Google documents as what a backend is sent: the preset sets `allowIdTokens`. They say who logged in and grant nothing.",
      'Anybody with a Google account can log in. `organization("acme.com")` lets only users of a Workspace domain in.',
      "Google also writes `accounts.google.com` as issuer: list the preset a second time, with `isSchemeless: true`.",
      "Google's access tokens are opaque and for Google's own APIs.",
    ],
  },
};

/** Without a scheme in the issuer. */
export const googleSchemelessCase: ProviderCase = {
  ...googleCase,
  terms: google({ audience: client, isSchemeless: true }),
  issuer: "accounts.google.com",
  published: publish(issuer, jwksUri),
  accepted: [
    { what: "a user's identity token of `accounts.google.com`", claims: user, grants: { organization: "acme.com" } },
  ],
  refused: [
    {
      what: "a token of another issuer without scheme",
      claims: { ...user, iss: "accounts.google.com.evil.example" },
      reason: "issuer_untrusted",
    },
  ],
  explained: [],
  misused: [],
};
