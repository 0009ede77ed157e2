// Memory per cached token: heap and buffers before and after, with the garbage collected in between.
import { createVerifier } from "fast-jwt";
import { createGuard } from "gatewarden";
import { supportsOption } from "../lib/library.mjs";
import { toText } from "../lib/report.mjs";
import { audience, createKey, createTokens, issuer } from "../lib/tokens.mjs";

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Facts[]>}
 */
export async function runMemory({ isQuick, log }) {
  const count = isQuick ? 5000 : 20_000;
  log(`${count} cached tokens`);
  // Many tokens fast: the cache holds what any algorithm has verified.
  const key = createKey("ES256");
  const tokens = createTokens(key, count).map((token) => Buffer.from(token, "latin1"));
  const fastJwt = createVerifier({ key: key.pem, allowedIss: issuer, allowedAud: audience, cache: 2 * count });
  const holders = [await measureHeld("fast-jwt", tokens, (token) => fastJwt(token))];
  if (supportsOption("cache")) {
    const cache = { maxEntries: 4 * count, maxBytes: 2 ** 29 };
    const options = { issuer, audience, keys: { jwks: { keys: [key.jwk] } }, env: {}, cache };
    const guard = createGuard(/** @type {any} */ (options));
    const check = (/** @type {string} */ token) =>
      guard.attempt({ method: "GET", url: "/", headers: { authorization: `Bearer ${token}` } });
    holders.push(await measureHeld("**gatewarden**", tokens, check));
  }
  const length = String(tokens[0]?.length);
  return [
    {
      title: `Memory per cached token of ${length} bytes`,
      columns: ["cache", "bytes per token"],
      rows: holders.map(({ name, bytes }) => [name, toText(bytes)]),
    },
  ];
}

/**
 * @param {string} name
 * @param {readonly Buffer[]} tokens
 * @param {(token: string) => unknown} check
 */
async function measureHeld(name, tokens, check) {
  const before = readUsed();
  // Several times: a cache may keep only what came again.
  for (let time = 0; time < 4; time++) for (const token of tokens) await check(token.toString("latin1"));
  return { name, bytes: (readUsed() - before) / tokens.length };
}

function readUsed() {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
