// Tokens of Amazon Cognito, as "Using the access token" of its documentation shows them.
import { cognito } from "../../../src/providers/providers.js";
import { cognitoWords } from "../../../src/providers/words/cognito.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_example";
const jwksUri = `${issuer}/.well-known/jwks.json`;
const client = "57cbishk4j24pabc1234567890";
const user = {
  sub: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
  "cognito:groups": ["admin"],
  token_use: "access",
  scope: "openid orders/read",
  auth_time: 1_799_999_000,
  origin_jti: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
  jti: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
  client_id: client,
  username: "janedoe@example.com",
};
const idToken = {
  aud: client,
  token_use: "id",
  "cognito:username": "janedoe",
  at_hash: "vP9uS0lrPlBVA7JIZ1hFmQ",
  email: "janedoe@example.com",
};
const header = { typ: undefined };
const given = { region: "us-west-2", userPoolId: "us-west-2_example" };

export const cognitoCase: ProviderCase = {
  preset: "cognito",
  words: cognitoWords,
  terms: cognito({ ...given, clientId: client }),
  issuer,
  published: publish(issuer, jwksUri),
  accepted: [
    {
      what: "a user's access token",
      header,
      claims: user,
      grants: { scopes: ["openid", "orders/read"], roles: ["admin"] },
    },
    {
      what: "a machine's access token",
      header,
      claims: { token_use: "access", client_id: client, sub: client, scope: "orders/read" },
      grants: { scopes: ["orders/read"] },
    },
  ],
  refused: [
    { what: "an ID token", header, claims: idToken, reason: "id_token" },
    { what: "an ID token without at_hash", header, claims: { ...idToken, at_hash: undefined }, reason: "id_token" },
    {
      what: "another app client's token",
      header,
      claims: { ...user, client_id: "other" },
      reason: "client_mismatch",
    },
    { what: "a token without client_id", header, claims: { ...user, client_id: undefined }, reason: "claim_missing" },
    {
      what: "another user pool's token",
      header,
      claims: { ...user, iss: "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_other" },
      reason: "issuer_untrusted",
    },
  ],
  explained: [
    { what: "an ID token", header, claims: idToken, reason: "id_token", fix: "`token_use: access`" },
    {
      what: "another app client's token",
      header,
      claims: { ...user, client_id: "other" },
      reason: "client_mismatch",
      fix: "another app client's",
    },
  ],
  misused: [
    [
      () => cognito({ ...given, region: "Frankfurt", clientId: client }),
      'cognito.region is "Frankfurt"; it must be a region of AWS',
    ],
    [
      () => cognito({ ...given, region: "eu-central-1", clientId: client }),
      'cognito.userPoolId is "us-west-2_example"; it must begin with its region',
    ],
    [() => cognito(given), "cognito.clientId is missing; one of clientId, audience must be given"],
    [() => cognito({ ...given, clientId: "" }), 'cognito.clientId is ""'],
  ],
  page: {
    configure: [
      "App clients of the user pool: their ids are what tokens are checked by, since access tokens have no `aud`.",
      "Resource servers: custom scopes, named `<resource server>/<scope>`, and allowed for the app client.",
      "Where clients request this API as `resource`, tokens have an `aud`: pass `audience` as well.",
    ],
    grants: "`scope`, `cognito:groups` → roles",
    example:
      'cognito({\n    region: "eu-central-1",\n    userPoolId: "eu-central-1_AbCdEf123",\n    clientId: "57cbishk4j24pabc1234567890",\n  })',
    caveats: [
      "Every API of the user pool accepts the tokens of a client that it lists: keep APIs apart by scopes, or by `audience`.",
    ],
  },
};

/** With a resource. */
export const cognitoAudienceCase: ProviderCase = {
  ...cognitoCase,
  terms: cognito({ ...given, audience: "https://api.acme.com" }),
  accepted: [
    {
      what: "an access token for a requested resource",
      header,
      claims: { ...user, aud: "https://api.acme.com" },
      grants: { scopes: ["openid", "orders/read"], roles: ["admin"] },
    },
  ],
  refused: [
    { what: "an access token without a resource", header, claims: user, reason: "claim_missing" },
    { what: "an ID token", header, claims: idToken, reason: "id_token" },
  ],
  explained: [
    {
      what: "an access token without a resource",
      header,
      claims: user,
      reason: "claim_missing",
      fix: "requests this API as `resource`",
    },
  ],
  misused: [],
};
