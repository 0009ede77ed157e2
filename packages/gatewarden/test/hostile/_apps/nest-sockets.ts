// Gateways of NestJS over Socket.IO behind the guard. The token comes with the handshake, or with an
// event, where it is whatever the client put there.
import "reflect-metadata";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { SubscribeMessage, WebSocketGateway } from "@nestjs/websockets";
import type { Socket } from "socket.io";
import { Auth, GatewardenModule } from "../../../src/adapters/nest.js";
import { readFacts, serve } from "./_serve.js";

@WebSocketGateway({ maxHttpBufferSize: 1e7 })
class HandshakeGateway {
  @SubscribeMessage("message")
  answer(@Auth() auth: Auth) {
    return readFacts(auth);
  }
}

@WebSocketGateway({ namespace: "optional", maxHttpBufferSize: 1e7 })
class EventGateway extends HandshakeGateway {}

await serve(async (guard) => {
  class AppModule {}
  const module = GatewardenModule.forRoot({
    guard,
    readToken: (context) => {
      const sockets = context.switchToWs();
      const isOfEvent = sockets.getClient<Socket>().nsp.name === "/optional";
      return isOfEvent ? sockets.getData<{ token?: string } | null | undefined>()?.token : undefined;
    },
  });
  Module({ imports: [module], providers: [HandshakeGateway, EventGateway] })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, "127.0.0.1");
  return app.getHttpServer();
});
