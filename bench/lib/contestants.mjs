// Who verifies tokens in-process, each set up as its documentation says, each checking signature, algorithm, issuer, audience and expiry.
import { createHmac, createSecretKey, verify as cryptoVerify, timingSafeEqual } from "node:crypto";
import fastifyJwt from "@fastify/jwt";
import { JwtVerifier } from "aws-jwt-verify";
import { auth } from "express-oauth2-jwt-bearer";
import { createVerifier } from "fast-jwt";
import Fastify from "fastify";
import { AuthError, createGuard } from "gatewarden";
import createGetJwks from "get-jwks";
import { verify as honoVerify, verifyWithJwks } from "hono/jwt";
import { createLocalJWKSet, jwtVerify } from "jose";
import jsonwebtoken from "jsonwebtoken";
import jwksRsa from "jwks-rsa";
import * as oauth from "oauth4webapi";
import { supportsOption } from "./library.mjs";
import { audience, issuer, toCryptoKey } from "./tokens.mjs";

/** @typedef {import("./measure.mjs").Contestant} Contestant */
/** @typedef {import("./tokens.mjs").SigningKey} SigningKey */

/**
 * @typedef {object} Setting
 * @property {SigningKey} key
 * @property {string} origin Of a provider that serves the key at `/.well-known/jwks.json`.
 */

/**
 * All who can do the algorithm.
 * @param {Setting} setting
 * @returns {readonly Contestant[]}
 */
export function createContestants(setting) {
  const { alg } = setting.key;
  const isPublic = alg !== "HS256";
  return [
    createFloor(setting.key),
    ...createOurs(setting.key),
    ...createFastJwt(setting.key),
    createFastifyJwt(setting.key),
    ...(alg === "EdDSA" ? [] : [createJsonwebtoken(setting.key)]),
    ...(isPublic && alg !== "PS256" ? [createAws(setting.key)] : []),
    createJose(setting.key),
    createHono(setting.key),
    ...(isPublic ? [createOauth4webapi(setting.key), createExpressOauth(setting)] : []),
    ...(alg === "RS256" ? [createJwksRsa(setting), createGetJwksPair(setting)] : []),
  ];
}

/**
 * What no library can be faster than: the signature check alone, on a key and bytes that are ready.
 * @param {SigningKey} key
 * @returns {Contestant}
 */
export function createFloor({ alg, publicKey, secret }) {
  const parameters = publicKey && toCryptoKey(alg, publicKey);
  const hash = alg === "EdDSA" ? null : "sha256";
  return {
    name: alg === "HS256" ? "bare HMAC (floor)" : "bare crypto.verify (floor)",
    kind: "floor",
    prepare(authorization) {
      const end = authorization.lastIndexOf(".");
      return {
        data: Buffer.from(authorization.slice(7, end), "latin1"),
        signature: Buffer.from(authorization.slice(end + 1), "base64url"),
      };
    },
    create:
      () =>
      (/** @type {{ data: Buffer, signature: Buffer }} */ { data, signature }) => {
        const isValid = parameters
          ? cryptoVerify(hash, data, parameters, signature)
          : timingSafeEqual(createHmac("sha256", secret).update(data).digest(), signature);
        if (!isValid) throw new Error("The floor refused a token");
      },
  };
}

/** @param {unknown} outcome */
function throwRefusal(outcome) {
  if (outcome instanceof AuthError) throw outcome;
}

/**
 * @param {SigningKey} key
 * @returns {readonly Contestant[]}
 */
