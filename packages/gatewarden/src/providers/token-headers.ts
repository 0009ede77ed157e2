// The headers in which identity-aware proxies forward tokens.

/**
 * For the guard's option `tokenFrom`: `{ header: tokenHeaders.googleIap }`. Trusted only from a
 * proxy that `trustProxy` names.
 */
export const tokenHeaders: {
  readonly cloudflareAccess: "cf-access-jwt-assertion";
  readonly googleIap: "x-goog-iap-jwt-assertion";
  readonly awsAlb: "x-amzn-oidc-accesstoken";
} = {
  cloudflareAccess: "cf-access-jwt-assertion",
  googleIap: "x-goog-iap-jwt-assertion",
  awsAlb: "x-amzn-oidc-accesstoken",
};
