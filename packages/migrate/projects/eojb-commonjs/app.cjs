const express = require("express");
const { auth, requiredScopes, claimCheck } = require("express-oauth2-jwt-bearer");

const app = express();
app.get("/public", (req, res) => res.json({ message: "public" }));
app.use(auth());
app.get("/private", (req, res) => {
  const { payload } = req.auth;
  res.json({ user: payload.sub });
});
app.get(
  "/admin",
  claimCheck((claims) => claims.permissions.includes("read:admin"), "is an administrator"),
  (req, res) => res.json({ admin: true }),
);
app.get("/profile", requiredScopes("openid profile"), (req, res) => res.json({ ok: true }));
app.use((error, req, res, next) => {
  res.set(error.headers).status(error.status).json({ failed: error.status });
});
app.listen(Number(process.env.PORT), "127.0.0.1");
