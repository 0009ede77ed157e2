// What the library under test can do, so that the benchmarks grow with it.
import { createGuard } from "gatewarden";

/**
 * Whether `createGuard` knows the option: it refuses unknown ones by name.
 * @param {string} name
 */
export function supportsOption(name) {
  try {
    createGuard(/** @type {any} */ ({ issuer: "https://a.test/", audience: "a", env: {}, [name]: undefined }));
    return true;
  } catch {
    return false;
  }
}
