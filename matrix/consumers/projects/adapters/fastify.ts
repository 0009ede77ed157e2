import fastify from "fastify";
import { createGuard, permission } from "gatewarden";
import gatewarden from "gatewarden/fastify";

const guard = createGuard({ issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" });
const app = fastify();
await app.register(gatewarden, { guard });
app.get("/admin", { auth: permission("read:admin") }, async (request) => {
  const permissions: readonly string[] = request.auth.permissions;
  return { permissions };
});
