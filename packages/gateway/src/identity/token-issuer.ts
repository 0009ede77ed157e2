// A short-lived token of the gateway's own for upstreams: they check one issuer, and the client's
// token stays outside. Its keys are published and change.
import { randomUUID } from "node:crypto";
import type { Actor, Auth } from "gatewarden";
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import type { TokenData } from "../rules/schema.js";

/** A key of this gateway. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** A JWK Set (RFC 7517 §5). */
export interface PublicKeySet {
  readonly keys: readonly JWK[];
}

/** Issues internal tokens. */
export interface TokenIssuer {
  /** A signed token for what was proven; empty without a token. */
  toToken(auth: Auth<unknown> | undefined): Promise<string>;
  /** The public keys, the retired ones included while their tokens live. */
  toKeySet(): PublicKeySet;
  /** Signs with the next key from now on. Keys from a file change with the file. */
  rotate(): Promise<void>;
  /** Keys of its own making, for the issuer that takes its place. */
  readonly ring: KeyRing;
}

/** Keys that change. The first signs. */
export interface KeyRing {
  keys: readonly SigningKey[];
}

/** Where keys come from. Without both the gateway makes its own. */
export interface KeySources {
  /** Shared by several gateways. */
  readonly given?: PrivateKeySet | undefined;
  /** Of an issuer with other terms: upstreams know its keys, and hold its tokens. */
  readonly ring?: KeyRing | undefined;
}

/** Keys as a file holds them: private JWKs, the one that signs first. */
export interface PrivateKeySet {
  readonly keys: readonly JWK[];
}

interface Kept {
  readonly token: string;
  readonly until: number;
}

const algorithm = "ES256";

/** Throws `TypeError` for keys that cannot be used. */
export async function createTokenIssuer(
  data: TokenData,
  { given, ring: present }: KeySources,
  now: () => number,
): Promise<TokenIssuer> {
  const lifetime = data.lifetime ?? 60;
  // Upstreams take the first key of a name, and refuse what the other signs.
  if (given !== undefined && new Set(given.keys.map(({ kid }) => kid)).size !== given.keys.length)
    throw new TypeError("identity.token.keys must hold keys with different kids");
  // The first signs. The second is published before it signs: upstreams keep key sets for a while.
  const ring: KeyRing =
    given === undefined
      ? (present ?? { keys: [await createKey(), await createKey()] })
      : { keys: await Promise.all(given.keys.map(toSigningKey)) };
  // One `Auth` serves all requests with a known token, so one signature serves them too.
  let signed = new WeakMap<object, Kept>();
  return {
    async toToken(auth) {
      if (auth === undefined) return "";
      const at = now();
      const kept = signed.get(auth);
      if (kept !== undefined && at < kept.until) return kept.token;
      const issuedAt = Math.floor(at);
      // The description of an opaque token may name no end (RFC 7662 §2.2).
      const end = Number.isFinite(auth.expiresAt) ? Math.floor(auth.expiresAt) : Number.POSITIVE_INFINITY;
      const expiresAt = Math.min(issuedAt + lifetime, end);
      const [{ kid, privateKey }] = ring.keys as [SigningKey];
      const token = await new SignJWT(toClaims(auth))
        .setProtectedHeader({ alg: algorithm, kid, typ: "at+jwt" })
        .setIssuer(data.issuer)
        .setAudience(data.audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .setJti(randomUUID())
        .sign(privateKey);
      // Each upstream gets at least half of the lifetime.
      signed.set(auth, { token, until: Math.min(at + lifetime / 2, expiresAt - 1) });
      return token;
    },
    ring,
    toKeySet: () => ({ keys: ring.keys.map(({ publicJwk }) => publicJwk) }),
    async rotate() {
      if (given !== undefined) return;
      const [current, next = await createKey()] = ring.keys;
      ring.keys = [next, await createKey(), current as SigningKey];
      signed = new WeakMap();
    },
  };
}

function toClaims({
  subject,
  clientId,
  scopes,
  permissions,
  roles,
  organization,
  actor,
  issuer,
}: Auth<unknown>): Record<string, unknown> {
  return {
    ...(subject !== undefined && { sub: subject }),
    ...(clientId !== undefined && { client_id: clientId }),
    ...(scopes.length > 0 && { scope: scopes.join(" ") }),
    ...(permissions.length > 0 && { permissions }),
    ...(roles.length > 0 && { roles }),
    ...(organization !== undefined && { org_id: organization.id }),
    ...(actor !== undefined && { act: toAct(actor, issuer) }),
    origin_iss: issuer,
  };
}

/**
 * The current actor (RFC 8693 §4.1). Its issuer is named where that is not the user's: names are
 * unique within an issuer only.
 */
function toAct({ subject, clientId, issuer }: Actor, own: string): Record<string, string> {
  return {
    ...(subject !== undefined && { sub: subject }),
    ...(clientId !== undefined && { client_id: clientId }),
    ...(issuer !== undefined && issuer !== own && { iss: issuer }),
  };
}

async function createKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return toKey(privateKey, await exportJWK(publicKey), randomUUID());
}

async function toSigningKey(jwk: JWK): Promise<SigningKey> {
  const { d, kid, kty, crv, x, y } = jwk;
  if (kty !== "EC" || crv !== "P-256" || typeof d !== "string" || typeof kid !== "string" || kid === "")
    throw new TypeError("identity.token.keys must hold private P-256 keys, each with a kid");
  return toKey((await importJWK({ kty, crv, x, y, d } as JWK, algorithm)) as CryptoKey, { kty, crv, x, y } as JWK, kid);
}

function toKey(privateKey: CryptoKey, { kty, crv, x, y }: JWK, kid: string): SigningKey {
  return { kid, privateKey, publicJwk: { kty, crv, x, y, kid, use: "sig", alg: algorithm } as JWK };
}
