import type { FastifyInstance } from "fastify";

declare const app: FastifyInstance;

// Printed from here.
import { permission } from "gatewarden";
import gatewarden from "gatewarden/fastify";
import { createApiGuard } from "./guard.js";

// Before the routes, in an async function or module:
await app.register(gatewarden, { guard: createApiGuard() });

// A route says what it needs:
app.get("/api/private", { auth: true }, async ({ auth }) => ({ user: auth.subject }));
app.get("/api/admin", { auth: permission("read:admin") }, async () => ({ message: "Admin" }));
