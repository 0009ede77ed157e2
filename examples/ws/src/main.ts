// Protected WebSockets with ws. Whose tokens they accept is in the environment.
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { type Auth, createGuard, permission } from "gatewarden";
import { protectUpgrade, type UpgradeOptions } from "gatewarden/ws";
import { WebSocketServer } from "ws";

if (existsSync(".env")) process.loadEnvFile();
const host = process.env["HOST"] || "127.0.0.1";
const port = Number(process.env["PORT"] || 3000);

const guard = createGuard();

/** One path. The upgrade is checked; "get" is then answered for as long as the token lasts. */
function serve(options: Pick<UpgradeOptions<unknown>, "need">, answer: (auth: Auth | undefined) => object) {
  return protectUpgrade(guard, {
    sockets: new WebSocketServer({ noServer: true }),
    ...options,
    onConnection: (socket, session) => {
      socket.on("message", (data) => {
        if (String(data) === "get") socket.send(JSON.stringify(answer(session.auth)));
      });
    },
  });
}

const upgrades = new Map([
  ["/api/public", serve({ need: { optional: true } }, () => ({ message: "Public endpoint" }))],
  ["/api/private", serve({}, (auth) => ({ message: "Private endpoint", user_id: auth?.subject }))],
  ["/api/admin", serve({ need: permission("read:admin") }, () => ({ message: "Admin endpoint" }))],
  [
    "/api/user",
    serve({}, (auth) => {
      const email = auth?.claims["https://gatewarden.local/email"];
      return { subject: auth?.subject, email, plan: auth?.claims["https://gatewarden.local/plan"] };
    }),
  ],
]);

const server = createServer((_request, response) => response.writeHead(426, { upgrade: "websocket" }).end());
server.on("upgrade", (request, socket, head) => {
  const upgrade = upgrades.get(request.url ?? "");
  if (upgrade) upgrade(request, socket, head);
  else socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n");
});
server.listen(port, host, () => console.log(`WebSockets at http://${host}:${port}`));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit());
