// A program in which the MCP SDK's own middleware has declared `request.auth` too.
import { requireBearerAuth } from "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js";
import express from "express";
import { createGuard } from "gatewarden";
import { protect, readAuth } from "gatewarden/connect";
import { createTokenVerifier } from "gatewarden/mcp";

const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" });
const app = express();
app.use("/mcp", requireBearerAuth({ verifier: createTokenVerifier(guard) }), (request, response) => {
  response.json(request.auth?.scopes);
});
app.use("/api", protect(guard), (request, response) => {
  response.json(readAuth(guard, request)?.permissions);
});
