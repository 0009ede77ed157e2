// Stores issued JWTs, which the provider itself does not store, for userinfo, introspection and
// revocation.
import { randomUUID } from "node:crypto";
import { compactVerify, createLocalJWKSet, decodeJwt } from "jose";
import type { AccessToken, AdapterPayload, ClientCredentials, UnknownObject } from "oidc-provider";
import type { KeyRing } from "../keys/key-ring.js";
import { MemoryAdapter, type MemoryStore } from "./memory-store.js";

/** The record of a JWT is marked: its `jti` alone must not work as a token. */
type SignedRecord = AdapterPayload & { readonly signed: true };

export class SignedTokens {
  /** Unguessable, so that a reference cannot be made outside this process. */
  readonly #referencePrefix = `${randomUUID()}.`;
  readonly #keys: KeyRing;
  readonly #userinfo: string;

  constructor(keys: KeyRing, userinfo: string) {
    this.#keys = keys;
    this.#userinfo = userinfo;
  }

  /** Stores a token that is about to be signed with `payload`. */
  async remember(token: AccessToken | ClientCredentials, payload: UnknownObject): Promise<void> {
    const fields = Object.entries(token).filter(([name]) => RECORDED.has(name));
    const { aud, exp, iat, nbf } = payload;
    const record = {
      ...Object.fromEntries(fields),
      aud,
      exp,
      iat,
      nbf,
      jti: token.jti,
      kind: token.kind,
      signed: true,
    };
    await token.adapter.upsert(token.jti, record as AdapterPayload, token.expiration);
  }

  /**
   * A reference to one of this tenant's JWTs, for endpoints where the provider accepts only opaque
   * tokens; otherwise undefined.
   */
  async toReference(jwt: string): Promise<string | undefined> {
    const id = await this.#verify(jwt);
    return id === undefined ? undefined : this.#referencePrefix + id;
  }

  /**
   * The adapter for a token model: finds opaque tokens, references, and (for userinfo) the JWT
   * itself.
   */
  createAdapter(store: MemoryStore, model: string): MemoryAdapter {
    return new TokenAdapter(store, model, (value) => this.#lookUp(value));
  }

  async #lookUp(value: string): Promise<Lookup> {
    if (value.startsWith(this.#referencePrefix)) {
      return { id: value.slice(this.#referencePrefix.length), view: (record) => record };
    }
    const id = value.includes(".") ? await this.#verify(value) : undefined;
    if (id === undefined) return { id: value, view: (record) => (isSigned(record) ? undefined : record) };
    return { id, view: (record) => this.#userinfoView(record) };
  }

  /**
   * The provider serves userinfo only to tokens without audience. A token with userinfo in `aud` is
   * also meant for it.
   */
  #userinfoView(record: AdapterPayload): AdapterPayload {
    const isForUserinfo = Array.isArray(record.aud) && record.aud.includes(this.#userinfo);
    return isForUserinfo ? { ...record, aud: undefined } : record;
  }

  async #verify(jwt: string): Promise<string | undefined> {
    try {
      await compactVerify(jwt, createLocalJWKSet({ keys: this.#keys.publicKeys }));
      return decodeJwt(jwt).jti;
    } catch {
      return undefined;
    }
  }
}

interface Lookup {
  readonly id: string;
  readonly view: (record: AdapterPayload) => AdapterPayload | undefined;
}

class TokenAdapter extends MemoryAdapter {
  readonly #lookUp: (value: string) => Promise<Lookup>;

  constructor(store: MemoryStore, model: string, lookUp: (value: string) => Promise<Lookup>) {
    super(store, model);
    this.#lookUp = lookUp;
  }

  override async find(value: string): Promise<AdapterPayload | undefined> {
    const { id, view } = await this.#lookUp(value);
    const record = await super.find(id);
    return record === undefined ? undefined : view(record);
  }
}

const RECORDED: ReadonlySet<string> = new Set([
  "accountId",
  "claims",
  "clientId",
  "expiresWithSession",
  "extra",
  "grantId",
  "gty",
  "jkt",
  "scope",
  "sessionUid",
  "sid",
  "x5t#S256",
]);

function isSigned(record: AdapterPayload): record is SignedRecord {
  return "signed" in record && record["signed"] === true;
}
