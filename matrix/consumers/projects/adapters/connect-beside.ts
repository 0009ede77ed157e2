// A program in which another library has declared `request.auth` too.
import express from "express";
import { auth } from "express-oauth2-jwt-bearer";
import { createGuard, permission } from "gatewarden";
import { protect, readAuth } from "gatewarden/connect";

const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" });
const app = express();
app.use(
  "/old",
  auth({ issuerBaseURL: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" }),
  (request, response) => {
    response.json(request.auth?.payload.sub);
  },
);
app.use("/new", protect(guard, permission("read:admin")), (request, response) => {
  const subject: string | undefined = readAuth(guard, request)?.subject;
  response.json({ subject });
});
