import type { Hono } from "hono";

declare const app: Hono;

// Printed from here.
import { permission } from "gatewarden";
import { protect } from "gatewarden/hono";
import { createApiGuard } from "./guard.js";

const guard = createApiGuard();

// A route says what it needs, before its handler:
app.get("/api/private", protect(guard), (c) => c.json({ user: c.var.auth.subject }));
app.get("/api/admin", protect(guard, permission("read:admin")), (c) => c.json({ message: "Admin" }));
