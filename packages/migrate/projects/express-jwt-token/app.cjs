const express = require("express");
const { expressjwt } = require("express-jwt");
const jwksRsa = require("jwks-rsa");

const issuer = process.env.ISSUER_BASE_URL;
const app = express();
app.get("/public", (req, res) => res.json({ message: "public" }));
app.use(
  expressjwt({
    secret: jwksRsa.expressJwtSecret({ jwksUri: issuer + ".well-known/jwks.json" }),
    issuer,
    audience: process.env.AUDIENCE,
    algorithms: ["RS256"],
    getToken: (req) => (req.headers.authorization || "").split(" ")[1],
  }),
);
app.get("/private", (req, res) => res.json({ user: req.auth.sub }));
app.listen(Number(process.env.PORT), "127.0.0.1");
