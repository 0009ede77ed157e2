// The tenant's signing keys: the newest of each algorithm signs, older ones stay published until
// they are dropped.
import { randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import type { SigningAlgorithm } from "../config/algorithms.js";
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
  /**
   * What access tokens for all APIs are signed with from now on: `RS256`, `PS256`, `ES256`, `EdDSA`
   * or `Ed25519`. ID tokens and signals stay with RS256. Default: each API's own, as before.
   */
  readonly algorithm?: SigningAlgorithm | undefined;
}

/** A rotation, as the ring does it. */
export interface RotateKeys {
  readonly dropOld?: boolean | undefined;
  /** What signs from now on. Default: the same as before. */
  readonly algorithms?: Iterable<SigningAlgorithm> | undefined;
}

/**
 * Creates keys to use instead of the stored ones; the signing key of each algorithm comes first.
 */
export type KeySubstitute = (kept: readonly SigningKey[]) => Promise<readonly SigningKey[]>;

interface Started {
  readonly algorithms: readonly SigningAlgorithm[];
  readonly keys: readonly SigningKey[];
}

export class KeyRing {
  #algorithms: readonly SigningAlgorithm[];
  readonly #storage: KeyStorage | undefined;
  readonly #serial = createSerial();
  #kept: readonly SigningKey[] = [];
  #keys: readonly SigningKey[] = [];
  #substitute: KeySubstitute | undefined;
  #started: Started = { algorithms: [], keys: [] };

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
    ring.#started = { algorithms: ring.#algorithms, keys: ring.#kept };
    return ring;
  }

  /** Private keys; the signing key of each algorithm comes first. */
  get keys(): readonly SigningKey[] {
    return this.#keys;
  }

  /** Whether new tokens are signed with it: the first key of an algorithm that is in use. */
  isSigning(key: SigningKey): boolean {
    return this.#isFirst(key, this.#keys);
  }

  /** The public parts of the keys. */
  get publicKeys(): JWK[] {
    return this.#keys.map(({ kty, kid, alg, use, n, e, crv, x, y }) => {
      const key: Record<string, string | undefined> = { kty, kid, alg, use, n, e, crv, x, y };
      return Object.fromEntries(Object.entries(key).filter(([, value]) => value !== undefined));
    });
  }

  /** Adds a new signing key of each algorithm. */
  async rotate({ dropOld = false, algorithms }: RotateKeys = {}): Promise<void> {
    await this.#serial(async () => {
      const used = algorithms === undefined ? this.#algorithms : [...new Set(algorithms)];
      const fresh = await generateKeys(used);
      await this.#replace(dropOld ? fresh : [...fresh, ...this.#kept]);
      this.#algorithms = used;
    });
  }

  /** Signs with these algorithms, and creates the keys that are missing for them. */
  async setAlgorithms(algorithms: Iterable<SigningAlgorithm>): Promise<void> {
    await this.#serial(async () => {
      const used = [...new Set(algorithms)];
      const missing = used.filter((algorithm) => !this.#kept.some((key) => key.alg === algorithm));
      if (missing.length > 0) await this.#replace([...this.#kept, ...(await generateKeys(missing))]);
      this.#algorithms = used;
    });
  }

  /** Returns to the keys and algorithms that the tenant started with. */
  async restore(): Promise<void> {
    await this.#serial(async () => {
      await this.#replace(this.#started.keys);
      this.#algorithms = this.#started.algorithms;
    });
  }

  /**
   * Publishes a key no longer. Throws a {@link TenantError} for a key that signs: rotate first.
   */
  async withdraw(kid: string): Promise<void> {
    await this.#serial(async () => {
      const key = this.#kept.find((one) => one.kid === kid);
      if (key === undefined) throw new TenantError("invalid_request", `There is no key ${JSON.stringify(kid)}.`);
      if (this.#isFirst(key, this.#kept)) {
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

  #isFirst(key: SigningKey, all: readonly SigningKey[]): boolean {
    return this.#algorithms.includes(key.alg) && all.find(({ alg }) => alg === key.alg) === key;
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
