import type { Express } from "express";

declare const app: Express;

// Printed from here.
import { permission } from "gatewarden";
import { protect } from "gatewarden/express";
import { createApiGuard } from "./guard.js";

const guard = createApiGuard();

// A route says what it needs, before its handler:
app.get("/api/private", protect(guard), (request, response) => {
  response.json({ user: request.auth.subject });
});
app.get("/api/admin", protect(guard, permission("read:admin")), (_request, response) => {
  response.json({ message: "Admin" });
});
