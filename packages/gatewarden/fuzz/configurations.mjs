// Pairs of a guard and jose options that mean the same: issuer, audience, algorithms, tolerance, keys and clock.
import { AsyncLocalStorage } from "node:async_hooks";
import { createPublicKey } from "node:crypto";
import { createGuard } from "gatewarden";
import { createLocalJWKSet } from "jose";
import { ecSigner, hmac, often, published, secret } from "./signers.mjs";

/** @typedef {import("./signers.mjs").Members} Members */
/** @typedef {import("./signers.mjs").Signer} Signer */
/** @typedef {import("jose").JWTVerifyOptions} JoseOptions */

/**
 * @typedef {object} Configuration
 * @property {string} name
 * @property {readonly Signer[]} signers Whose tokens are good here.
 * @property {import("gatewarden").GuardOptions} terms The guard's options.
 * @property {import("gatewarden").Guard<unknown>} guard
 * @property {JoseOptions} jose
 * @property {unknown} joseKeys
 * @property {readonly unknown[] | undefined} keySet The JWKs, where keys come as a set.
 * @property {Uint8Array | undefined} secret The shared secret, perhaps beside keys.
 * @property {readonly string[]} audiences None: the tokens name no audience.
 * @property {readonly string[] | undefined} clientIds
 * @property {boolean} isStrict
 * @property {boolean} allowIdTokens
 */

export const issuer = "https://issuer.test/";
export const audience = "https://api.test";

/** Seconds since 1970 at which cases happen, give or take. */
export const start = 1_800_000_000;

/** The time of the case at hand: many are under way at once. */
export const clock = /** @type {import("node:async_hooks").AsyncLocalStorage<number>} */ (new AsyncLocalStorage());

export const asymmetric = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split(" ");
const symmetric = ["HS256", "HS384", "HS512"];
const required = ["iss", "aud", "exp"];

/**
 * @typedef {object} Terms
 * @property {readonly string[]} [algorithms]
 * @property {number} [clockTolerance]
 * @property {readonly string[]} [audiences]
 * @property {readonly string[]} [clientIds]
 * @property {boolean} [isStrict]
 * @property {boolean} [allowIdTokens]
 */

/**
 * @param {string} name
 * @param {import("gatewarden").KeysOptions} keys
 * @param {readonly Signer[]} signers
 * @param {Terms} [terms]
 * @returns {Configuration}
 */
export function configure(name, keys, signers, terms = {}) {
  const { clockTolerance = 5, audiences = [audience], clientIds, isStrict = false, allowIdTokens = false } = terms;
  const hasAudience = audiences.length > 0;
  const hmac = "secret" in keys ? symmetric : [];
  const algorithms = terms.algorithms ?? (hasPublicKeys(keys) ? [...asymmetric, ...hmac] : hmac);
  /** @type {import("gatewarden").GuardOptions} */
  const options = {
    issuer,
    audience: hasAudience && audiences,
    ...(clientIds && { clientId: clientIds }),
    clockTolerance,
    algorithms: /** @type {never} */ (algorithms),
    tokenType: isStrict ? "at+jwt" : "any",
    allowIdTokens,
    env: {},
    now: () => clock.getStore() ?? start,
  };
  return {
    name,
    signers,
    terms: options,
    guard: createGuard({ ...options, keys }),
    joseKeys: toJoseKeys(keys),
    keySet: "jwks" in keys ? keys.jwks.keys : undefined,
    secret: "secret" in keys ? /** @type {Uint8Array} */ (keys.secret) : undefined,
    audiences,
    clientIds,
    isStrict,
    allowIdTokens,
    jose: {
      issuer,
      ...(hasAudience && { audience: [...audiences] }),
      algorithms: [...algorithms],
      clockTolerance,
      requiredClaims: isStrict
        ? [...required, "sub", "client_id", "iat", "jti"]
        : required.filter((name) => hasAudience || name !== "aud"),
      ...(isStrict && { typ: "at+jwt" }),
    },
  };
}

