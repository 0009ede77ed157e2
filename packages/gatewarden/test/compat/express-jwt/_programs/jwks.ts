// What applications write with express-jwt 8 and jwks-rsa.
import express from "express";
import { expressjwt, type GetVerificationKey } from "express-jwt";
import jwksRsa, { expressJwtSecret } from "jwks-rsa";

const app = express();
const jwksUri = "https://acme.eu.auth0.com/.well-known/jwks.json";
const options = { cache: true, rateLimit: true, jwksRequestsPerMinute: 5, jwksUri };

app.use(
  expressjwt({
    secret: expressJwtSecret(options) as GetVerificationKey,
    audience: "https://api.acme.com",
    issuer: "https://acme.eu.auth0.com/",
    algorithms: ["RS256"],
  }),
);
app.use(expressjwt({ secret: jwksRsa.expressJwtSecret(options) as GetVerificationKey, algorithms: ["RS256"] }));
