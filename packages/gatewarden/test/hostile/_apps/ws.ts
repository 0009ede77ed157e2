// ws behind the guard. A connection may begin without a token, and every message is answered.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { protectUpgrade } from "../../../src/adapters/ws.js";
import { listening, readFacts, serve } from "./_serve.js";

await serve((guard) => {
  const server = createServer((_request, response) => void response.writeHead(426).end());
  const onConnection: Parameters<typeof protectUpgrade>[1]["onConnection"] = (socket, session) => {
    socket.on("message", (data) => {
      if (String(data) === "who") socket.send(readFacts(session.auth));
    });
  };
  const listeners = {
    "/private": protectUpgrade(guard, { sockets: new WebSocketServer({ noServer: true }), onConnection }),
    "/optional": protectUpgrade(guard, {
      ...{ sockets: new WebSocketServer({ noServer: true }), need: { optional: true }, onConnection },
    }),
  };
  server.on("upgrade", (request, socket, head) => {
    const listener = request.url === "/optional" ? listeners["/optional"] : listeners["/private"];
    listener(request, socket, head);
  });
  return listening(server);
});
