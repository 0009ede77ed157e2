// The keys of a test issuer: the current one, the next one, and earlier ones.
import type { KeysOptions } from "../index.js";
import type { Algorithm } from "../token/algorithms.js";
import { createSigningKey, type Members, type SigningKey } from "./signing-key.js";

/** A JSON Web Key Set (RFC 7517 §5). */
export interface JsonWebKeySet {
  readonly keys: readonly Members[];
}

/** Options of a key rotation. */
export interface RotationOptions {
  /** Stop publishing the old keys. Default false: their tokens stay valid until they expire. */
  readonly withdraw?: boolean;
}

/** Keys in rotation. */
export interface KeyRing {
  readonly current: SigningKey;
  /** The published keys. Empty if the issuer signs with a shared secret. */
  readonly jwks: JsonWebKeySet;
  /** The `keys` option of a guard without a network. */
  readonly guardKeys: KeysOptions;
  rotate(options?: RotationOptions): void;
}

/** Two different keys are published under this id, so a token that names it is ambiguous. */
export const sharedKid = "shared-by-two-keys";

/** Creates a ring with fresh keys. */
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
