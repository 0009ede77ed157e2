// What applications write with passport-jwt 4, in the forms that its documentation shows. Compiled
// with the original's import and with the drop-in's.
import express from "express";
import passport from "passport";
import {
  ExtractJwt,
  type JwtFromRequestFunction,
  Strategy as JwtStrategy,
  type SecretOrKeyProvider,
  Strategy,
  type StrategyOptions,
  type VerifiedCallback,
  type VerifyCallback,
} from "passport-jwt";

interface User {
  readonly id: string;
}
const users = { find: (id: string, then: (error: Error | null, user?: User) => void) => then(null, { id }) };

const opts: StrategyOptions = {
  jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
  secretOrKey: "a secret of this application, long enough",
  issuer: "accounts.examplesoft.com",
  audience: "yoursite.net",
};
passport.use(
  new JwtStrategy(opts, (jwt_payload, done) => {
    users.find(jwt_payload.sub, (err, user) => {
      if (err) return done(err, false);
      if (user) return done(null, user);
      return done(null, false, { message: "unknown" });
    });
  }),
);
passport.use(
  "named",
  new Strategy(opts, async (payload: { sub: string }, done: VerifiedCallback) => done(null, payload)),
);

const cookieExtractor = (req: express.Request): string | null => req.headers["x-cookie"]?.toString() ?? null;
const extract: JwtFromRequestFunction = ExtractJwt.fromExtractors([
  ExtractJwt.fromHeader("x-access-token"),
  ExtractJwt.fromBodyField("token"),
  ExtractJwt.fromAuthHeaderWithScheme("JWT"),
  cookieExtractor,
]);
const provider: SecretOrKeyProvider = (_request, rawJwtToken, done) => done(null, String(rawJwtToken));
passport.use(
  "request",
  new Strategy(
    {
      jwtFromRequest: extract,
      secretOrKeyProvider: provider,
      passReqToCallback: true,
      algorithms: ["RS256"],
      ignoreExpiration: false,
      jsonWebTokenOptions: { maxAge: "2h", clockTolerance: 5 },
    },
    (req: express.Request, payload, done) => done(null, { id: payload.sub, path: req.path }),
  ),
);
const verify: VerifyCallback = (payload, done) => done(null, payload);
passport.use(new Strategy({ jwtFromRequest: cookieExtractor, secretOrKey: Buffer.alloc(32) }, verify));

const app = express();
app.post("/profile", passport.authenticate("jwt", { session: false }), (req, res) => {
  res.send(req.user);
});
