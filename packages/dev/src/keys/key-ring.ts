// The tenant's signing keys: the newest of each algorithm signs, older ones stay published until they are dropped.
import { randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import type { SigningAlgorithm } from "../config/model.js";

/** A private signing key as it is kept and as the provider takes it. */
export interface SigningKey extends JWK {
  readonly kty: string;
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly use: "sig";
}

/** Where keys survive a restart; absent for a tenant in memory. */
export interface KeyStorage {
  load(): Promise<readonly SigningKey[]>;
  save(keys: readonly SigningKey[]): Promise<void>;
}

export interface RotateOptions {
  /** Stop publishing the old keys at once, so that tokens signed by them no longer verify. Default: false. */
  readonly dropOld?: boolean | undefined;
}

export class KeyRing {
  readonly #algorithms: readonly SigningAlgorithm[];
  readonly #storage: KeyStorage | undefined;
  #keys: readonly SigningKey[] = [];

  private constructor(algorithms: readonly SigningAlgorithm[], storage: KeyStorage | undefined) {
    this.#algorithms = algorithms;
    this.#storage = storage;
  }

  /** Loads the stored keys and makes those that are missing. */
  static async open(algorithms: Iterable<SigningAlgorithm>, storage?: KeyStorage): Promise<KeyRing> {
    const ring = new KeyRing([...new Set(algorithms)], storage);
    const stored = (await storage?.load()) ?? [];
    const missing = ring.#algorithms.filter((algorithm) => !stored.some((key) => key.alg === algorithm));
    await ring.#replace([...stored, ...(await generateKeys(missing))]);
    return ring;
  }

  /** Private keys, the signing one of each algorithm first. */
  get keys(): readonly SigningKey[] {
    return this.#keys;
  }

  /** What verifiers may see. */
  get publicKeys(): JWK[] {
    return this.#keys.map(({ kty, kid, alg, use, n, e, crv, x, y }) => {
      const key: Record<string, string | undefined> = { kty, kid, alg, use, n, e, crv, x, y };
      return Object.fromEntries(Object.entries(key).filter(([, value]) => value !== undefined));
    });
  }

  /** Puts a new key of each algorithm in front. */
  async rotate(options: RotateOptions = {}): Promise<void> {
    const fresh = await generateKeys(this.#algorithms);
    await this.#replace(options.dropOld === true ? fresh : [...fresh, ...this.#keys]);
  }

  async #replace(keys: readonly SigningKey[]): Promise<void> {
    await this.#storage?.save(keys);
    this.#keys = keys;
  }
}

function generateKeys(algorithms: readonly SigningAlgorithm[]): Promise<SigningKey[]> {
  return Promise.all(algorithms.map(generateKey));
}

async function generateKey(alg: SigningAlgorithm): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const { kty, ...jwk } = await exportJWK(privateKey);
  if (kty === undefined) throw new TypeError("an exported key has no key type");
  return { kty, ...jwk, kid: randomBytes(16).toString("base64url"), alg, use: "sig" };
}
