// Protected namespaces with Socket.IO. Whose tokens they accept is in the environment.
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { type Auth, createGuard, permission } from "gatewarden";
import { type AuthData, protect } from "gatewarden/socket.io";
import { type DefaultEventsMap, Server } from "socket.io";

if (existsSync(".env")) process.loadEnvFile();
const host = process.env["HOST"] || "127.0.0.1";
const port = Number(process.env["PORT"] || 3000);
const origin = (process.env["CORS_ORIGINS"] ?? "").split(/[\s,]+/).filter(Boolean);

interface Events {
  get: (reply: unknown) => void;
}

const guard = createGuard();
const server = createServer((_request, response) => response.writeHead(404).end());
const io = new Server<Events, DefaultEventsMap, DefaultEventsMap, AuthData<Auth | undefined>>(server, {
  cors: { origin },
});

/** In a namespace, the event "get" is answered for as long as the token lasts. */
function serve(namespace: ReturnType<typeof io.of>, answer: (auth: Auth | undefined) => object) {
  namespace.on("connection", (socket) => {
    socket.on("get", (reply) => {
      // The client chooses what it sends.
      if (typeof reply === "function") reply(answer(socket.data.auth));
    });
  });
}

serve(io.of("/api/public"), () => ({ message: "Public endpoint" }));

serve(io.of("/api/private").use(protect(guard)), (auth) => ({ message: "Private endpoint", user_id: auth?.subject }));

serve(io.of("/api/admin").use(protect(guard, permission("read:admin"))), () => ({ message: "Admin endpoint" }));

serve(io.of("/api/user").use(protect(guard)), (auth) => {
  const email = auth?.claims["https://gatewarden.local/email"];
  return { subject: auth?.subject, email, plan: auth?.claims["https://gatewarden.local/plan"] };
});

server.listen(port, host, () => console.log(`Socket.IO at http://${host}:${port}`));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => io.close());