/** @param {import("gatewarden").KeysOptions} keys */
const hasPublicKeys = (keys) => "jwks" in keys || "publicKey" in keys;

/**
 * For an issuer with both: what the header's algorithm is for, decided here by its name.
 * @param {unknown} publicKeys
 * @param {Uint8Array | undefined} secret
 */
export function joinKeys(publicKeys, secret) {
  if (secret === undefined) return publicKeys;
  /**
   * @param {import("jose").JWTHeaderParameters} header
   * @param {import("jose").FlattenedJWSInput} input
   */
  return (header, input) => {
    if (header.alg.startsWith("HS")) return secret;
    return typeof publicKeys === "function" ? publicKeys(header, input) : publicKeys;
  };
}

/** @param {import("gatewarden").KeysOptions} keys */
function toJoseKeys(keys) {
  if (!hasPublicKeys(keys) && "secret" in keys) return keys.secret;
  const secret = "secret" in keys ? /** @type {Uint8Array} */ (keys.secret) : undefined;
  return joinKeys(toJosePublicKeys(keys), secret);
}

/** @param {import("gatewarden").KeysOptions} keys */
function toJosePublicKeys(keys) {
  if ("publicKey" in keys) return keys.publicKey;
  if ("jwks" in keys) return createLocalJWKSet(/** @type {never} */ (keys.jwks));
  throw new TypeError("These keys would be fetched");
}

/** @param {readonly Signer[]} signers @param {(signer: Signer) => Members} [change] */
const toSet = (signers, change = ({ jwk }) => jwk) => ({ jwks: { keys: signers.map(change) } });
const pinned = createPublicKey({ key: /** @type {never} */ (ecSigner.jwk), format: "jwk" });

export const withSecret = configure("a shared secret", { secret }, [hmac]);
export const usual = configure("a key set", toSet(published), often);

const mixed = [...often, ...Array(30).fill(hmac)];
const special = [
  ...Array(3).fill(configure("a secret beside a key set", { ...toSet(published), secret }, mixed)),
  configure("a secret beside one pinned key", { publicKey: pinned, secret }, [ecSigner, hmac]),
  configure("a secret beside a key set, HS512 and ES256 alone", { ...toSet(published), secret }, mixed, {
    algorithms: ["HS512", "ES256"],
  }),
  configure("several audiences", toSet(published), often, { audiences: [audience, "urn:api", "*"] }),
  configure("no tolerance", toSet(published), often, { clockTolerance: 0 }),
  configure("a minute of tolerance", toSet(published), often, { clockTolerance: 60 }),
  configure("RS256 and ES256 alone", toSet(published), often, { algorithms: ["RS256", "ES256"] }),
  configure("RFC 9068", toSet(published), often, { isStrict: true }),
  configure("RFC 9068 with a secret", { secret }, [hmac], { isStrict: true }),
  configure("ID tokens too", toSet(published), often, { allowIdTokens: true }),
  configure("HS512 alone", { secret }, [hmac], { algorithms: ["HS512"] }),
  configure("clients instead of an audience", toSet(published), often, { audiences: [], clientIds: ["client", "b"] }),
  configure("a client beside an audience", toSet(published), often, { clientIds: ["client"] }),
  configure("one pinned key", { publicKey: pinned }, [ecSigner]),
  configure(
    "keys that name their use and algorithm",
    toSet(published, ({ jwk, alg }) => ({ ...jwk, alg, use: "sig" })),
    often,
  ),
  configure(
    "keys without ids",
    toSet(published, ({ jwk: { kid, ...jwk } }) => jwk),
    often,
  ),
  configure(
    "one id for all keys",
    toSet(published, ({ jwk }) => ({ ...jwk, kid: "one" })),
    often,
  ),
];

/** As often as each is wanted. */
export const configurations = [...Array(14).fill(usual), ...Array(14).fill(withSecret), ...special];
