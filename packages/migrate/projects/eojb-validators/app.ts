import express from "express";
import { auth } from "express-oauth2-jwt-bearer";

const app = express();
app.get("/public", (_req, res) => void res.json({ message: "public" }));
app.use(auth({ validators: { azp: (azp) => azp !== "stranger" } }));
app.get("/private", (req, res) => void res.json({ user: req.auth?.payload.sub }));
app.listen(Number(process.env["PORT"]), "127.0.0.1");
