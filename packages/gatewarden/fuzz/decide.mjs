// One case given to the guard and to jose on the same terms.
import { AuthError, ConfigError, createGuard } from "gatewarden";
import { createLocalJWKSet, errors, jwtVerify } from "jose";
import { clock } from "./configurations.mjs";

/** @typedef {import("./draft.mjs").Draft} Draft */

/**
 * @typedef {object} Decision
 * @property {boolean} accepted
 * @property {string} why The guard's reason or jose's code.
 * @property {unknown} [claims]
 */

/** @param {Draft} draft @param {string} token @returns {Promise<Decision>} */
export async function askGuard({ configuration, keySet, now }, token) {
  try {
    const guard =
      keySet === undefined
        ? configuration.guard
        : createGuard({ ...configuration.terms, keys: { jwks: { keys: /** @type {never} */ (keySet) } } });
    // Each case has its own time of day, also while it waits for the thread pool.
    const { claims } = await clock.run(now, () => guard.verify(token));
    return { accepted: true, why: "accepted", claims };
  } catch (error) {
    if (error instanceof AuthError) return { accepted: false, why: error.reason };
    if (error instanceof ConfigError) return { accepted: false, why: "keys_refused" };
    throw error;
  }
}

/** @param {Draft} draft @param {string} token @returns {Promise<Decision>} */
export async function askJose({ configuration, keySet, now }, token) {
  try {
    const keys =
      keySet === undefined ? configuration.joseKeys : createLocalJWKSet({ keys: /** @type {never} */ (keySet) });
    const options = { ...configuration.jose, currentDate: new Date(now * 1000) };
    const { payload } = await jwtVerify(token, /** @type {never} */ (keys), options);
    return { accepted: true, why: "accepted", claims: payload };
  } catch (error) {
    // Some failures of the platform's key import come through as they are.
    return {
      accepted: false,
      why: error instanceof errors.JOSEError ? error.code : `${/** @type {Error} */ (error).name}`,
    };
  }
}
