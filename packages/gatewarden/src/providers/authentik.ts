// authentik: JWT access tokens of one application. Their audience is its own client, as in ID
// tokens.
import type { IssuerOptions } from "../configuration/options.js";
import { type Argument, type Arguments, baseUrl, optional, requireArguments, text, trimSlash } from "./_arguments.js";

/** An application. */
export interface AuthentikArguments {
  /** The address of the server. */
  readonly url: string;
  /** The application's slug. */
  readonly application: string;
  /**
   * The client id of its OAuth2 provider. Access tokens name it in `aud` and `azp`; ID tokens have
   * no `azp`.
   */
  readonly clientId: string;
  /**
   * Accept tokens that look like ID tokens, if they name the client in `azp`. Nothing else
   * distinguishes authentik's access tokens. Default: accept only those to which a property mapping
   * adds a `scope`.
   */
  readonly allowIdTokens?: true;
}

const allowIdTokens: Argument = {
  must: "true, or left out",
  isRight: (value) => value === true,
  example: "true",
};
const known: Arguments<AuthentikArguments> = {
  url: baseUrl('"https://auth.acme.com"'),
  application: text(/^[\w-]+$/, "the application's slug", '"orders"'),
  clientId: text(/\S/, "the provider's client id", '"GSbYVqzMOCoH1JWPLg4eFqDsZRT4sXHV"'),
  allowIdTokens: optional(allowIdTokens),
};

/** The issuer options of an authentik application. Groups count as roles. Throws `ConfigError`. */
export function authentik(given: AuthentikArguments): IssuerOptions {
  requireArguments("authentik", given, known);
  const { url, application, clientId, allowIdTokens } = given;
  return {
    issuer: `${trimSlash(url)}/application/o/${application}/`,
    audience: clientId,
    clientId,
    ...(allowIdTokens && { allowIdTokens }),
    claimNames: { roles: "groups" },
  };
}
