// One case given to the guard and to jose on the same terms.
import { AuthError, ConfigError, createGuard } from "gatewarden";
import { createLocalJWKSet, errors, jwtVerify } from "jose";
import { clock, joinKeys } from "./configurations.mjs";
import { chooseKeys } from "./key-choice.mjs";
import { view } from "./view.mjs";

/** @typedef {import("./compare.mjs").Decision} Decision */
/** @typedef {import("./draft.mjs").Draft} Draft */

/** @param {Draft} draft @param {string} token @returns {Promise<Decision>} */
export async function askGuard({ configuration, keySet, now }, token) {
  try {
    const guard =
      keySet === undefined
        ? configuration.guard
        : createGuard({ ...configuration.terms, keys: toKeys(keySet, configuration.secret) });
    // Each case has its own time of day, also while it waits for the thread pool.
    const { claims } = await clock.run(now, () => guard.verify(token));
    return { accepted: true, why: "accepted", claims };
  } catch (error) {
    if (error instanceof AuthError) return { accepted: false, why: error.reason };
    if (error instanceof ConfigError) return { accepted: false, why: "keys_refused" };
    throw error;
  }
}

/**
 * @param {unknown[]} keySet
 * @param {Uint8Array | undefined} secret
 * @returns {import("gatewarden").KeysOptions}
 */
function toKeys(keySet, secret) {
  return { jwks: { keys: /** @type {never} */ (keySet) }, ...(secret !== undefined && { secret }) };
}

/** @param {Draft} draft @param {string} token @returns {Promise<Decision>} */
export async function askJose(draft, token) {
  const { configuration, keySet, now } = draft;
  const options = { ...configuration.jose, currentDate: new Date(now * 1000) };
  try {
    const keys =
      keySet === undefined
        ? configuration.joseKeys
        : joinKeys(createLocalJWKSet({ keys: /** @type {never} */ (keySet) }), configuration.secret);
    const { payload } = await jwtVerify(token, /** @type {never} */ (keys), options);
    return { accepted: true, why: "accepted", claims: payload };
  } catch (error) {
    if (error instanceof errors.JWKSMultipleMatchingKeys) return askWithEach(draft, token, options);
    // Some failures of the platform's key import come through as they are.
    return {
      accepted: false,
      why: error instanceof errors.JOSEError ? error.code : `${/** @type {Error} */ (error).name}`,
    };
  }
}

/**
 * jose leaves it to its user to try the keys that fit.
 * @param {Draft} draft
 * @param {string} token
 * @param {import("jose").JWTVerifyOptions} options
 * @returns {Promise<Decision>}
 */
async function askWithEach({ configuration, keySet }, token, options) {
  /** @type {Decision} */
  let last = { accepted: false, why: "ERR_JWKS_MULTIPLE_MATCHING_KEYS" };
  for (const key of chooseKeys(keySet ?? configuration.keySet ?? [], view(token).header)) {
    try {
      const { payload } = await jwtVerify(token, key, options);
      return { accepted: true, why: "accepted", claims: payload };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      last = { accepted: false, why: error.code };
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) return last;
    }
  }
  return last;
}
