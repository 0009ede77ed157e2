import express from "express";
import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/express";
import { z } from "zod";

const claims = z.object({ plan: z.enum(["free", "pro"]) });
const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com", claims });

declare module "gatewarden/express" {
  interface Register {
    guard: typeof guard;
  }
}

const app = express();
app.get("/admin", protect(guard, permission("read:admin")), (request, response) => {
  const plan: "free" | "pro" = request.auth.claims.plan;
  response.json({ plan });
});
app.use(protect(guard, { optional: true, onRefusal: (error, _request, _response, next) => next(error) }));
