// DPoP (RFC 9449): a token bound to its client's key, with a new proof for every request.
import { createHash, verify as cryptoVerify, randomUUID } from "node:crypto";
import { auth } from "express-oauth2-jwt-bearer";
import { AuthError, createGuard } from "gatewarden";
import { calculateJwkThumbprint } from "jose";
import * as oauth from "oauth4webapi";
import { createExpressRequest, toPromise } from "../lib/contestants.mjs";
import { supportsOption } from "../lib/library.mjs";
import { checkFairness, measure } from "../lib/measure.mjs";
import { startProvider } from "../lib/provider.mjs";
import { audience, createClaims, createKey, issuer, signToken } from "../lib/tokens.mjs";

/** @typedef {import("../lib/measure.mjs").Contestant} Contestant */
/** @typedef {import("../lib/tokens.mjs").SigningKey} SigningKey */
/** @typedef {{ readonly key: SigningKey, readonly token: string, readonly hash: string }} Client */

const url = "https://api.example.test/orders";
const clientCount = 100;

/**
 * @param {import("../lib/run.mjs").RunOptions} options
 * @returns {Promise<readonly import("../lib/report.mjs").Table[]>}
 */
export async function runDpop({ isQuick, log }) {
  const key = createKey("RS256");
  const provider = await startProvider({ document: { keys: [key.jwk] } });
  try {
    const clients = await Promise.all(Array.from({ length: clientCount }, (_, index) => createClient(key, index)));
    const contestants = [
      createFloor(clients),
      ...createOurs(key),
      createExpressOauth(provider.jwksUri),
      createOauth4webapi(key),
    ];
    await checkFairness(contestants, await createSamples(key));
    const rounds = isQuick ? 4 : 12;
    const batch = isQuick ? 300 : 800;
    log(`${clientCount} clients, every proof new`);
    // Made at the last moment, since a proof is good for a minute.
    const tokens = createRequests(clients, (rounds + 1) * batch);
    const warmUp = createRequests(clients, 5 * clientCount);
    const draw = (/** @type {number} */ round) => Array.from({ length: batch }, (_, index) => round * batch + index);
    const results = await measure(contestants, { name: "", tokens, warmUp, draw }, rounds);
    const title = `DPoP: RS256 tokens of ${clientCount} clients, every proof new (ES256)`;
    return [{ title, unit: "µs per check", results }];
  } finally {
    provider.close();
  }
}

/** @param {SigningKey} key @param {number} index @returns {Promise<Client>} */
async function createClient(key, index) {
  const own = createKey("ES256");
  const cnf = { jkt: await calculateJwkThumbprint(toPublic(own)) };
  const token = signToken(key, { ...createClaims(index), cnf });
  return { key: own, token, hash: createHash("sha256").update(token).digest("base64url") };
}

/** @param {SigningKey} key @returns {{ kty: string, crv: string, x: string, y: string }} */
function toPublic({ jwk }) {
  const { kty, crv, x, y } = /** @type {Record<string, string>} */ (jwk);
  return /** @type {any} */ ({ kty, crv, x, y });
}

/** @param {Client} client @param {object} [change] */
function createProof({ key, hash }, change) {
  const claims = { jti: randomUUID(), htm: "GET", htu: url, iat: Math.floor(Date.now() / 1000), ath: hash, ...change };
  return signToken(key, claims, { typ: "dpop+jwt", alg: "ES256", jwk: toPublic(key) });
}

/** A request is a token and a proof, with a blank between. @param {readonly Client[]} clients @param {number} count */
function createRequests(clients, count) {
  return Array.from({ length: count }, (_, index) => {
    const client = /** @type {Client} */ (clients[index % clients.length]);
    return `${client.token} ${createProof(client)}`;
  });
}

