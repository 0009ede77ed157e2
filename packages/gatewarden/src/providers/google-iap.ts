// Google Cloud Identity-Aware Proxy: the signed header of each request.
import type { IssuerOptions } from "../configuration/options.js";
import { type Argument, type Arguments, requireArguments } from "./_arguments.js";

/** A service behind the proxy. */
export interface GoogleIapArguments {
  /**
   * `/projects/<number>/apps/<id>` or `/projects/<number>/global/backendServices/<id>`, or several.
   */
  readonly audience: string | readonly string[];
}

const isPath = (value: unknown) => typeof value === "string" && /^\/projects\/\d+\/\S+$/.test(value);
const servicePath: Argument = {
  must: "the path of the service (/projects/<number>/…), or a list",
  isRight: (value) => isPath(value) || (Array.isArray(value) && value.length > 0 && value.every(isPath)),
  example: '"/projects/1234567890/global/backendServices/9876543210"',
};
const known: Arguments<GoogleIapArguments> = { audience: servicePath };

/**
 * The issuer options of a service behind the proxy. `tokenFrom: { header: tokenHeaders.googleIap }`
 * reads its tokens. They grant nothing; the Workspace domain (`hd`) is the organization. Throws
 * `ConfigError`.
 */
export function googleIap(given: GoogleIapArguments): IssuerOptions {
  requireArguments("googleIap", given, known);
  return {
    issuer: "https://cloud.google.com/iap",
    audience: given.audience,
    // The proxy's assertion names the service as both audience and client.
    allowIdTokens: true,
    keys: { jwksUri: "https://www.gstatic.com/iap/verify/public_key-jwk" },
    algorithms: ["ES256"],
    claimNames: { organization: "hd" },
  };
}
