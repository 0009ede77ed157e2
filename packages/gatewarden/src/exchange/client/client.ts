// `gatewarden/exchange`: tokens for the next hop, on behalf of a user (RFC 8693) or of this API
// itself (RFC 6749 §4.4), with oauth4webapi, an optional peer dependency.
import { ConfigError } from "../../errors.js";
import type { TokenExchange } from "../../index.js";
import { sha256Text } from "../../token/hash.js";
import { type ExchangeDialect, requireDialect } from "./dialects.js";
import type { TokenSourceStatus } from "./granted-tokens.js";
import { requireSourceOptions, requireWithin, type TokenSourceOptions } from "./source-options.js";
import { requireTarget } from "./target.js";
import { TokenRequestError } from "./token-request-error.js";
import { TokenSource } from "./token-source.js";

export type { ClientCredential } from "../../oauth-client/client-auth.js";
export {
  type ClientCredentials,
  type ClientCredentialsOptions,
  createClientCredentials,
} from "./client-credentials.js";
export type { ExchangeDialect } from "./dialects.js";
export type { TokenSourceStatus } from "./granted-tokens.js";
export type { TokenSourceOptions } from "./source-options.js";
export { TokenRequestError } from "./token-request-error.js";

/** Options of `createTokenExchange`. */
export interface TokenExchangeOptions extends TokenSourceOptions {
  /** The kind of authorization server. Default `rfc8693`, the standard. */
  readonly dialect?: ExchangeDialect;
  /**
   * `subject_token_type` (RFC 8693 §3), where the server wants another than an access token's: the
   * URI of an Auth0 Custom Token Exchange profile, or `urn:ietf:params:oauth:token-type:jwt`.
   */
  readonly subjectTokenType?: string;
  /**
   * The issuers whose tokens are sent to the server. A token of another one is refused with
   * `issuer_not_listed`, and sent nowhere. Required where the guard trusts several issuers.
   * Default: all that the guard accepts.
   */
  readonly subjectIssuers?: readonly string[];
  /** For how many incoming tokens something is kept. Default 10,000. */
  readonly maxEntries?: number;
}

/** For the option `exchange`. */
export interface TokenExchangeClient extends TokenExchange {
  status(): TokenSourceStatus;
}

const example =
  'createTokenExchange({ issuer: "https://login.acme.com/", clientId: "orders-api", auth: { clientSecret } })';

/**
 * Exchanges incoming tokens for those of the next API, for the option `exchange`. Throws
 * `ConfigError` for invalid options. Sends nothing yet.
 *
 * Tokens are kept per incoming token (by its hash), audience, scope and resource, never longer than
 * the incoming token lives.
 */
export function createTokenExchange(options: TokenExchangeOptions): TokenExchangeClient {
  const numbers = requireSourceOptions(
    options,
    ["dialect", "subjectTokenType", "subjectIssuers", "maxEntries"],
    example,
  );
  const { dialect = "rfc8693", subjectTokenType: type, maxEntries = 10_000 } = options;
  const toQuestion = requireDialect(dialect);
  requireCombination(options);
  const subjectIssuers = requireIssuers(options.subjectIssuers);
  const source = new TokenSource(options, {
    ...numbers,
    maxEntries: requireWithin("maxEntries", maxEntries, [1, 1_000_000]),
  });
  return {
    subjectIssuers,
    async exchange({ token, issuer, expiresAt }, target, run) {
      const wanted = requireTarget(target);
      if (subjectIssuers?.includes(issuer) === false) throw new TokenRequestError("issuer_not_listed");
      const question = toQuestion({ token, type }, wanted);
      const owner = await sha256Text(token);
      return source.outbound({ owner, target: wanted.key, expiresAt, question, secrets: [token], run });
    },
    forget: async (token) => source.forget(await sha256Text(token)),
    status: () => source.status(),
  };
}

function requireIssuers(issuers: readonly string[] | undefined): readonly string[] | undefined {
  if (issuers === undefined) return undefined;
  const isList = Array.isArray(issuers) && issuers.length > 0;
  if (isList && issuers.every((one) => typeof one === "string" && one !== "")) return [...issuers];
  throw new ConfigError({ option: "subjectIssuers", problem: "must be a list of issuers", example });
}

function requireCombination({ dialect, subjectTokenType: type, dpop }: TokenExchangeOptions): void {
  const isUri = type === undefined || (typeof type === "string" && URL.canParse(type));
  if (!isUri || (type !== undefined && dialect === "entra")) {
    const problem = isUri ? "has no place in the request to Microsoft Entra" : "must be a URI (RFC 8693 §3)";
    throw new ConfigError({ option: "subjectTokenType", problem, example: 'subjectTokenType: "urn:acme:token"' });
  }
  // "The only type that the Microsoft identity platform supports is Bearer."
  if (dialect === "entra" && dpop === "required") {
    throw new ConfigError({ option: "dpop", problem: "is not offered by Microsoft Entra", example });
  }
}
