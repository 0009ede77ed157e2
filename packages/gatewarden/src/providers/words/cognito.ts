// Facts about Amazon Cognito.
import type { ProviderWords } from "./provider-words.js";

const clientCheck =
  "Cognito's access tokens name the app client in `client_id`, which is what AWS says to check: use `cognito` of `gatewarden/providers`, or set `audience: false` and `clientId`. They carry `aud` only when a resource was requested";

export const cognitoWords: ProviderWords = {
  name: "Amazon Cognito",
  preset: "cognito",
  marks: {
    host: /^cognito-idp\.[\w-]+\.amazonaws\.com(\.cn)?$/,
    claims: ["token_use", "cognito:username"],
  },
  discoveryHint: "At Cognito, the issuer is https://cognito-idp.<region>.amazonaws.com/<user pool id>.",
  fixes: {
    claim_missing: `${clientCheck}: then the client requests this API as \`resource\` (RFC 8707).`,
    audience_mismatch: `An \`aud\` that is the app client's id is the mark of the ID token: send the access token. ${clientCheck}, with \`resource={audience}\`.`,
    client_mismatch:
      "The token is another app client's: list its id in `clientId` only if tokens of that client are meant to be accepted here.",
    id_token: "Send the access token (`token_use: access`), the value of `access_token`.",
    role_missing: 'Groups stand in `cognito:groups`: set `claimNames: { roles: "cognito:groups" }`.',
    permission_missing:
      "Cognito writes no `permissions`: define a resource server with custom scopes and require `scope(…)`.",
    scope_missing:
      "Define the scope on a resource server of the user pool (it is named `<resource server>/<scope>`), allow it for the app client, and request it. Tokens of a login by SDK carry `aws.cognito.signin.user.admin` only.",
  },
  documentation: [
    "https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html",
    "https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html",
    "https://docs.aws.amazon.com/verifiedpermissions/latest/userguide/cognito-validation.html",
  ],
};
