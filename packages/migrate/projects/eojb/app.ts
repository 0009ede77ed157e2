import express from "express";
import { auth, claimEquals, claimIncludes } from "express-oauth2-jwt-bearer";
import { routes } from "./routes.js";

const checkJwt = auth({
  issuerBaseURL: process.env["ISSUER_BASE_URL"]!,
  audience: process.env["AUDIENCE"]!,
});

const app = express();
app.get("/public", (_req, res) => void res.json({ message: "public" }));
app.get("/private", checkJwt, (req, res) => void res.json({ user: req.auth?.payload.sub }));
app.get(
  "/pro",
  checkJwt,
  claimEquals("https://gatewarden.local/plan", "pro"),
  (_req, res) => void res.json({ plan: "pro" }),
);
app.get("/admin", checkJwt, claimIncludes("permissions", "read:admin"), (_req, res) => void res.json({ admin: true }));
app.use(checkJwt);
app.use(routes);
app.listen(Number(process.env["PORT"]), "127.0.0.1");
