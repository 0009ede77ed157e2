// AWS Application Load Balancer: it logs users in, and forwards the access token of their provider
// in a header.
import type { IssuerOptions } from "../configuration/options.js";
import { type Argument, type Arguments, requireArguments } from "./_arguments.js";

/** A listener that authenticates users. */
export interface AwsAlbArguments {
  /**
   * The issuer options of the provider that the listener's rule names, such as `cognito({ … })`.
   */
  readonly provider: IssuerOptions;
}

const provider: Argument = {
  must: "the terms of the provider behind the load balancer",
  isRight: (value) => typeof (value as IssuerOptions | null)?.issuer === "string",
  example: "cognito({ … })",
};
const known: Arguments<AwsAlbArguments> = { provider };

/**
 * The issuer options for tokens in `x-amzn-oidc-accesstoken`: those of the provider. The load
 * balancer's own `x-amzn-oidc-data` is not a JWT of RFC 7515 (its parts are padded), names no
 * audience, and has no key set. Throws `ConfigError`.
 */
export function awsAlb(given: AwsAlbArguments): IssuerOptions {
  requireArguments("awsAlb", given, known);
  return given.provider;
}
