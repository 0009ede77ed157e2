// Socket.IO behind the guard, with a namespace for connections that may begin without a token.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { protect } from "../../../src/adapters/socket.io.js";
import { listening, readFacts, serve } from "./_serve.js";

await serve((guard) => {
  const server = createServer((_request, response) => void response.writeHead(404).end());
  const sockets = new Server(server, { maxHttpBufferSize: 1e7 });
  sockets.use(protect(guard)).on("connection", (socket) => void readFacts(socket.data.auth));
  const optional = sockets.of("/optional").use(protect(guard, { optional: true }));
  optional.on("connection", (socket) => void readFacts(socket.data.auth));
  return listening(server);
});
