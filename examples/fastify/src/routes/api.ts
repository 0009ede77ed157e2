// The API itself. Each route says what it needs in `auth`; the check, the refusal and the OpenAPI document follow from that.
import type { FastifyInstance } from "fastify";
import { permission, stepUp } from "gatewarden";
import { messageSchema, privateSchema, refusalSchema, userSchema } from "./schemas.js";

const unauthorized = refusalSchema("No access token, or one that is not valid for this API");
const forbidden = refusalSchema("The access token lacks the permission");

const weak = refusalSchema("No access token, one that is not valid for this API, or too weak or old a login");

/** A login with a second factor, of the last five minutes (RFC 9470). What `acr` values there are, the issuer says. */
const strongLogin = stepUp({ acrValues: ["mfa"], maxAge: 300 });

const tags = ["api"];

/** Adds the routes below `/api`. */
export function addApiRoutes(app: FastifyInstance): void {
  app.get(
    "/api/public",
    { schema: { tags, summary: "For everybody", response: { 200: messageSchema } } },
    async () => ({
      message: "Public endpoint",
    }),
  );

  app.get(
    "/api/private",
    {
      auth: true,
      schema: { tags, summary: "For every valid token", response: { 200: privateSchema, 401: unauthorized } },
    },
    async ({ auth }) => ({ message: "Private endpoint", user_id: auth.subject }),
  );

  app.get(
    "/api/admin",
    {
      auth: permission("read:admin"),
      schema: {
        tags,
        summary: "For tokens with the permission read:admin",
        response: { 200: messageSchema, 401: unauthorized, 403: forbidden },
      },
    },
    async () => ({ message: "Admin endpoint" }),
  );

  app.get(
    "/api/payout",
    {
      auth: strongLogin,
      schema: { tags, summary: "For a fresh login with a second factor", response: { 200: messageSchema, 401: weak } },
    },
    async () => ({ message: "Payout endpoint" }),
  );

  app.get(
    "/api/user",
    { auth: true, schema: { tags, summary: "Who am I?", response: { 200: userSchema, 401: unauthorized } } },
    async ({ auth: { subject, claims } }) => ({
      subject,
      email: claims.email ?? claims["https://gatewarden.local/email"],
      plan: claims["https://gatewarden.local/plan"],
    }),
  );
}
