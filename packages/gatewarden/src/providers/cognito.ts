// Amazon Cognito: access tokens of one user pool. They name the app client, and an audience only if
// a resource was requested.

import type { IssuerOptions } from "../configuration/options.js";
import { ConfigError } from "../errors.js";
import { type Arguments, audience, optional, requireArguments, requireOneOf, text, texts } from "./_arguments.js";

/** A user pool. */
export interface CognitoArguments {
  readonly region: string;
  readonly userPoolId: string;
  /** The app clients whose tokens are accepted. */
  readonly clientId?: string | readonly string[];
  /** This API's identifier, if clients request it as `resource`. Tokens must then name it. */
  readonly audience?: string | readonly string[];
}

const known: Arguments<CognitoArguments> = {
  region: text(/^[a-z]{2}(-[a-z]+)+-\d+$/, "a region of AWS", '"eu-central-1"'),
  userPoolId: text(/^[\w-]+_\w+$/, "the id of a user pool", '"eu-central-1_AbCdEf123"'),
  clientId: optional(texts("the id of an app client, or a list", '"57cbishk4j24pabc1234567890"')),
  audience: optional(audience),
};

/**
 * The issuer options of a Cognito user pool. Groups (`cognito:groups`) count as roles. Throws
 * `ConfigError`.
 */
export function cognito(given: CognitoArguments): IssuerOptions {
  requireArguments("cognito", given, known);
  requireOneOf("cognito", given, ["clientId", "audience"], known);
  const { region, userPoolId, clientId, audience = false } = given;
  if (!userPoolId.startsWith(`${region}_`)) {
    const problem = `is ${JSON.stringify(userPoolId)}; it must begin with its region, here "${region}_"`;
    throw new ConfigError({ option: "cognito.userPoolId", problem, example: `userPoolId: "${region}_AbCdEf123"` });
  }
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return {
    issuer: `https://cognito-idp.${region}.${domain}/${userPoolId}`,
    audience,
    ...(clientId !== undefined && { clientId }),
    claimNames: { roles: "cognito:groups" },
  };
}
