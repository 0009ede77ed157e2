// Machine tokens: this API calls another one as itself (RFC 6749 §4.4).
import type { ExchangeTarget, OutboundToken } from "../exchange.js";
import { toTargetParameters } from "./dialects.js";
import type { TokenSourceStatus } from "./granted-tokens.js";
import { requireSourceOptions, type TokenSourceOptions } from "./source-options.js";
import { requireTarget } from "./target.js";
import { TokenSource } from "./token-source.js";

/** Options of `createClientCredentials`: the server, and which token is wanted of it. */
export interface ClientCredentialsOptions extends TokenSourceOptions, ExchangeTarget {}

/** Tokens of this API itself. */
export interface ClientCredentials {
  /**
   * A token that is good now. Kept until shortly before it expires, and renewed before that.
   * Rejects with `TokenRequestError`.
   */
  token(): Promise<OutboundToken>;
  /** Sends a request with such a token, as `OutboundToken.fetch` does. */
  fetch(url: string | URL, init?: RequestInit): Promise<Response>;
  status(): TokenSourceStatus;
}

const example =
  'createClientCredentials({ issuer: "https://login.acme.com/", clientId: "orders-api", auth: { clientSecret }, audience: "https://stock.acme.com" })';

/**
 * Tokens with which this API calls another one as itself (RFC 6749 §4.4). Throws `ConfigError` for
 * invalid options. Sends nothing yet.
 */
export function createClientCredentials(options: ClientCredentialsOptions): ClientCredentials {
  const numbers = requireSourceOptions(options, ["audience", "scope", "resource"], example);
  const { audience, scope, resource } = options;
  const wanted = requireTarget({
    ...(audience !== undefined && { audience }),
    ...(scope !== undefined && { scope }),
    ...(resource !== undefined && { resource }),
  });
  const question = { grantType: "client_credentials", parameters: toTargetParameters(wanted) };
  const source = new TokenSource(options, { ...numbers, maxEntries: 1 });
  const token = () =>
    source.outbound({ owner: "", target: wanted.key, expiresAt: Number.POSITIVE_INFINITY, question, secrets: [] });
  return {
    token,
    fetch: async (url, init) => (await token()).fetch(url, init),
    status: () => source.status(),
  };
}
