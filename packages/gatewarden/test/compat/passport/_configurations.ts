// Strategies of passport-jwt and of its drop-in, made from the same options.
import jwksRsa from "jwks-rsa";
import type * as compat from "../../../src/compat/passport/passport.js";
import { audience, certificate, ec, issuer, otherSecret, rsa, secret, toPem } from "../_kit.js";

/** What both packages export. */
export interface Library {
  readonly Strategy: typeof compat.Strategy;
  readonly ExtractJwt: typeof compat.ExtractJwt;
  readonly passportJwtSecret: typeof compat.passportJwtSecret;
}

export interface Keys {
  readonly jwksUri: string;
  readonly deadUri: string;
}

const terms = { issuer, audience };

const accept: compat.VerifyCallback = (payload, done) => done(null, { id: payload.sub, payload });

/** Keys by `kid`, as an application with several would look them up. */
const lookUp: compat.SecretOrKeyProvider = (_request, token: string, done) => {
  const { kid } = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());
  const keys = new Map([
    ["a", secret],
    ["b", otherSecret],
    ["rsa", toPem(rsa)],
    ["short", "short"],
  ]);
  setImmediate(() => (kid === "boom" ? done(new Error("the store of keys is down")) : done(null, keys.get(kid))));
};

type Make = (library: Library, keys: Keys) => compat.Strategy;

/** The bearer token, a secret, and what differs. */
function simple(changes: object, verify: unknown = accept): Make {
  return ({ Strategy, ExtractJwt }) => {
    const jwtFromRequest = ExtractJwt.fromAuthHeaderAsBearerToken();
    return new Strategy({ jwtFromRequest, secretOrKey: secret, ...changes } as never, verify as never);
  };
}

function from(extract: (extractors: typeof compat.ExtractJwt) => compat.JwtFromRequestFunction): Make {
  return (library, keys) => simple({ jwtFromRequest: extract(library.ExtractJwt) })(library, keys);
}

const fromProvider = (provider: unknown, changes: object = {}): Make =>
  simple({ secretOrKey: undefined, secretOrKeyProvider: provider, ...changes });

export const configurations = {
  hs: simple({}),
  algorithms: simple({ algorithms: ["HS256"] }),
  bytes: simple({ secretOrKey: Buffer.from(secret) }),
  terms: simple(terms),
  audience: simple({ audience: ["https://a.test", audience] }),
  issuer: simple({ issuer: ["https://a.test/", issuer] }),
  rs: simple({ secretOrKey: toPem(rsa), algorithms: ["RS256"] }),
  anyRs: simple({ secretOrKey: toPem(rsa) }),
  es: simple({ secretOrKey: toPem(ec) }),
  certificate: simple({ secretOrKey: certificate.pem }),
  inner: simple({ jsonWebTokenOptions: { subject: "u1", maxAge: "2h", clockTolerance: 120 } }),
  innerAudience: simple({ jsonWebTokenOptions: { audience } }),
  complete: simple(
    { jsonWebTokenOptions: { complete: true } },
    (given: { payload: object; header: object }, done: compat.VerifiedCallback) =>
      done(null, { header: given.header, payload: given.payload }),
  ),
  request: simple(
    { passReqToCallback: true },
    (request: { url: string }, payload: { sub: string }, done: compat.VerifiedCallback) =>
      done(null, { id: payload.sub, url: request.url }),
  ),
  noUser: simple({}, (_payload: unknown, done: compat.VerifiedCallback) => done(null, false)),
  noUserInfo: simple({}, (_payload: unknown, done: compat.VerifiedCallback) =>
    done(null, false, { message: "blocked" }),
  ),
  failing: simple({}, (_payload: unknown, done: compat.VerifiedCallback) => done(new Error("the database is down"))),
  throwing: simple({}, () => {
    throw new Error("the callback is broken");
  }),
  later: simple({}, (payload: { sub: string }, done: compat.VerifiedCallback) =>
    setImmediate(done, null, { id: payload.sub }),
  ),
  twice: simple({}, (payload: { sub: string }, done: compat.VerifiedCallback) => {
    done(null, { id: payload.sub });
  }),
  header: from(({ fromHeader }) => fromHeader("x-token")),
  upperHeader: from(({ fromHeader }) => fromHeader("X-Token")),
  body: from(({ fromBodyField }) => fromBodyField("token")),
  scheme: from(({ fromAuthHeaderWithScheme }) => fromAuthHeaderWithScheme("JWT")),
  several: from(({ fromExtractors, fromAuthHeaderAsBearerToken, fromHeader }) =>
    fromExtractors([fromAuthHeaderAsBearerToken(), fromHeader("x-token"), (request) => request.cookies?.jwt]),
  ),
  own: from(() => (request) => request.query["token"]),
  throwingExtractor: from(() => () => {
    throw new Error("the extractor is broken");
  }),
  lookUp: fromProvider(lookUp),
  lookUpList: fromProvider(lookUp, { algorithms: ["HS256", "RS256"] }),
  jwks: ({ passportJwtSecret, ...others }, keys) =>
    fromProvider(passportJwtSecret({ jwksUri: keys.jwksUri, cache: true }), { ...terms, algorithms: ["RS256"] })(
      { passportJwtSecret, ...others },
      keys,
    ),
  foreignJwks: (library, keys) =>
    fromProvider(jwksRsa.passportJwtSecret({ jwksUri: keys.jwksUri }), { ...terms, algorithms: ["RS256"] })(
      library,
      keys,
    ),
  outage: ({ passportJwtSecret, ...others }, keys) =>
    fromProvider(passportJwtSecret({ jwksUri: keys.deadUri }), { ...terms, algorithms: ["RS256"] })(
      { passportJwtSecret, ...others },
      keys,
    ),
} satisfies Readonly<Record<string, Make>>;

export type Configuration = keyof typeof configurations;

export function createStrategy(name: Configuration, library: Library, keys: Keys): compat.Strategy {
  return configurations[name](library, keys);
}
