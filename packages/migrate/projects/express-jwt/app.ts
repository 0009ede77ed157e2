import express from "express";
import { expressjwt, type Request as JwtRequest } from "express-jwt";
import jwksRsa, { type GetVerificationKey } from "jwks-rsa";

const issuer = process.env["ISSUER_BASE_URL"]!;
const checkJwt = expressjwt({
  secret: jwksRsa.expressJwtSecret({
    jwksUri: `${issuer}.well-known/jwks.json`,
    cache: true,
    rateLimit: true,
  }) as GetVerificationKey,
  issuer,
  audience: process.env["AUDIENCE"]!,
  algorithms: ["RS256"],
});

const app = express();
app.get("/public", (_req, res) => void res.json({ message: "public" }));
app.get("/private", checkJwt, (req: JwtRequest, res) => void res.json({ user: req.auth?.sub }));
app.listen(Number(process.env["PORT"]), "127.0.0.1");
