// What an AWS Application Load Balancer passes on: the access token of the provider behind it, here
// Cognito's.
import { awsAlb, cognito } from "../../../src/providers/providers.js";
import { awsAlbWords } from "../../../src/providers/words/aws-alb.js";
import { type ProviderCase, publish } from "../_provider-cases.js";

const issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123";
const provider = cognito({ region: "eu-central-1", userPoolId: "eu-central-1_AbCdEf123", clientId: "alb-client" });
const user = { token_use: "access", client_id: "alb-client", scope: "openid", jti: "1", username: "jane" };

export const awsAlbCase: ProviderCase = {
  preset: "awsAlb",
  words: awsAlbWords,
  terms: awsAlb({ provider }),
  issuer,
  published: publish(issuer, `${issuer}/.well-known/jwks.json`),
  accepted: [
    { what: "the provider's access token (`x-amzn-oidc-accesstoken`)", claims: user, grants: { scopes: ["openid"] } },
  ],
  refused: [
    {
      what: "the load balancer's own token (`x-amzn-oidc-data`)",
      header: { alg: "ES256", kid: "12345678-1234-1234-1234-123456789012", client: "alb-client", signer: "arn:aws:…" },
      claims: { username: "jane", iat: undefined },
      reason: "key_unknown",
    },
    { what: "another client's access token", claims: { ...user, client_id: "other" }, reason: "client_mismatch" },
    { what: "the provider's ID token", claims: { aud: "alb-client", token_use: "id" }, reason: "id_token" },
  ],
  explained: [],
  misused: [[() => awsAlb({} as never), "awsAlb.provider is missing; it must be the terms of the provider"]],
  page: {
    configure: [
      "The listener's rule: authenticate with Cognito or an OIDC provider, requesting this API's scopes.",
      "The guard: `tokenFrom: { header: tokenHeaders.awsAlb }`, and `trustProxy` with the load balancer's addresses.",
    ],
    grants: "as the provider",
    imports: ["cognito", "tokenHeaders"],
    example:
      'awsAlb({\n    provider: cognito({\n      region: "eu-central-1",\n      userPoolId: "eu-central-1_AbCdEf123",\n      clientId: "57cbishk4j24pabc1234567890",\n    }),\n  })',
    options: ["tokenFrom: { header: tokenHeaders.awsAlb },", 'trustProxy: { addresses: ["10.0.0.0/8"] },'],
    caveats: [
      "`x-amzn-oidc-data` cannot be verified as a JWT: its parts are padded (against RFC 7515 §2), it names no audience, and its keys are PEM files, one per `kid`.",
      "`x-amzn-oidc-identity` is plain text: never trust it alone.",
    ],
  },
};
