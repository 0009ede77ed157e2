// Opaque tokens, and the introspection endpoint that describes them (RFC 7662), in this process.
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

/** Stores what it issues for the lifetime of the issuer. */
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
      // An expired token is inactive, and the answer says nothing more about it (RFC 7662 §2.2).
      const isActive = claims !== undefined && Number(claims["exp"]) > factory.clock.now();
      return isActive ? { ...claims, active: true, token_type: "Bearer" } : { active: false };
    },
  };
}
