// Growth: what more issuers, more keys and longer tokens do to one check, and to making the guard.
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { AuthError, createGuard } from "gatewarden";
import { supportsOption } from "../lib/library.mjs";
import { arrange } from "../lib/measure.mjs";
import { toText } from "../lib/report.mjs";
import { summarize } from "../lib/statistics.mjs";
import { audience, createClaims, createKey, issuer, signToken } from "../lib/tokens.mjs";

/** @typedef {{ readonly name: string, readonly options: object, readonly token: string }} Case */

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runGrowth({ isQuick, log }) {
  const key = createKey("RS256");
  const keys = { jwks: { keys: [key.jwk] } };
  const token = signToken(key, createClaims(0));
  log("issuers, keys, token sizes");
  const issuerCases = [1, 100, 10_000].map((count) => ({
    name: `${count.toLocaleString("en")} issuers`,
    options: { issuer: [...createIssuers(count - 1), { issuer, keys }] },
    token,
  }));
  const keyCases = [1, 10, 100, 1000].map((count) => ({
    name: `${count.toLocaleString("en")} keys in the set`,
    options: { issuer, keys: { jwks: { keys: [...createOtherKeys(count - 1), key.jwk] } } },
    token,
  }));
  const sizeCases = [0.5, 1, 2, 4, 8].map((kibibytes) => ({
    name: `tokens of ${kibibytes} KiB`,
    options: { issuer, keys, maxTokenSize: 16_384 },
    token: createLongToken(key, kibibytes * 1024),
  }));
  return [
    {
      title: "Growth (RS256, token cache off)",
      note: "Making the guard includes importing all keys.",
      columns: ["case", "µs per check", "p25 - p75", "ms to make the guard"],
      rows: measureCases([...issuerCases, ...keyCases, ...sizeCases], isQuick),
    },
  ];
}

/**
 * @param {readonly Case[]} cases
 * @param {boolean} isQuick
 */
function measureCases(cases, isQuick) {
  const lanes = cases.map(({ name, options, token }) => {
    const start = performance.now();
    const cache = supportsOption("cache") ? { cache: false } : {};
    const guard = createGuard(/** @type {any} */ ({ audience, env: {}, ...options, ...cache }));
    return { name, guard, token, made: performance.now() - start, times: /** @type {number[]} */ ([]) };
  });
  const batch = isQuick ? 300 : 1000;
  for (let round = 0; round <= (isQuick ? 5 : 20); round++) {
    for (const { guard, token, times } of arrange(lanes, round)) {
      const authorization = Buffer.from(`Bearer ${token}`);
      const requests = Array.from({ length: batch }, () => ({
        method: "GET",
        url: "/",
        headers: { authorization: authorization.toString("latin1") },
      }));
      const start = performance.now();
      for (const request of requests) {
        const outcome = guard.attempt(request);
        if (outcome instanceof AuthError) throw outcome;
      }
      if (round > 0) times.push(((performance.now() - start) * 1000) / batch);
    }
  }
  return lanes.map(({ name, made, times }) => {
    const { median, low, high } = summarize(times);
    return [name, toText(median), `${toText(low)} - ${toText(high)}`, toText(made)];
  });
}

/** @param {number} count */
function createIssuers(count) {
  return Array.from({ length: count }, (_, index) => `https://tenant-${index}.example.test/`);
}

/**
 * Keys that nobody signs with. Elliptic ones, since a thousand RSA keys take minutes to make.
 * @param {number} count
 */
function createOtherKeys(count) {
  return Array.from({ length: count }, (_, index) => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return {
      ...createPublicKey(publicKey.export({ type: "spki", format: "pem" })).export({ format: "jwk" }),
      kid: `other-${index}`,
    };
  });
}

/**
 * @param {import("../lib/tokens.mjs").SigningKey} key
 * @param {number} length
 */
function createLongToken(key, length) {
  const { iss, aud, exp, sub } = createClaims(0);
  const short = { iss, aud: aud[0], exp, sub };
  const missing = length - signToken(key, { ...short, permissions: [] }).length;
  const permissions = Array.from(
    { length: Math.max(0, Math.floor((missing * 3) / 4 / 17)) },
    (_, index) => `items:${1e7 + index}`,
  );
  return signToken(key, { ...short, permissions });
}
