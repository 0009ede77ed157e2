// The endpoints, and what each of them needs.
import express, { type Express } from "express";
import { type Guard, permission } from "gatewarden";
import { protect } from "gatewarden/express";

/** Not listening yet. */
export function createApp(guard: Guard): Express {
  const app = express();

  app.get("/api/public", (_request, response) => {
    response.json({ message: "For everyone" });
  });

  app.get("/api/private", protect(guard), ({ auth }, response) => {
    response.json({ message: "For you", user: auth.subject });
  });

  app.get("/api/admin", protect(guard, permission("read:admin")), (_request, response) => {
    response.json({ message: "For administrators" });
  });

  return app;
}