export function createOurs(key) {
  const keys = key.alg === "HS256" ? { secret: key.secret } : { jwks: { keys: [key.jwk] } };
  const toRequest = (/** @type {string} */ authorization) => ({
    method: "GET",
    url: "/orders",
    headers: { authorization },
  });
  const variants = supportsOption("cache")
    ? [
        { suffix: ", cache off", options: { cache: /** @type {const} */ (false) }, hasCache: false },
        { suffix: ", cache on", options: {}, hasCache: true },
      ]
    : [{ suffix: "", options: {}, hasCache: false }];
  return variants.flatMap(({ suffix, options, hasCache }) => {
    const create = () => createGuard({ issuer, audience, keys, env: {}, ...options });
    return [
      {
        name: `gatewarden attempt${suffix}`,
        kind: /** @type {const} */ ("ours"),
        hasCache,
        prepare: toRequest,
        create() {
          const guard = create();
          return (/** @type {import("gatewarden").GuardRequest} */ request) => {
            const outcome = guard.attempt(request);
            if (outcome instanceof AuthError) throw outcome;
            if (outcome instanceof Promise) return outcome.then(throwRefusal);
            return undefined;
          };
        },
      },
      {
        name: `gatewarden check${suffix}`,
        kind: /** @type {const} */ ("ours"),
        hasCache,
        isAsync: true,
        prepare: toRequest,
        create() {
          const guard = create();
          return (/** @type {import("gatewarden").GuardRequest} */ request) => guard.check(request);
        },
      },
    ];
  });
}

/**
 * @param {SigningKey} key
 * @returns {readonly Contestant[]}
 */
function createFastJwt({ alg, pem, secret }) {
  const options = {
    key: alg === "HS256" ? secret : pem,
    algorithms: [/** @type {import("fast-jwt").Algorithm} */ (alg)],
    allowedIss: issuer,
    allowedAud: audience,
  };
  return [false, 25_000, 1_000].map((cache) => ({
    name: cache === false ? "fast-jwt" : `fast-jwt, cache of ${cache.toLocaleString("en")}`,
    kind: "peer",
    hasCache: cache !== false,
    create: () => createVerifier({ ...options, cache }),
  }));
}

/**
 * @param {SigningKey} key
 * @returns {Contestant}
 */
function createFastifyJwt({ alg, pem, secret }) {
  return {
    name: "@fastify/jwt",
    kind: "peer",
    async create() {
      const app = Fastify();
      await app.register(fastifyJwt, {
        secret: alg === "HS256" ? secret : { public: pem },
        verify: {
          algorithms: [/** @type {import("fast-jwt").Algorithm} */ (alg)],
          allowedIss: issuer,
          allowedAud: audience,
        },
      });
      await app.ready();
      return (token) => app.jwt.verify(token);
    },
  };
}

/**
 * @param {SigningKey} key
 * @returns {Contestant}
 */
function createJsonwebtoken({ alg, publicKey, secret }) {
  const algorithms = [/** @type {import("jsonwebtoken").Algorithm} */ (alg)];
  const keyObject = publicKey ?? createSecretKey(secret);
  return {
    name: "jsonwebtoken",
    kind: "peer",
    create: () => (token) => jsonwebtoken.verify(token, keyObject, { algorithms, issuer, audience }),
  };
}

/**
 * @param {SigningKey} key
 * @returns {Contestant}
 */
function createAws({ jwk }) {
  return {
    name: "aws-jwt-verify",
    kind: "peer",
    create() {
      const verifier = JwtVerifier.create({ issuer, audience, jwksUri: `${issuer}jwks` });
      verifier.cacheJwks(/** @type {any} */ ({ keys: [jwk] }));
      return (token) => verifier.verifySync(token);
    },
  };
}

/**
 * @param {SigningKey} key
 * @returns {Contestant}
 */
function createJose({ alg, jwk, secret }) {
  return {
    name: "jose",
    kind: "peer",
    isAsync: true,
    create() {
      const options = { issuer, audience, algorithms: [alg] };
      if (alg === "HS256") return (token) => jwtVerify(token, secret, options);
      const keys = createLocalJWKSet(/** @type {any} */ ({ keys: [jwk] }));
      return (token) => jwtVerify(token, keys, options);
    },
  };
}

/**
 * @param {SigningKey} key
 * @returns {Contestant}
 */
