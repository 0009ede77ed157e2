// Facts about AWS Application Load Balancers that log users in.
import type { ProviderWords } from "./provider-words.js";

export const awsAlbWords: ProviderWords = {
  name: "AWS Application Load Balancer",
  preset: "awsAlb",
  marks: {},
  headers: ["x-amzn-oidc-accesstoken", "x-amzn-oidc-data"],
  fixes: {
    credentials_missing:
      'Give the guard `tokenFrom: { header: "x-amzn-oidc-accesstoken" }` with `trustProxy`, and the terms of the provider behind the load balancer as issuer: that header is the provider\'s own access token. `x-amzn-oidc-data` is no JWT of RFC 7515: its parts are padded, it names no audience, and its keys are in no key set.',
  },
  documentation: [
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html",
    "https://github.com/awsdocs/elb-application-load-balancers-user-guide/issues/42",
  ],
};
