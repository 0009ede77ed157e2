import express from "express";
import jwksRsa from "jwks-rsa";
import passport from "passport";
import { ExtractJwt, Strategy } from "passport-jwt";

const issuer = process.env["ISSUER_BASE_URL"]!;
passport.use(
  new Strategy(
    {
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: jwksRsa.passportJwtSecret({ jwksUri: `${issuer}.well-known/jwks.json`, cache: true }),
      issuer,
      audience: process.env["AUDIENCE"]!,
      algorithms: ["RS256"],
    },
    (payload, done) => done(null, { id: payload.sub }),
  ),
);

const app = express();
app.use(passport.initialize());
app.get("/public", (_req, res) => void res.json({ message: "public" }));
app.get("/private", passport.authenticate("jwt", { session: false }), (req, res) => {
  res.json({ user: (req.user as { id?: string }).id });
});
app.listen(Number(process.env["PORT"]), "127.0.0.1");
