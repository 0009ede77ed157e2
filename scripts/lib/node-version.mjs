// Checks the Node.js version first of all: what would fail later would not say why.
import { Failure } from "./failure.mjs";

const needed = [20, 19];

/**
 * Throws a `Failure` for a Node.js that is too old.
 * @param {string} version
 */
export function checkNodeVersion(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [neededMajor = 0, neededMinor = 0] = needed;
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  throw new Failure(
    `Gatewarden needs Node.js ${needed.join(".")} or newer; this is ${version}. See https://nodejs.org`,
  );
}
