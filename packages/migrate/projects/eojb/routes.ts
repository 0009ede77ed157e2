import { Router } from "express";
import { requiredScopes, scopeIncludesAny } from "express-oauth2-jwt-bearer";

export const routes = Router();
routes.get("/profile", requiredScopes("openid profile"), (_req, res) => void res.json({ ok: true }));
routes.get("/any", scopeIncludesAny("nothing profile"), (_req, res) => void res.json({ ok: true }));