/** @param {SigningKey} key */
async function createSamples(key) {
  const [client, other] = [await createClient(key, 0), await createClient(key, 1)];
  return {
    good: `${client.token} ${createProof(client)}`,
    bad: {
      "a proof of another client": `${client.token} ${createProof(other, { ath: client.hash })}`,
      "a proof for another token": `${client.token} ${createProof(client, { ath: other.hash })}`,
      "a proof for another URL": `${client.token} ${createProof(client, { htu: "https://other.example.test/orders" })}`,
      "an old proof": `${client.token} ${createProof(client, { iat: Math.floor(Date.now() / 1000) - 3600 })}`,
    },
  };
}

/** @param {string} authorization @returns {{ authorization: string, dpop: string }} */
function toHeaders(authorization) {
  const [, token = "", dpop = ""] = authorization.split(" ");
  return { authorization: `DPoP ${token}`, dpop };
}

/** One ES256 check per request, on keys and bytes that are ready: the token is known, the proof cannot be. @param {readonly Client[]} clients @returns {Contestant} */
function createFloor(clients) {
  const keys = new Map(clients.map(({ token, key }) => [token, key.publicKey]));
  return {
    name: "bare crypto.verify of the proof (floor)",
    kind: "floor",
    prepare(authorization) {
      const [, token = "", proof = ""] = authorization.split(" ");
      const end = proof.lastIndexOf(".");
      return {
        parameters: { key: keys.get(token), dsaEncoding: "ieee-p1363" },
        data: Buffer.from(proof.slice(0, end), "latin1"),
        signature: Buffer.from(proof.slice(end + 1), "base64url"),
      };
    },
    create:
      () =>
      ({ parameters, data, signature }) => {
        if (!cryptoVerify("sha256", data, parameters, signature)) throw new Error("The floor refused a proof");
      },
  };
}

/** @param {SigningKey} key @returns {readonly Contestant[]} */
function createOurs({ jwk }) {
  if (!supportsOption("dpop")) return [];
  const variants = supportsOption("cache")
    ? [
        { suffix: ", cache off", cache: { cache: false } },
        { suffix: ", cache on", cache: {} },
      ]
    : [{ suffix: "", cache: {} }];
  return variants.map(({ suffix, cache }) => ({
    name: `gatewarden attempt${suffix}`,
    kind: /** @type {const} */ ("ours"),
    prepare: (authorization) => ({ method: "GET", url, headers: toHeaders(authorization) }),
    create() {
      const options = {
        issuer,
        audience,
        keys: { jwks: { keys: [jwk] } },
        env: {},
        dpop: { mode: "required" },
        resource: new URL(url).origin,
      };
      const guard = createGuard(/** @type {any} */ ({ ...options, ...cache }));
      return async (request) => {
        const outcome = guard.attempt(request);
        const settled = outcome instanceof Promise ? await outcome : outcome;
        if (settled instanceof AuthError) throw settled;
      };
    },
    isAsync: true,
  }));
}

/** @param {string} jwksUri @returns {Contestant} */
function createExpressOauth(jwksUri) {
  return {
    name: "express-oauth2-jwt-bearer",
    kind: "peer",
    isAsync: true,
    prepare(authorization) {
      const { authorization: value, dpop } = toHeaders(authorization);
      return createExpressRequest(value, { dpop });
    },
    create: () =>
      toPromise(auth({ issuer, audience, jwksUri, tokenSigningAlg: "RS256", dpop: { enabled: true, required: true } })),
  };
}

/** @param {SigningKey} key @returns {Contestant} */
function createOauth4webapi({ jwk }) {
  const server = { issuer, jwks_uri: `${issuer}jwks` };
  return {
    name: "oauth4webapi",
    kind: "peer",
    isAsync: true,
    prepare: (authorization) => new Request(url, { headers: toHeaders(authorization) }),
    create() {
      const options = {
        requireDPoP: true,
        signingAlgorithms: ["RS256", "ES256"],
        [oauth.customFetch]: async () => Response.json({ keys: [jwk] }),
      };
      return (request) => oauth.validateJwtAccessToken(server, request, audience, options);
    },
  };
}
