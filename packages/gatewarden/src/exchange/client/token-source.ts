// From options to tokens: one server, one key pair, one memory.
import { requireHttpHosts } from "../../configuration/hosts.js";
import type { OutboundToken } from "../exchange.js";
import { GrantedTokens, type TokenSourceStatus, type Wish } from "./granted-tokens.js";
import { NextHopToken } from "./next-hop-token.js";
import type { SourceNumbers, TokenSourceOptions } from "./source-options.js";
import { createTokenEndpoint, type TokenEndpoint } from "./token-endpoint.js";

export class TokenSource {
  readonly #endpoint: TokenEndpoint;
  readonly #tokens: GrantedTokens;
  readonly #httpHosts: readonly string[];
  readonly #secrets: readonly string[];

  /** Throws `ConfigError`. */
  constructor(options: TokenSourceOptions, numbers: SourceNumbers & { readonly maxEntries: number }) {
    const { auth, now = () => Date.now() / 1000 } = options;
    this.#endpoint = createTokenEndpoint(options);
    this.#tokens = new GrantedTokens({ endpoint: this.#endpoint, now, ...numbers });
    this.#httpHosts = requireHttpHosts(options.insecureHttpHosts);
    this.#secrets = "clientSecret" in auth ? [auth.clientSecret] : [];
  }

  /** Rejects with `TokenRequestError`. */
  async outbound(given: Wish): Promise<OutboundToken> {
    const wish = { ...given, secrets: [...given.secrets, ...this.#secrets] };
    const kept = await this.#tokens.get(wish);
    const { value } = kept.granted;
    return new NextHopToken({
      kept,
      handle: await this.#endpoint.proofs?.handle(),
      httpHosts: this.#httpHosts,
      drop: () => this.#tokens.drop(wish, value),
      renew: () => this.#tokens.get(wish),
    });
  }

  forget(owner: string): void {
    this.#tokens.forget(owner);
  }

  status(): TokenSourceStatus {
    return this.#tokens.status();
  }
}
