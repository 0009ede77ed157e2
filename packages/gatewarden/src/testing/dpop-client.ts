// A client with its own key: tokens bound to it, and a fresh proof for each request (RFC 9449).
import type { AsymmetricAlgorithm } from "../index.js";
import { type BrokenProofs, createBrokenProofs } from "./broken-proofs.js";
import type { ProofForgery, ProvenRequest } from "./proof-options.js";
import { createSigningKey, encodeBytes, type Members, requireCrypto, type SigningKey, toJws } from "./signing-key.js";
import type { TokenFactory } from "./token-factory.js";
import { type TestTokenOptions, withoutUndefined } from "./token-options.js";

/** Options of a client. */
export interface DpopClientOptions {
  /** The algorithm of its key. Default `ES256`. */
  readonly algorithm?: AsymmetricAlgorithm;
}

/** A client whose tokens only its own key can use. */
export interface DpopClient {
  /** Its public key. */
  readonly jwk: Members;
  /** RFC 7638 thumbprint of the key: the token's `cnf.jkt`. */
  readonly thumbprint: string;
  /**
   * The nonce for the next proofs. If the API requires one, set it to the answer's `dpop-nonce`
   * header (RFC 9449 §9).
   */
  nonce: string | undefined;
  /** A token bound to its key. */
  token(options?: TestTokenOptions): string;
  /** The token with a fresh proof for the request, valid once. */
  headers(request: ProvenRequest, options?: TestTokenOptions): DpopHeaders;
  /** By reason: creates a request that a guard with `dpop: { mode: "allowed" }` refuses for it. */
  readonly broken: BrokenProofs;
}

/** Headers of a request, names in lower case. */
export type DpopHeaders = Readonly<Record<"authorization" | "dpop", string>>;

/** Creates a client with a fresh key. */
export function createDpopClient(factory: TokenFactory, { algorithm = "ES256" }: DpopClientOptions = {}): DpopClient {
  const key = createSigningKey(algorithm);
  const jwk = toPublicJwk(key);
  const thumbprint = toJwkThumbprint(jwk);
  const token = (options?: TestTokenOptions) => factory.token(options, { jkt: thumbprint });
  const prove = (request: ProvenRequest, bound: string, { header, claims, signer = key }: ProofForgery = {}) => {
    const usual = { ...toProofClaims(request, bound), iat: Math.floor(factory.clock.now()), nonce: client.nonce };
    const parameters = withoutUndefined({ typ: "dpop+jwt", alg: algorithm, jwk, ...header });
    return toJws(parameters, withoutUndefined({ ...usual, ...claims }), signer);
  };
  const client: DpopClient = {
    jwk,
    thumbprint,
    nonce: undefined,
    token,
    headers(request, options) {
      const bound = token(options);
      return { authorization: `DPoP ${bound}`, dpop: prove(request, bound) };
    },
    broken: createBrokenProofs({ factory, key, token, prove }),
  };
  return client;
}

/** RFC 9449 §4.2. */
function toProofClaims({ method = "GET", url }: ProvenRequest, token: string): Members {
  const crypto = requireCrypto();
  const { origin, pathname } = new URL(url);
  const ath = crypto.createHash("sha256").update(token).digest("base64url");
  return { jti: crypto.randomUUID(), htm: method, htu: origin + pathname, ath };
}

/** Only the members that identify the key and that RFC 7638 §3.2 hashes, ordered by name. */
function toPublicJwk({ jwk = {} }: SigningKey): Members {
  const names = ["crv", "e", "kty", "n", "x", "y"];
  return Object.fromEntries(names.filter((name) => Object.hasOwn(jwk, name)).map((name) => [name, jwk[name]]));
}

/** RFC 7638 §3: SHA-256 of the members, ordered by name. */
function toJwkThumbprint(jwk: Members): string {
  return encodeBytes(requireCrypto().createHash("sha256").update(JSON.stringify(jwk)).digest());
}
