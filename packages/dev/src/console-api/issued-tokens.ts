// What the tenant remembers of the tokens that it issued: whom a fingerprint stands for, and until
// when a key is needed. The tokens themselves are not kept.
import { createHash } from "node:crypto";
import { decodeJwt, decodeProtectedHeader } from "jose";

const kept = 5000;

/** What is known of one key's tokens. */
export interface KeyUse {
  readonly tokens: number;
  /** When the last of its tokens expires, in seconds since 1970. */
  readonly until: number;
}

export class IssuedTokens {
  readonly #holders = new Map<string, string>();
  readonly #uses = new Map<string, KeyUse>();

  /** Remembers a token. `holder` is a persona's or a client's short name. */
  remember(token: string, holder: string | undefined): void {
    if (holder !== undefined) this.#rememberHolder(toFingerprint(token), holder);
    const facts = readFacts(token);
    if (facts === undefined) return;
    const { tokens, until } = this.#uses.get(facts.kid) ?? { tokens: 0, until: 0 };
    this.#uses.set(facts.kid, { tokens: tokens + 1, until: Math.max(until, facts.exp) });
  }

  /** Who holds the token with this fingerprint, if it was issued here and not too long ago. */
  findHolder(fingerprint: string | undefined): string | undefined {
    return fingerprint === undefined ? undefined : this.#holders.get(fingerprint);
  }

  findUse(kid: string): KeyUse | undefined {
    return this.#uses.get(kid);
  }

  #rememberHolder(fingerprint: string, holder: string): void {
    this.#holders.set(fingerprint, holder);
    const [oldest] = this.#holders.keys();
    if (this.#holders.size > kept && oldest !== undefined) this.#holders.delete(oldest);
  }
}

/** As the library names tokens in its decisions. */
function toFingerprint(token: string): string {
  return createHash("sha256").update(token).digest("base64url").slice(0, 16);
}

function readFacts(token: string): { readonly kid: string; readonly exp: number } | undefined {
  try {
    const { kid } = decodeProtectedHeader(token);
    const { exp } = decodeJwt(token);
    return kid === undefined || exp === undefined ? undefined : { kid, exp };
  } catch {
    return undefined;
  }
}