function createHono({ alg, jwk, secret }) {
  const verification = { iss: issuer, aud: audience, typ: "at+jwt" };
  return {
    name: "hono/jwk, keys given",
    kind: "peer",
    isAsync: true,
    create: () => (token) =>
      alg === "HS256"
        ? honoVerify(token, secret.toString("latin1"), { alg, ...verification })
        : verifyWithJwks(token, { keys: [/** @type {any} */ (jwk)], allowedAlgorithms: [alg], verification }),
  };
}

/**
 * @param {SigningKey} key
 * @returns {Contestant}
 */
function createOauth4webapi({ alg, jwk }) {
  const server = { issuer, jwks_uri: `${issuer}jwks` };
  return {
    name: "oauth4webapi",
    kind: "peer",
    isAsync: true,
    prepare: (authorization) => new Request("https://api.example.test/orders", { headers: { authorization } }),
    create() {
      const options = {
        signingAlgorithms: [alg],
        [oauth.customFetch]: async () => Response.json({ keys: [jwk] }),
      };
      return (request) => oauth.validateJwtAccessToken(server, request, audience, options);
    },
  };
}

/**
 * @param {Setting} setting
 * @returns {Contestant}
 */
function createExpressOauth({ key: { alg }, origin }) {
  return {
    name: "express-oauth2-jwt-bearer",
    kind: "peer",
    isAsync: true,
    prepare: (authorization) => createExpressRequest(authorization),
    create() {
      const jwksUri = `${origin}/.well-known/jwks.json`;
      return toPromise(auth({ issuer, jwksUri, audience, tokenSigningAlg: alg }));
    },
  };
}

/**
 * As little of an Express request as the middleware looks at.
 * @param {string} authorization
 * @param {Record<string, string>} [more]
 */
export function createExpressRequest(authorization, more = {}) {
  const headers = /** @type {Record<string, string>} */ ({ host: "api.example.test", authorization, ...more });
  return {
    method: "GET",
    url: "/orders",
    originalUrl: "/orders",
    protocol: "https",
    query: {},
    body: undefined,
    headers,
    get: (/** @type {string} */ name) => headers[name.toLowerCase()],
    is: () => false,
  };
}

/**
 * @param {Function} middleware
 * @returns {import("./measure.mjs").Check}
 */
export function toPromise(middleware) {
  return (request) =>
    new Promise((resolve, reject) => {
      middleware(request, {}, (/** @type {unknown} */ error) => (error ? reject(error) : resolve(undefined)));
    });
}

/**
 * @param {Setting} setting
 * @returns {Contestant}
 */
function createJwksRsa({ origin }) {
  return {
    name: "jsonwebtoken + jwks-rsa",
    kind: "peer",
    isAsync: true,
    create() {
      const client = jwksRsa({ jwksUri: `${origin}/.well-known/jwks.json`, cache: true });
      /** @type {import("jsonwebtoken").GetPublicKeyOrSecret} */
      const getKey = ({ kid }, done) => {
        client.getSigningKey(kid).then((key) => done(null, key.getPublicKey()), done);
      };
      return (token) =>
        new Promise((resolve, reject) => {
          const options = { algorithms: [/** @type {const} */ ("RS256")], issuer, audience };
          jsonwebtoken.verify(token, getKey, options, (error, claims) => (error ? reject(error) : resolve(claims)));
        });
    },
  };
}

/**
 * @param {Setting} setting
 * @returns {Contestant}
 */
function createGetJwksPair({ key: { alg }, origin }) {
  return {
    name: "fast-jwt + get-jwks",
    kind: "peer",
    isAsync: true,
    create() {
      const getJwks = createGetJwks();
      return createVerifier({
        key: async (/** @type {import("fast-jwt").DecodedJwt} */ { header }) =>
          getJwks.getPublicKey({ kid: header["kid"], alg: header["alg"], domain: origin }),
        algorithms: [/** @type {import("fast-jwt").Algorithm} */ (alg)],
        allowedIss: issuer,
        allowedAud: audience,
      });
    },
  };
}
