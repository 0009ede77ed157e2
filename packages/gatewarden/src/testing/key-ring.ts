// The keys of a test issuer: one that signs, one in reserve, and those that signed before.
import type { KeysOptions } from "../index.js";
import type { Algorithm } from "../token/algorithms.js";
import { createSigningKey, type Members, type SigningKey } from "./signing-key.js";

/** A JSON Web Key Set (RFC 7517 §5). */
export interface JsonWebKeySet {
  readonly keys: readonly Members[];
}

/** How keys are rotated. */
export interface RotationOptions {
  /** Publish the old keys no longer. Default false: tokens that they signed stay good, as long as they live. */
  readonly withdraw?: boolean;
}

/** Keys in rotation. */
export interface KeyRing {
  readonly current: SigningKey;
  /** What the issuer publishes. Empty where it signs with a shared secret. */
  readonly jwks: JsonWebKeySet;
  /** What a guard without a network is told. */
  readonly guardKeys: KeysOptions;
  rotate(options?: RotationOptions): void;
}

/** Two different keys are published under it, so that a token which names it is ambiguous. */
export const sharedKid = "shared-by-two-keys";

/** A ring with fresh keys. */
export function createKeyRing(algorithm: Algorithm): KeyRing {
  let current = createSigningKey(algorithm);
  // As at Auth0, the next key is published before it is used.
  const reserve = createSigningKey(algorithm);
  let previous: readonly SigningKey[] = [];
  const toJwks = (): JsonWebKeySet => {
    const twins = [current, reserve].flatMap(({ jwk }) => (jwk ? [{ ...jwk, kid: sharedKid }] : []));
    return { keys: [...[current, reserve, ...previous].flatMap(({ jwk }) => (jwk ? [jwk] : [])), ...twins] };
  };
  return {
    get current() {
      return current;
    },
    get jwks() {
      return toJwks();
    },
    get guardKeys() {
      return current.jwk ? { jwks: toJwks() } : { secret: current.secret.export() };
    },
    rotate({ withdraw = false } = {}) {
      previous = withdraw ? [] : [current, ...previous];
      current = createSigningKey(algorithm);
    },
  };
}
