// Firebase's ID tokens, as "Verify ID tokens" of its documentation shows them.
import { firebase } from "../../../src/providers/providers.js";
import { firebaseWords } from "../../../src/providers/words/firebase.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://securetoken.google.com/acme-prod";
const user = {
  aud: "acme-prod",
  auth_time: 1_799_999_000,
  user_id: "Xk893R23H9SH893",
  sub: "Xk893R23H9SH893",
  email: "user@acme.com",
  email_verified: true,
  firebase: { identities: { email: ["user@acme.com"] }, sign_in_provider: "password" },
};

export const firebaseCase: ProviderCase = {
  preset: "firebase",
  words: firebaseWords,
  terms: firebase({ projectId: "acme-prod" }),
  issuer,
  published: publish(
    issuer,
    "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com",
  ),
  accepted: [
    { what: "a user's ID token", claims: user },
    {
      what: "a tenant's user's ID token with custom claims",
      claims: { ...user, roles: ["admin"], firebase: { ...user.firebase, tenant: "customer-a1b2c" } },
      grants: { roles: ["admin"], organization: "customer-a1b2c" },
    },
  ],
  refused: [
    {
      what: "another project's token, which has the same keys",
      claims: { ...user, iss: "https://securetoken.google.com/other-prod", aud: "other-prod" },
      reason: "issuer_untrusted",
    },
    { what: "a token for another project", claims: { ...user, aud: "other-prod" }, reason: "audience_mismatch" },
    {
      what: "a session cookie",
      claims: { ...user, iss: "https://session.firebase.google.com/acme-prod" },
      reason: "issuer_untrusted",
    },
    {
      what: "a custom token, which a server makes for signing in",
      claims: {
        iss: "firebase-adminsdk@acme-prod.iam.gserviceaccount.com",
        sub: "firebase-adminsdk@acme-prod.iam.gserviceaccount.com",
        aud: "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit",
        uid: "Xk893R23H9SH893",
      },
      reason: "issuer_untrusted",
    },
  ],
  explained: [
    {
      what: "another project's token, which has the same keys",
      claims: { ...user, iss: "https://securetoken.google.com/other-prod", aud: "other-prod" },
      reason: "issuer_untrusted",
      fix: "with the project that the client is configured for",
    },
  ],
  misused: [
    [() => firebase({ projectId: "Acme Prod" }), 'firebase.projectId is "Acme Prod"; it must be the project\'s id'],
    [() => firebase({ projectId: 123_456 as never }), "firebase.projectId is 123456"],
  ],
  page: {
    configure: ["Custom claims with the Admin SDK: `roles` or `permissions`, each a list of text."],
    grants: "`roles`, `permissions` among custom claims, `firebase.tenant` → organization",
    example: 'firebase({ projectId: "acme-prod" })',
    caveats: [
      "The ID token is what Firebase documents as the credential for one's own backend: the preset sets `allowIdTokens`.",
      "All projects sign with the same keys. Only `iss` and `aud` tell them apart, and both are checked.",
      "Anonymous users have tokens as well: `firebase.sign_in_provider` is `anonymous` then.",
      "Session cookies are another kind, with another issuer.",
    ],
  },
};
