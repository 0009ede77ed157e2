// Who fetches keys from the provider, each with its own defaults.
import { JwtVerifier } from "aws-jwt-verify";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { auth } from "express-oauth2-jwt-bearer";
import { createVerifier } from "fast-jwt";
import { createGuard } from "gatewarden";
import createGetJwks from "get-jwks";
import { verifyWithJwks } from "hono/jwt";
import { createRemoteJWKSet, jwtVerify } from "jose";
import jsonwebtoken from "jsonwebtoken";
import jwksRsa from "jwks-rsa";
import * as oauth from "oauth4webapi";
import { createExpressRequest, toPromise } from "./contestants.mjs";
import { audience, issuer } from "./tokens.mjs";

/**
 * @typedef {object} KeyContestant
 * @property {string} name
 * @property {boolean} [isQuick] Takes part in quick runs.
 * @property {(provider: import("./provider.mjs").Provider, cacheMaxAge?: number) => (token: string) => Promise<unknown>} create
 *   With a `cacheMaxAge` (milliseconds), keys get old that fast, where the library lets itself be told.
 */

/** @returns {readonly KeyContestant[]} */
export function createKeyContestants() {
  return [
    { name: "**gatewarden**", isQuick: true, create: createOurs },
    { name: "jose", isQuick: true, create: createJose },
    { name: "aws-jwt-verify", isQuick: true, create: createAws },
    { name: "express-oauth2-jwt-bearer", create: createExpressOauth },
    { name: "jsonwebtoken + jwks-rsa", create: createJwksRsa },
    { name: "fast-jwt + get-jwks", create: createGetJwksPair },
    { name: "oauth4webapi", create: createOauth4webapi },
    { name: "hono/jwk, jwks_uri", create: createHono },
  ];
}

/** @type {KeyContestant["create"]} */
function createOurs({ jwksUri }) {
  const guard = createGuard({ issuer, audience, keys: { jwksUri }, env: {} });
  return (token) => guard.verify(token);
}

/** @type {KeyContestant["create"]} */
function createJose({ jwksUri }, cacheMaxAge) {
  const keys = createRemoteJWKSet(new URL(jwksUri), cacheMaxAge ? { cacheMaxAge } : {});
  return (token) => jwtVerify(token, keys, { issuer, audience, algorithms: ["RS256"] });
}

/** Its own fetcher insists on https, so it gets one that does not. @type {KeyContestant["create"]} */
function createAws({ jwksUri }) {
  const fetcher = { fetch: async (/** @type {string} */ uri) => (await fetch(uri)).arrayBuffer() };
  const jwksCache = new SimpleJwksCache({ fetcher });
  const verifier = JwtVerifier.create({ issuer, audience, jwksUri }, { jwksCache });
  return (token) => verifier.verify(token);
}

/** @type {KeyContestant["create"]} */
function createExpressOauth({ jwksUri }, cacheMaxAge) {
  const middleware = toPromise(
    auth({ issuer, audience, jwksUri, tokenSigningAlg: "RS256", ...(cacheMaxAge && { cacheMaxAge }) }),
  );
  return async (token) => middleware(createExpressRequest(`Bearer ${token}`));
}

/** @type {KeyContestant["create"]} */
function createJwksRsa({ jwksUri }, cacheMaxAge) {
  const client = jwksRsa({ jwksUri, cache: true, ...(cacheMaxAge && { cacheMaxAge }) });
  return async (token) => {
    const kid = jsonwebtoken.decode(token, { complete: true })?.header.kid;
    const key = await client.getSigningKey(kid);
    return jsonwebtoken.verify(token, key.getPublicKey(), { algorithms: ["RS256"], issuer, audience });
  };
}

/** @type {KeyContestant["create"]} */
function createGetJwksPair({ origin }, cacheMaxAge) {
  const getJwks = createGetJwks(cacheMaxAge ? { ttl: cacheMaxAge } : {});
  return createVerifier({
    key: async (/** @type {import("fast-jwt").DecodedJwt} */ { header }) =>
      getJwks.getPublicKey({ kid: header["kid"], alg: header["alg"], domain: origin }),
    algorithms: ["RS256"],
    allowedIss: issuer,
    allowedAud: audience,
  });
}

/** @type {KeyContestant["create"]} */
function createOauth4webapi({ jwksUri }) {
  const server = { issuer, jwks_uri: jwksUri };
  const options = { [oauth.allowInsecureRequests]: true, signingAlgorithms: ["RS256"] };
  return (token) => {
    const request = new Request("https://api.example.test/", { headers: { authorization: `Bearer ${token}` } });
    return oauth.validateJwtAccessToken(server, request, audience, options);
  };
}

/** @type {KeyContestant["create"]} */
function createHono({ jwksUri }) {
  const verification = { iss: issuer, aud: audience, typ: "at+jwt" };
  return (token) => verifyWithJwks(token, { jwks_uri: jwksUri, allowedAlgorithms: ["RS256"], verification });
}
