// Middleware of express-jwt and of its drop-in, made from the same options.
import { setTimeout as wait } from "node:timers/promises";
import type { RequestHandler } from "express";
import jwksRsa from "jwks-rsa";
import type * as compat from "../../../src/compat/express-jwt/express-jwt.js";
import { audience, certificate, ec, issuer, otherSecret, rsa, secret, secretObject, toPem } from "../_kit.js";

/** What both packages export. */
export interface Library {
  readonly expressjwt: typeof compat.expressjwt;
  readonly UnauthorizedError: typeof compat.UnauthorizedError;
  readonly expressJwtSecret: typeof compat.expressJwtSecret;
}

/** Servers of keys: one that answers, and one that does not. */
export interface Keys {
  readonly jwksUri: string;
  readonly deadUri: string;
}

const hs = { secret, algorithms: ["HS256" as const] };
const rs = { secret: toPem(rsa), algorithms: ["RS256" as const] };
const terms = { issuer, audience };

/** Keys by `kid`, as an application with several would look them up. */
const lookUp: compat.GetVerificationKey = async (_request, token) => {
  await wait(0);
  const kid = token?.header.kid;
  if (kid === "boom") throw new Error("the store of keys is down");
  const keys: Record<string, string> = { a: secret, b: otherSecret, rsa: toPem(rsa), ec: toPem(ec), short: "short" };
  return kid === undefined ? undefined : keys[kid];
};

export const configurations = {
  hs: ({ expressjwt }) => expressjwt(hs),
  bytes: ({ expressjwt }) => expressjwt({ ...hs, secret: Buffer.from(secret) }),
  object: ({ expressjwt }) => expressjwt({ ...hs, secret: secretObject }),
  terms: ({ expressjwt }) => expressjwt({ ...hs, ...terms }),
  audience: ({ expressjwt }) => expressjwt({ ...hs, audience: ["https://a.test", audience] }),
  issuer: ({ expressjwt }) => expressjwt({ ...hs, issuer: ["https://a.test/", issuer] }),
  rs: ({ expressjwt }) => expressjwt(rs),
  es: ({ expressjwt }) => expressjwt({ secret: toPem(ec), algorithms: ["ES256"] }),
  certificate: ({ expressjwt }) => expressjwt({ secret: certificate.pem, algorithms: ["ES256"] }),
  optional: ({ expressjwt }) => expressjwt({ ...hs, credentialsRequired: false }),
  getToken: ({ expressjwt }) =>
    expressjwt({
      ...hs,
      getToken: async (request) => (request.query["token"] ?? request.headers["x-token"]) as string,
    }),
  getTokenThrows: ({ expressjwt, UnauthorizedError }) =>
    expressjwt({
      ...hs,
      getToken: () => {
        throw new UnauthorizedError("credentials_bad_format", { message: "own" });
      },
    }),
  getTokenOptional: ({ expressjwt }) =>
    expressjwt({ ...hs, credentialsRequired: false, getToken: (request) => request.query["token"] as string }),
  property: ({ expressjwt }) => expressjwt({ ...hs, requestProperty: "user" }),
  path: ({ expressjwt }) => expressjwt({ ...hs, requestProperty: "found.by.jwt" }),
  revoked: ({ expressjwt }) =>
    expressjwt({
      ...hs,
      isRevoked: async (_request, token) => {
        if (token?.payload["jti"] === "boom") throw new Error("the deny list is down");
        return token?.payload["jti"] === "bad" && token.header.alg === "HS256";
      },
    }),
  expired: ({ expressjwt }) => expressjwt({ ...hs, onExpired: () => undefined }),
  expiredThrows: ({ expressjwt, UnauthorizedError }) =>
    expressjwt({
      ...hs,
      onExpired: (_request, error) => {
        const inner = error.inner as compat.TokenExpiredError;
        throw new UnauthorizedError("revoked_token", { message: `since ${inner.expiredAt.getTime() > 0}` });
      },
    }),
  lookUp: ({ expressjwt }) => expressjwt({ secret: lookUp, algorithms: ["HS256", "RS256"] }),
  lookUpTerms: ({ expressjwt }) => expressjwt({ secret: lookUp, algorithms: ["HS256"], ...terms }),
  jwks: ({ expressjwt, expressJwtSecret }, { jwksUri }) =>
    expressjwt({
      secret: expressJwtSecret({ jwksUri, cache: true, rateLimit: true }),
      algorithms: ["RS256"],
      ...terms,
    }),
  foreignJwks: ({ expressjwt }, { jwksUri }) =>
    expressjwt({ secret: jwksRsa.expressJwtSecret({ jwksUri }) as never, algorithms: ["RS256"], ...terms }),
  outage: ({ expressjwt, expressJwtSecret }, { deadUri }) =>
    expressjwt({ secret: expressJwtSecret({ jwksUri: deadUri }), algorithms: ["RS256"], ...terms }),
  tolerance: ({ expressjwt }) => expressjwt({ ...hs, clockTolerance: 120 }),
  subject: ({ expressjwt }) => expressjwt({ ...hs, subject: "u1" }),
  jwtid: ({ expressjwt }) => expressjwt({ ...hs, jwtid: "t1" }),
  maxAge: ({ expressjwt }) => expressjwt({ ...hs, maxAge: "2h" }),
  unless: ({ expressjwt }) =>
    expressjwt(hs).unless({
      path: ["/unless/public", /^\/unless\/open\//g, { url: "/unless/read", methods: ["GET", "HEAD"] }],
      ext: ".css",
      method: "PATCH",
      custom: (request) => request.headers["x-internal"] === "yes",
    }),
} satisfies Readonly<Record<string, (library: Library, keys: Keys) => unknown>>;

export type Configuration = keyof typeof configurations;

/** The middleware, for any Express. */
export function toHandler(name: Configuration, library: Library, keys: Keys): RequestHandler {
  return configurations[name](library, keys) as unknown as RequestHandler;
}
