// Tokens that say nothing, and the introspection endpoint that knows what they mean (RFC 7662), in this process.
import type { Introspect } from "../index.js";
import { unreachable } from "./provider-fetch.js";
import { encodeBytes, type Members, requireCrypto } from "./signing-key.js";
import type { TokenFactory } from "./token-factory.js";
import type { TestTokenOptions } from "./token-options.js";

/** Issues opaque tokens and describes them. */
export interface OpaqueTokens {
  issue(options?: TestTokenOptions): string;
  readonly introspect: Introspect;
}

/** Keeps what it issued for as long as the issuer lives. */
export function createOpaqueTokens(factory: TokenFactory, isReachable: () => boolean): OpaqueTokens {
  const issued = new Map<string, Members>();
  return {
    issue(options = {}) {
      const token = encodeBytes(requireCrypto().randomBytes(32));
      issued.set(token, factory.claims(options));
      return token;
    },
    async introspect(token) {
      if (!isReachable()) throw unreachable(factory.shape.issuer);
      const claims = issued.get(token);
      // An expired token is not active, and of that nothing more is said (RFC 7662 §2.2).
      const isActive = claims !== undefined && Number(claims["exp"]) > factory.clock.now();
      return isActive ? { ...claims, active: true, token_type: "Bearer" } : { active: false };
    },
  };
}
