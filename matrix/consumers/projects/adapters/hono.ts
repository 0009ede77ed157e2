import { createGuard, permission } from "gatewarden";
import { protect } from "gatewarden/hono";
import { protect as protectAndDescribe } from "gatewarden/hono-openapi";
import { Hono } from "hono";

const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" });
export const app = new Hono()
  .get("/me", protect(guard), (context) => {
    const subject: string | undefined = context.var.auth.subject;
    return context.json({ subject });
  })
  .get("/maybe", protect(guard, { optional: true }), (context) => context.json(context.var.auth?.permissions ?? []))
  .get("/admin", protectAndDescribe(guard, permission("read:admin")), (context) =>
    context.text(context.var.auth.issuer),
  );
