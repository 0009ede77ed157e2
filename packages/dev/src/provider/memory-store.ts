// The provider's storage (sessions, grants, tokens): in memory, with expiry and an upper bound.
import { randomUUID } from "node:crypto";
import type { Adapter, AdapterPayload } from "oidc-provider";

const MAX_ENTRIES = 20_000;

interface Entry {
  readonly payload: AdapterPayload;
  readonly expiresAt: number;
}

/**
 * The storage of one tenant. It outlives the provider instance, which is recreated when keys
 * rotate.
 */
export class MemoryStore {
  readonly #entries = new Map<string, Entry>();

  get(key: string): AdapterPayload | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt > Date.now()) return entry.payload;
    this.#entries.delete(key);
    return undefined;
  }

  /** Stores for `lifetime` seconds. The oldest entries are removed when the store is full. */
  set(key: string, payload: AdapterPayload, lifetime: number = Number.POSITIVE_INFINITY): void {
    this.#entries.delete(key);
    this.#entries.set(key, { payload, expiresAt: Date.now() + lifetime * 1000 });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES) break;
      this.#entries.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  deleteWhere(matches: (payload: AdapterPayload) => boolean): void {
    for (const [key, entry] of this.#entries) {
      if (matches(entry.payload)) this.#entries.delete(key);
    }
  }

  /** Removes the entries whose key begins so, or does not. */
  deleteByKey(matches: (key: string) => boolean): void {
    for (const key of this.#entries.keys()) if (matches(key)) this.#entries.delete(key);
  }

  /** The payloads that have not expired, as they are stored. */
  filter(prefix: string, matches: (payload: AdapterPayload) => boolean): readonly AdapterPayload[] {
    const now = Date.now();
    const entries = [...this.#entries].filter(([key, { expiresAt }]) => key.startsWith(prefix) && expiresAt > now);
    return entries.map(([, { payload }]) => payload).filter(matches);
  }

  findWhere(prefix: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, entry] of this.#entries) {
      if (key.startsWith(prefix) && matches(entry.payload)) return this.get(key);
    }
    return undefined;
  }
}

/**
 * The provider's view of the store for one of its models (`Session`, `Grant`, `AccessToken`, …).
 */
export class MemoryAdapter implements Adapter {
  readonly #store: MemoryStore;
  readonly #prefix: string;

  constructor(store: MemoryStore, model: string) {
    this.#store = store;
    this.#prefix = `${model}:`;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    this.#store.set(this.#prefix + id, payload, expiresIn);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#store.get(this.#prefix + id);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#store.findWhere(this.#prefix, (payload) => payload.uid === uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#store.findWhere(this.#prefix, (payload) => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const payload = await this.find(id);
    if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.#store.delete(this.#prefix + id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    this.#store.deleteWhere(
      ({ grantId: own, kind, jti }) => own === grantId || isDerivedFrom(grantId, kind === "Grant" ? jti : own),
    );
  }
}

/** Does not occur in ids of the provider. */
const derivation = "~";

/** The id of a new grant that ends with this one: tokens of an exchange hang on it. */
export function toDerivedGrant(grantId: string): string {
  return `${grantId}${derivation}${randomUUID()}`;
}

function isDerivedFrom(grantId: string, other: string | undefined): boolean {
  return other?.startsWith(grantId + derivation) === true;
}
