// The headers in which identity-aware proxies pass tokens on.

/**
 * For the guard's option `tokenFrom`: `{ header: tokenHeaders.googleIap }`. Believed only from a
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
