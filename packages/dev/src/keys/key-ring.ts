// The tenant's signing keys: the newest of each algorithm signs, older ones stay published until
// they are dropped.
import { randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import type { SigningAlgorithm } from "../config/model.js";
import { TenantError } from "../errors.js";
import { createSerial } from "../serial.js";

/** A private signing key, as it is stored and as the provider expects it. */
export interface SigningKey extends JWK {
  readonly kty: string;
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly use: "sig";
}

/** Where keys are stored across restarts; undefined for a tenant in memory. */
export interface KeyStorage {
  load(): Promise<readonly SigningKey[]>;
  save(keys: readonly SigningKey[]): Promise<void>;
}

export interface RotateOptions {
  /**
   * Stop publishing the old keys immediately, so that tokens signed by them no longer verify.
   * Default: false.
   */
  readonly dropOld?: boolean | undefined;
}

/**
 * Creates keys to use instead of the stored ones; the signing key of each algorithm comes first.
 */
export type KeySubstitute = (kept: readonly SigningKey[]) => Promise<readonly SigningKey[]>;

export class KeyRing {
  readonly #algorithms: readonly SigningAlgorithm[];
  readonly #storage: KeyStorage | undefined;
  readonly #serial = createSerial();
  #kept: readonly SigningKey[] = [];
  #keys: readonly SigningKey[] = [];
  #substitute: KeySubstitute | undefined;

  private constructor(algorithms: readonly SigningAlgorithm[], storage: KeyStorage | undefined) {
    this.#algorithms = algorithms;
    this.#storage = storage;
  }

  /** Loads the stored keys and creates missing ones. */
  static async open(algorithms: Iterable<SigningAlgorithm>, storage?: KeyStorage): Promise<KeyRing> {
    const ring = new KeyRing([...new Set(algorithms)], storage);
    const stored = (await storage?.load()) ?? [];
    const missing = ring.#algorithms.filter((algorithm) => !stored.some((key) => key.alg === algorithm));
    await ring.#replace([...stored, ...(await generateKeys(missing))]);
    return ring;
  }

  /** Private keys; the signing key of each algorithm comes first. */
  get keys(): readonly SigningKey[] {
    return this.#keys;
  }

  /** The public parts of the keys. */
  get publicKeys(): JWK[] {
    return this.#keys.map(({ kty, kid, alg, use, n, e, crv, x, y }) => {
      const key: Record<string, string | undefined> = { kty, kid, alg, use, n, e, crv, x, y };
      return Object.fromEntries(Object.entries(key).filter(([, value]) => value !== undefined));
    });
  }

  /** Adds a new signing key of each algorithm. */
  async rotate(options: RotateOptions = {}): Promise<void> {
    await this.#serial(async () => {
      const fresh = await generateKeys(this.#algorithms);
      await this.#replace(options.dropOld === true ? fresh : [...fresh, ...this.#kept]);
    });
  }

  /**
   * Publishes a key no longer. Throws a {@link TenantError} for a key that signs: rotate first.
   */
  async withdraw(kid: string): Promise<void> {
    await this.#serial(async () => {
      const key = this.#kept.find((one) => one.kid === kid);
      if (key === undefined) throw new TenantError("invalid_request", `There is no key ${JSON.stringify(kid)}.`);
      if (this.#kept.find(({ alg }) => alg === key.alg) === key) {
        throw new TenantError("invalid_request", "This key signs new tokens. Rotate the keys first: POST /dev/keys");
      }
      await this.#replace(this.#kept.filter((one) => one !== key));
    });
  }

  /** Uses other keys than the stored ones, until called with undefined. They are never stored. */
  async substitute(make: KeySubstitute | undefined): Promise<void> {
    await this.#serial(async () => {
      this.#keys = make === undefined ? this.#kept : await make(this.#kept);
      this.#substitute = make;
    });
  }

  async #replace(keys: readonly SigningKey[]): Promise<void> {
    const used = this.#substitute === undefined ? keys : await this.#substitute(keys);
    await this.#storage?.save(keys);
    this.#kept = keys;
    this.#keys = used;
  }
}

function generateKeys(algorithms: readonly SigningAlgorithm[]): Promise<SigningKey[]> {
  return Promise.all(algorithms.map(generateKey));
}

/** A new key with its own id. */
export async function generateKey(alg: SigningAlgorithm): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const { kty, ...jwk } = await exportJWK(privateKey);
  if (kty === undefined) throw new TypeError("an exported key has no key type");
  return { kty, ...jwk, kid: randomBytes(16).toString("base64url"), alg, use: "sig" };
}
