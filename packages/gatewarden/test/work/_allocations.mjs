// Prints how many bytes one check allocates. Run with a large nursery, so that no collection hides them.
import { generateKeyPairSync, sign } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { AuthError, createGuard } from "gatewarden";

const [issuer, audience] = ["https://issuer.test/", "https://api.test"];
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = { ...publicKey.export({ format: "jwk" }), kid: "key" };
const guard = createGuard({ issuer, audience, env: {}, keys: { jwks: { keys: [/** @type {never} */ (jwk)] } } });
const encode = (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** @param {number} index */
function createRequest(index) {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const permissions = Array.from({ length: 8 }, (_, number) => `read:things-of-kind-${number}`);
  const payload = { iss: issuer, aud: audience, sub: `user|${index}`, exp, iat: exp - 3600, permissions };
  const input = `${encode({ alg: "ES256", kid: "key", typ: "at+jwt" })}.${encode(payload)}`;
  const key = { key: privateKey, dsaEncoding: /** @type {const} */ ("ieee-p1363") };
  const signature = sign("sha256", Buffer.from(input), key).toString("base64url");
  const authorization = Buffer.from(`Bearer ${input}.${signature}`, "latin1").toString("latin1");
  return { method: "GET", url: "/", headers: { authorization } };
}

/** @param {readonly import("gatewarden").GuardRequest[]} requests */
async function measure(requests) {
  globalThis.gc?.();
  let bytes = 0;
  for (let first = 0; first < requests.length; first += 20) {
    const some = requests.slice(first, first + 20);
    await nextTurn();
    const before = process.memoryUsage().heapUsed;
    for (const request of some) if (guard.attempt(request) instanceof AuthError) throw new Error("refused");
    bytes += process.memoryUsage().heapUsed - before;
  }
  return Math.round(bytes / requests.length);
}

const warmUp = Array.from({ length: 2000 }, (_, index) => createRequest(index));
const known = warmUp.slice(0, 1000).map(({ headers, ...rest }) => ({ ...rest, headers: { ...headers } }));
for (let turn = 0; turn < 4; turn++) await measure(warmUp);

/**
 * The smallest of several measurements: whatever else the process does meanwhile only adds to one.
 * @param {(round: number) => readonly import("gatewarden").GuardRequest[]} create
 */
async function measureSmallest(create) {
  const rounds = [];
  for (let round = 0; round < 5; round++) rounds.push(await measure(create(round)));
  return Math.min(...rounds);
}

const results = {
  known: await measureSmallest(() => known),
  fresh: await measureSmallest((round) =>
    Array.from({ length: 1000 }, (_, index) => createRequest(-1 - index - 1000 * round)),
  ),
};
console.log(JSON.stringify(results));
